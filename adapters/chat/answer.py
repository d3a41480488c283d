"""An answer while it is written: shown now and then, in a new message when the old one is full or too old."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from adapters.chat.errors import ChatUnavailableError, MessageGoneError, OutcomeUnknownError, RateLimitedError
from adapters.chat.pages import closing, first_page, open_fence
from adapters.chat.pens import NewPen, NoStreamError, Pen


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerPace:
    """How an answer may be written on a platform."""

    every_s: float
    """Between two additions."""
    page: int
    """Characters of one message."""
    rotate_s: float | None = None
    """How old a message may become until a new one takes over; None for as old as it likes."""


class Answer:
    """One answer, in one message or several. `clock` counts seconds."""

    def __init__(
        self, *, streamed: NewPen | None, edited: NewPen, key: str, pace: AnswerPace, clock: Callable[[], float]
    ) -> None:
        self._streamed = streamed
        self._edited = edited
        self._key = key
        self._pace = pace
        self._clock = clock
        self._pending = ""
        self._pages = 0
        self._pen: Pen | None = None
        self._begun_at = 0.0
        self._next_at = 0.0

    async def write(self, markdown: str) -> None:
        """Add text to the end; what cannot be shown yet is shown with what follows."""
        self._pending += markdown
        if not self._pending or self._clock() < self._next_at:
            return
        self._next_at = self._clock() + self._pace.every_s
        try:
            await self._flow()
        except RateLimitedError as error:
            self._next_at = self._clock() + error.retry_after_s
        except (ChatUnavailableError, OutcomeUnknownError):
            pass  # tried again with what follows, at the latest at the end

    async def end(self) -> None:
        """Show what is left and end the message; any error of the port."""
        await self._flow()
        await self._turn()

    async def _flow(self) -> None:
        while self._pending:
            if self._is_full():
                await self._turn()
            head, rest = first_page(self._pending, room=self._pace.page - len(self._text()))
            if rest and not head.endswith("\n") and self._text():
                # no whole line fits any more
                await self._turn()
                continue
            try:
                await self._current().add(head)
            except NoStreamError:
                self._streamed = self._pen = None
            except MessageGoneError:
                if not self._text():
                    raise  # the thread is gone
                # the platform, or a person, ended the message without us: the rest goes into the next one
                self._go_on_with(open_fence(self._text()))
                self._leave()
            else:
                self._pending = rest

    def _is_full(self) -> bool:
        most_s = self._pace.rotate_s
        old = self._pen is not None and most_s is not None and self._clock() - self._begun_at >= most_s
        return old or len(self._text()) >= self._pace.page

    async def _turn(self) -> None:
        """End the message that is being written; a code fence that is open goes on in the next one."""
        if self._pen is None:
            return
        text = self._pen.text
        if closed := closing(text):
            with suppress(MessageGoneError):  # it has ended already
                await self._pen.add(closed)
            self._go_on_with(open_fence(text))
        await self._pen.end()
        self._leave()

    def _leave(self) -> None:
        self._pen = None
        self._pages += 1

    def _go_on_with(self, fence: str) -> None:
        """The code fence that is open in this message is opened again in the next one."""
        if fence and self._pending:
            self._pending = f"{fence}\n{self._pending}"

    def _current(self) -> Pen:
        if self._pen is None:
            key = f"{self._key}:{self._pages}" if self._pages else self._key
            self._pen = (self._streamed or self._edited)(key)
            self._begun_at = self._clock()
        return self._pen

    def _text(self) -> str:
        return self._pen.text if self._pen is not None else ""
