"""What is not heard from a forge, for `orchestrator status`."""

from collections.abc import Sequence
from typing import Any

from bot.forge.standing import WatchStanding


def unheard_lines(standing: WatchStanding | None) -> Sequence[str]:
    """Nothing while all is well, or nobody listens at all; else why nothing is heard from GitHub."""
    if standing is None or not standing.trouble:
        return ()
    return ("", f"GitHub is not heard: {standing.trouble}", f"  {standing.hint or 'See the log of the worker.'}")


def unheard_document(standing: WatchStanding | None) -> dict[str, Any] | None:
    """The same as JSON; None when nobody listens."""
    if standing is None:
        return None
    return {"listening": standing.listening, "trouble": standing.trouble or None, "since": standing.at or None}
