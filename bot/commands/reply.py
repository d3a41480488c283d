"""What comes back of a command: something for the asker alone or for all, a form, a file, or nothing at all."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass
from typing import Literal, Protocol

from adapters.chat.card import Card
from adapters.chat.file import File
from adapters.chat.form import Form
from core.domain.identity import TaskId

Later = Callable[[], Awaitable[File | None]]
"""A file that is made when it is wanted; None when there is nothing to make. It may raise OrchestratorError."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Private:
    """A card for the asker alone: whispered in a channel, plain in a direct message."""

    type: Literal["private"] = "private"
    card: Card
    done: bool = False
    """Whether what was asked for is done, so that the button that asked for it is used up."""
    picture: Later | None = None
    """Makes the picture that follows the card; nobody calls it where files cannot be sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Public:
    """A card that everybody in the place may see."""

    type: Literal["public"] = "public"
    card: Card


@dataclass(frozen=True, slots=True, kw_only=True)
class AskForm:
    """Words are needed first. What is filled in completes `command`, which is then run for the asker.

    `make` is given the token of the form. Where there are no forms, or the click is too old for one, `instead` says
    what to type.
    """

    type: Literal["ask_form"] = "ask_form"
    command: str
    """As `written` writes it."""
    make: Callable[[str], Form]
    instead: Card


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """A file, with one line of text; into the thread or channel for everybody, or `private` to the asker alone.

    Where files cannot be sent, `instead` is shown.
    """

    type: Literal["handed"] = "handed"
    file: File
    text: str = ""
    private: bool = False
    instead: Card


class Grows(Protocol):
    """A text that others write, to be read while it grows."""

    def pieces(self) -> AsyncGenerator[str]:
        """What is new at each look, '' when nothing is, until it is whole. It may raise OrchestratorError."""
        ...

    def left(self, words: str) -> str:
        """The last piece for who stops reading before: it closes what is open, and ends with `words`."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """An answer that grows while it is read: what `name`, an agent or a whole task, writes, until it has ended.

    Into the task's thread, or `private` to the asker alone. Asked for once more, it ends. Where it cannot be written
    piece by piece it is handed over `whole` at the end; where nothing can come later, `instead` is shown.
    """

    type: Literal["followed"] = "followed"
    task: TaskId
    name: str
    grows: Grows
    whole: Callable[[], Awaitable[Handed]]
    private: bool = False
    instead: Card


@dataclass(frozen=True, slots=True, kw_only=True)
class Nothing:
    """The task's own card says it already."""

    type: Literal["nothing"] = "nothing"


Reply = Private | Public | AskForm | Handed | Followed | Nothing
