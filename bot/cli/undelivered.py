"""What never arrived in a chat, for `orchestrator status`."""

from collections.abc import Sequence
from typing import Any

from bot.cards.words import counted
from bot.delivery.standing import DeliveryStanding

NEXT = "See all, send again, let go: orchestrator deliveries list, resend, drop"


def undelivered_lines(standing: DeliveryStanding) -> Sequence[str]:
    """Nothing, or that something never arrived, to whom, and why; the newest first."""
    if not standing.dead:
        return ()
    count = "1 message" if standing.dead == 1 else f"{standing.dead} messages"
    letters = [f"  To {each.to}, {each.at:%Y-%m-%d %H:%M} UTC: {each.why}" for each in standing.letters]
    return ("", f"{count} could not be delivered in the chat:", *letters, f"  {NEXT}")


def undelivered_list(standing: DeliveryStanding) -> Sequence[str]:
    """Everything that never arrived, each with its key; the newest first."""
    waiting = f"{counted(standing.pending, 'message')} waiting to be sent." if standing.pending else ""
    if not standing.dead:
        return tuple(filter(None, ("Everything arrived.", waiting)))
    letters = [
        line
        for each in standing.letters
        for line in (each.key, f"  to {each.to}, {each.at:%Y-%m-%d %H:%M} UTC", f"  {each.why}")
    ]
    return tuple(filter(None, (*letters, waiting)))


def undelivered_document(standing: DeliveryStanding) -> dict[str, Any]:
    """The same as JSON: how many wait to be sent, how many were given up, and the newest of those."""
    letters = [
        {"key": each.key, "platform": each.platform, "to": each.to, "why": each.why, "at": each.at.isoformat()}
        for each in standing.letters
    ]
    return {"pending": standing.pending, "given_up": standing.dead, "newest": letters}
