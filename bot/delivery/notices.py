"""What a delivery says, as values that are kept as JSON: facts, not layout; the card is drawn when it is sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import Field, TypeAdapter

from adapters.chat.card import Card
from core.costs.picture import Drawing
from core.domain.identity import ApprovalId, PersonId, TaskId
from core.domain.notification import Happening
from core.domain.task import TaskState


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskNotice:
    """The live card of a task: its thread grows from it."""

    type: Literal["task"] = "task"
    task: TaskId


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalNotice:
    """The card of an approval, with its buttons. `call` is who should look now; () for nobody in particular."""

    type: Literal["approval"] = "approval"
    approval: ApprovalId
    call: tuple[PersonId, ...] = ()
    only_pending: bool = False
    """Not worth saying any more once somebody has decided."""
    late: bool = False
    """It comes to somebody because nobody else answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderNotice:
    """The approval still waits."""

    type: Literal["reminder"] = "reminder"
    approval: ApprovalId
    call: tuple[PersonId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EndedNotice:
    """How a life of a task ended; `state` and `reason` as the journal told it, for when the task has gone on since."""

    type: Literal["ended"] = "ended"
    task: TaskId
    life: int
    state: TaskState
    reason: str = ""
    by: PersonId | None = None
    """Who ended it, when it was a person."""
    call: tuple[PersonId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsNotice:
    """One line about a task, for those who do not read its thread."""

    type: Literal["news"] = "news"
    task: TaskId
    happening: Happening
    life: int = 1
    approval: ApprovalId | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgeNotice:
    """Something happened to the pull request of a task; `seq` is the number of the journal's entry that tells what."""

    type: Literal["forge"] = "forge"
    task: TaskId
    seq: int
    call: tuple[PersonId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CallNotice:
    """`person` could not be written to alone, and is called in the thread instead; `about` is that notice as JSON."""

    type: Literal["call"] = "call"
    person: PersonId
    about: Mapping[str, object]
    hint: str = ""
    """How the person can be told alone from then on, as the platform says; '' when it says nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardNotice:
    """A card that was made already: the answer to a command, or news about money."""

    type: Literal["card"] = "card"
    card: Card
    task: TaskId | None = None
    """The task it speaks of to whoever asked for it; None for none in particular."""
    used_up: str = ""
    """Key of the budget of which it says that it is used up, to somebody who may be asked about it instead …"""
    seq: int = 0
    """… and the number of the journal's entry that tells of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureNotice:
    """A picture that goes with what stands above it, such as a report; it is drawn when it is sent."""

    type: Literal["picture"] = "picture"
    drawing: Drawing


Notice = (
    TaskNotice
    | ApprovalNotice
    | ReminderNotice
    | EndedNotice
    | NewsNotice
    | ForgeNotice
    | CallNotice
    | CardNotice
    | PictureNotice
)


@cache
def _adapter() -> TypeAdapter[Any]:
    # built at first use: it costs milliseconds
    return TypeAdapter(Annotated[Notice, Field(discriminator="type")])


def written(notice: Notice) -> Mapping[str, object]:
    """The notice as plain JSON, for `Delivery.notice`."""
    made: Mapping[str, object] = _adapter().dump_python(notice, mode="json")
    return made


def read(notice: Mapping[str, object]) -> Notice:
    """The notice `written` was given; ValidationError when another version wrote what this one does not know."""
    known: Notice = _adapter().validate_python(dict(notice))
    return known
