"""What the program remembers of conversations: what came in, what goes out, what stands where, what a button does.

Nothing here knows a platform: what was heard and what is to be said are plain JSON, made and read by the program around
the core.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from core.domain.identity import PersonId, Place, ProjectName, TaskId


def place_path(place: Place) -> str:
    """`place` as `platform/space/channel/thread`, without what is empty at its end; `place_at` reads it."""
    parts = (place.platform, place.space, place.channel, place.thread)
    return "/".join(part.replace("%", "%25").replace("/", "%2F") for part in parts).rstrip("/")


def place_at(path: str) -> Place:
    """The place `place_path` was given."""
    parts = [part.replace("%2F", "/").replace("%25", "%") for part in path.split("/")]
    platform, space, channel, thread = parts + [""] * (4 - len(parts))
    return Place(platform=platform, space=space, channel=channel, thread=thread)


def channel_of(place: Place) -> Place:
    """The channel `place` is in: the same place without its thread."""
    return replace(place, thread="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearing:
    """Something that came in, kept before it is acted on; a second delivery with the same id is not kept again."""

    platform: str
    event_id: str
    """The platform's own."""
    said: Mapping[str, object]
    """The inbound value."""
    heard_at: datetime
    handled_at: datetime | None = None
    """Once it was acted on, or turned out to be nothing to act on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """Where a task is talked about; `message` is the one the thread grew from."""

    task: TaskId
    place: Place
    message: str = ""
    url: str = ""
    """Where people can open it; '' when the platform has no such thing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostedCard:
    """A card that stands somewhere and is kept true: `key` is the task's or approval's id, or another card's key."""

    key: str
    place: Place
    """Where it was posted; with `key` it names the row."""
    message: str
    thread: Place
    """Where answers to it go."""
    wanted_seq: int = 0
    """Journal number of the newest event that changes how it looks."""
    drawn_seq: int = 0
    """Journal number of the state that stands there now; less than `wanted_seq` means: draw it again."""
    gone: bool = False
    """The message cannot be edited any more."""
    posted_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionToken:
    """What a button stands for. Good for one use: a button that still makes sense after that gets another token."""

    token: str
    """Random, 22 characters."""
    subject: str
    """The card's key."""
    command: str
    """What is run for whoever presses it, in their name: `approve A17`."""
    made_at: datetime
    used_at: datetime | None = None
    used_by: PersonId | None = None


class DeliveryState(StrEnum):
    """Where something that must arrive stands."""

    PENDING = "pending"
    SENT = "sent"
    DEAD = "dead"
    """Given up: `error` says why, and people are told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """Something that must arrive, once: a row of the outbox.

    It goes to `place` or to `person`; with neither, into the thread of `task`, once that is there.
    """

    number: int = 0
    """Order in which they were made; given by the store."""
    key: str
    """Names the message for good: a second delivery with the same key is not kept."""
    platform: str
    place: Place | None = None
    person: PersonId | None = None
    notice: Mapping[str, object]
    """What is said, as the program's own JSON; how it looks is decided when it is sent."""
    task: TaskId | None = None
    state: DeliveryState = DeliveryState.PENDING
    attempts: int = 0
    unsure: bool = False
    """The last attempt may have come through: the next one looks first."""
    not_before: datetime | None = None
    error: str = ""
    message: str = ""
    """The platform's id of the message, once sent."""
    made_at: datetime
    settled_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """Which project a channel talks about; `place` has no thread."""

    place: Place
    project: ProjectName
    by: PersonId
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPerson:
    """A person who was seen in a chat, with the name the platform gives and their own wishes about being told."""

    id: PersonId
    name: str
    wishes: Mapping[str, object] = field(default_factory=dict[str, object])
    groups: tuple[str, ...] = ()
    """What the platform last said they belong to, as settings write it: `discord:1234/role:5678`."""
    seen_at: datetime
