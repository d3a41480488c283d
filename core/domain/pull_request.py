"""What a task remembers of the forge: its pull request, the wait for an answer, what it was asked afterwards."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

PullRequestState = Literal["", "open", "merged", "closed"]
"""'' as long as there is none."""
FollowUpCause = Literal["checks", "review", "words"]
"""Checks said no, people reviewed the work, or somebody asked for more in their own words."""
ForgeMark = Literal["", "in_progress", "needs_approval", "done"]
"""How things stand, as an issue's labels and comments tell it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgeWait:
    """The forge cannot be asked before `until`; a task waits for it without holding anything."""

    until: datetime
    reason: str
    """For people."""
    since: datetime
    """When it was asked first without an answer."""
    failures: int = 0
    """Attempts without an answer, those not counted that it refused for now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """What a completed task was asked to do on the same branch; `news` are the keys of what came from the forge."""

    life: int
    """The life of the task that does it."""
    why: FollowUpCause
    text: str = ""
    """What the person who asked added in words; data for the agents."""
    news: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewTarget:
    """The pull request that a task reviews; `commit` is the head it looks at, '' until that is known."""

    reference: str
    url: str = ""
    author: str = ""
    commit: str = ""
    posted: str = ""
    """Address of the review once it is posted."""
