"""A card: what people should see, as neutral values; each adapter gives it the layout its platform is good at."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

from core.domain.identity import PersonId
from core.domain.task import StepState


class Tone(StrEnum):
    """What a glance should tell."""

    NEUTRAL = "neutral"
    WORKING = "working"
    WAITING = "waiting"
    GOOD = "good"
    BAD = "bad"


class Weight(StrEnum):
    """How loud a text is."""

    NORMAL = "normal"
    MUTED = "muted"
    NEXT = "next"
    """What the reader can do now."""
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A paragraph of plain text; line breaks are kept."""

    type: Literal["text"] = "text"
    text: str
    weight: Weight = Weight.NORMAL


@dataclass(frozen=True, slots=True, kw_only=True)
class Markdown:
    """Text in Markdown, as agents write it: only from a model or a file, never a place for our own layout."""

    type: Literal["markdown"] = "markdown"
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Meter:
    """How much of something is used up, such as a budget; `share` is 0 to 1 or above, `text` says it in numbers."""

    type: Literal["meter"] = "meter"
    label: str
    share: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One labelled fact. Where `value` names a moment `at` holds it, for platforms that know each reader's own time."""

    label: str
    value: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """Labelled facts, one under the other or side by side."""

    type: Literal["fields"] = "fields"
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRow:
    """One step. `activity` is what its agent does now, or what came out; `cost` and `duration` are as shown, or ''."""

    name: str
    role: str
    state: StepState
    activity: str = ""
    cost: str = ""
    duration: str = ""
    round: int = 1
    again_at: str = ""
    """When it is tried again, as shown; '' unless it waits for that. `activity` counts the time down."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepList:
    """The steps of a task in their order."""

    type: Literal["step_list"] = "step_list"
    rows: tuple[StepRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a table; numbers are aligned to the right."""

    label: str
    number: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows of cells under columns; `total` is the last row, apart from the others, () for none."""

    type: Literal["table"] = "table"
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    total: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """Text that must be shown exactly as it is: a command, a diff."""

    type: Literal["code"] = "code"
    text: str
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One offered answer; `command` gives it, as that of an Action does, '' where a press alone cannot.

    `token` is that of its button, '' where there is none.
    """

    label: str
    description: str = ""
    value: str = ""
    """What is handed back in a form instead of the label; '' means the label."""
    token: str = ""
    command: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """A question with offered answers; free text is always allowed besides them. `text` names it in the answer."""

    type: Literal["choices"] = "choices"
    text: str
    options: tuple[Option, ...] = ()
    multiple: bool = False


Section = Text | Markdown | Meter | Fields | StepList | Table | Code | Choices


class ActionStyle(StrEnum):
    """How a button looks."""

    NORMAL = "normal"
    PRIMARY = "primary"
    DANGER = "danger"


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """Something the reader can do: a button, or where there are none the command that does the same.

    `token` is opaque, at most 40 bytes, and comes back in ButtonPressed; `command` has no prefix: `approve A17`. Cards
    are made with the command alone, and get their tokens on the way out. A label that ends with `…` says that a press
    asks for something more first.
    """

    token: str = ""
    label: str
    style: ActionStyle = ActionStyle.NORMAL
    command: str = ""
    typed: str = ""
    """How the command is typed where nothing can be pressed, such as `revise A17 "…"`; '' means as it is."""
    minor: bool = False
    """Good to have at hand, but never what matters now: for a menu, and left out where each action takes a line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One message, drawn from state: a new card with the same `key` takes the old one's place.

    `footer` holds what changes all the time (elapsed, cost), so that a reader without a live card is not told it again
    and again.
    """

    key: str
    title: str
    status: str = ""
    """Where it stands, in a word or two."""
    tone: Tone = Tone.NEUTRAL
    url: str = ""
    sections: tuple[Section, ...] = ()
    actions: tuple[Action, ...] = ()
    footer: tuple[str, ...] = ()
    mentions: tuple[PersonId, ...] = ()
    """Who should be called, where the platform can."""
    about: str = ""
    """One line for notifications and screen readers; '' means title and status."""
