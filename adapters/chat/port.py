"""The chat port: what the program asks of every chat platform."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

from adapters.chat.card import Card
from adapters.chat.file import File
from adapters.chat.form import Form
from adapters.chat.inbound import GivenFile, Inbound
from core.domain.identity import PersonId, Place

Heard = Callable[[Inbound], Awaitable[None]]
"""Takes what came in. It returns as soon as that is safely kept, which takes milliseconds, and raises nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What a platform can do, so that the program never asks for more."""

    edits: bool
    """Whether a posted card can be changed."""
    buttons: bool
    forms: bool
    threads: bool
    direct: bool
    """Whether a person can be written to alone."""
    whispers: bool = False
    """Whether something can be shown to one person in the middle of a channel; else `whisper` writes to them alone."""
    files: bool = False
    form_files: bool = False
    """Whether a form can ask for files."""
    streams: bool = False
    home: bool = False
    """Whether each person has a page of ours."""
    status: bool = False
    """Whether a thread can say by itself that work goes on there."""
    typed_after: str = ""
    """What stands between `/orchestrate` and free words where its parts are chosen from a list; '' for nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """What a platform bears, so that nobody is ever told to slow down; 0 means no limit of that kind."""

    post_interval_s: float
    """Between two posts in one channel."""
    edit_interval_s: float
    """Between two edits of one message."""
    edits_per_minute: int = 0
    """Over everything in one space."""
    per_minute_in_group: int = 0
    """Posts and edits together in one channel that several people read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """A message that exists: where, and the platform's own id of it. `thread` is where answers to it go."""

    place: Place
    message: str
    thread: Place
    url: str = ""
    """Where people can open it, '' when the platform has no such thing."""


class Stream(Protocol):
    """An answer while it is written."""

    async def write(self, markdown: str) -> None:
        """Add text to the end of the answer."""
        ...


class ChatAdapter(Protocol):
    """One chat platform.

    `key` names a message once and for all. With `again` an earlier attempt may have come through: it is looked for
    first, and found it is returned instead of posting a second one. Every call raises only what `adapters.chat.errors`
    lists, waits no longer than its own timeout, and retries nothing: when to try again is decided in one place, by the
    program. Cancelling a call is an unknown outcome.
    """

    @property
    def platform(self) -> str:
        """The platform's short name, as in Place and PersonId."""
        ...

    @property
    def capabilities(self) -> Capabilities: ...

    @property
    def pace(self) -> Pace: ...

    async def run(self, heard: Heard, *, ready: Callable[[], None]) -> None:
        """Stay connected and hand over what comes in, until cancelled; call `ready` once the first connection stands.

        Lost connections are opened again. ConfigurationError when the platform will never let us in.
        """
        ...

    async def post(self, place: Place, card: Card, *, key: str, again: bool = False) -> Posted:
        """Post `card` in `place`: in its thread, or as a new message of its channel that a thread can grow from."""
        ...

    async def edit(self, posted: Posted, card: Card) -> None:
        """Put `card` in the place of what was posted; that it looks so already is success."""
        ...

    async def direct(self, person: PersonId, card: Card, *, key: str, again: bool = False) -> Posted:
        """Send `card` to one person alone; NotReachableError when that person cannot be written to."""
        ...

    async def whisper(self, place: Place, person: PersonId, card: Card) -> None:
        """Show `card` to one person only, as close to `place` as the platform can."""
        ...

    async def upload(self, place: Place, file: File, *, key: str, again: bool = False) -> Posted:
        """Hand over a file."""
        ...

    async def fetch(self, file: GivenFile, *, most_bytes: int) -> bytes:
        """What is in a file that was filled into a form. RejectedError when it has more than `most_bytes`, and where
        forms cannot ask for files; MessageGoneError when it is not there any more.
        """
        ...

    async def ask(self, trigger: str, form: Form) -> None:
        """Open `form` for whoever made `trigger`; FormExpiredError when that is too long ago."""
        ...

    async def show_home(self, person: PersonId, cards: Sequence[Card]) -> None:
        """Put `cards` on the person's page of ours."""
        ...

    async def set_status(self, place: Place, text: str) -> None:
        """Say at the thread itself what goes on there, '' when nothing does any more."""
        ...

    async def acknowledge(self, place: Place, message: str) -> None:
        """Show the writer of `message`, without a word, that it was taken."""
        ...

    def stream(self, place: Place, person: PersonId, *, key: str) -> AbstractAsyncContextManager[Stream]:
        """Write an answer to `person` piece by piece; leaving ends it. Where nothing streams it is posted then."""
        ...

    async def groups_of(self, person: PersonId) -> tuple[str, ...] | None:
        """The groups the person is in now, as settings write them (`discord:1234/role:5678`).

        None where the platform has no such groups, or does not say. Raises nothing.
        """
        ...

    async def name_of(self, person: PersonId) -> str:
        """How the platform calls the person; the bare id when it does not say."""
        ...

    async def channel_name(self, place: Place) -> str:
        """How people call the channel, such as `#api`; the bare id when the platform does not say."""
        ...
