"""Unusual spending in sentences, the same on cards, in messages and on the command line; pure."""

from decimal import Decimal
from typing import assert_never

from core.domain.cost import shown_usd
from core.domain.unusual import Oddity, Unusual


def notice(seen: Unusual) -> str:
    """One sentence: what was found, against what is usual, and how many are behind that."""
    match seen.kind:
        case Oddity.TASK:
            usually = f"that such a task usually costs in {seen.project} {_behind(seen, 'task')}"
            return f"It has cost {_against(seen)} {usually}."
        case Oddity.AGENT:
            return (
                f"{seen.about} ({seen.role}) has cost {_against(seen)} that a {seen.role} usually costs in such a task "
                f"{_behind(seen, 'agent run')}."
            )
        case Oddity.HOUR:
            return f"{seen.project} has spent {_against(seen)} of a usual hour {_behind(seen, 'hour')}."
        case Oddity.DAY:
            return f"{seen.project} has spent {_against(seen)} of a usual day {_behind(seen, 'day')}."
        case Oddity.CACHE:
            who = f"Agents working as {seen.role} in {seen.project}" if seen.role else f"Agents in {seen.project}"
            return (
                f"{who} read {shown_share(seen.found)} from the cache, usually "
                f"{shown_share(seen.usual)} {_behind(seen, 'day')}."
            )
        case _:
            assert_never(seen.kind)


def times(seen: Unusual) -> str:
    """`3.1 times`."""
    return f"{seen.found / seen.usual:.1f} times" if seen.usual else "many times"


def shown_share(share: Decimal) -> str:
    """`31 %`."""
    return f"{share * 100:.0f} %"


def _against(seen: Unusual) -> str:
    return f"{shown_usd(seen.found)}, {times(seen)} the {shown_usd(seen.usual)}"


def _behind(seen: Unusual, what: str) -> str:
    return f"(the middle of {seen.over} {what}{'' if seen.over == 1 else 's'})"
