"""What the contract of chat adapters needs of a platform: an adapter that runs, people who act, and eyes to look."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Protocol

from adapters.chat.inbound import Inbound
from adapters.chat.port import ChatAdapter, Posted
from core.domain.identity import Person, Place

HEARD_WITHIN_S = 90.0


class Ears:
    """Takes what an adapter hands over, as the program would, and waits for it; `held` keeps it from returning."""

    def __init__(self) -> None:
        self.heard: list[Inbound] = []
        self.held: Callable[[Inbound], bool] = lambda _: False
        self._came = asyncio.Event()
        self._go_on = asyncio.Event()

    async def __call__(self, inbound: Inbound) -> None:
        self.heard.append(inbound)
        self._came.set()
        if self.held(inbound):
            await self._go_on.wait()

    def let_go(self) -> None:
        """What is held goes on."""
        self._go_on.set()

    async def until(self, what: Callable[[Inbound], bool], *, times: int = 1) -> Inbound:
        """Wait until something as described came in so many times; the last of them."""
        try:
            async with asyncio.timeout(HEARD_WITHIN_S):
                while len(found := [each for each in self.heard if what(each)]) < times:
                    self._came.clear()
                    await self._came.wait()
        except TimeoutError:
            raise AssertionError(f"not heard {times} times; there came {self.heard}") from None
        return found[-1]


class Running:
    """An adapter's `run` in a task, and what it handed over."""

    def __init__(self) -> None:
        self.ears = Ears()
        self._task: asyncio.Task[None] | None = None

    async def start(self, adapter: ChatAdapter) -> None:
        """Run `adapter` and return once it is ready."""
        ready = asyncio.Event()
        self._task = asyncio.create_task(adapter.run(self.ears, ready=ready.set), name="contract-run")
        waiting = asyncio.create_task(ready.wait(), name="contract-ready")
        try:
            async with asyncio.timeout(HEARD_WITHIN_S):
                await asyncio.wait({self._task, waiting}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            waiting.cancel()
        if self._task.done():
            await self._task

    async def stop(self) -> None:
        """Cancel `run` and wait for its end; nothing happens when it does not run."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task}, timeout=HEARD_WITHIN_S)
            assert self._task.cancelled(), "run did not end when it was cancelled"
            self._task = None


class Stage(Protocol):
    """One adapter and its platform. A happening returns when the platform has told the adapter, or has tried to."""

    running: Running
    alice: Person
    bob: Person
    channel: Place
    """A channel both are in, and the app too."""

    @property
    def adapter(self) -> ChatAdapter:
        """The one that runs now."""
        ...

    async def start(self) -> None:
        """Run the adapter, a new one when it ran before."""
        ...

    async def leave(self) -> None:
        """Stop everything and check that nothing is left."""
        ...

    # people

    async def writes(self, person: Person, place: Place, text: str) -> None:
        """A message in a channel or thread; `@app` in `text` is a mention of the app."""
        ...

    async def writes_directly(self, person: Person, text: str) -> None:
        """A message to the app alone."""
        ...

    async def commands(self, person: Person, place: Place, text: str) -> None:
        """The app's command with `text`."""
        ...

    async def presses(self, person: Person, posted: Posted, label: str) -> None:
        """The button with this label."""
        ...

    async def submits(self, person: Person, values: Mapping[str, str]) -> None:
        """The form in front of the person, by the names of its fields."""
        ...

    async def opens_home(self, person: Person) -> None:
        """The app's page."""
        ...

    async def deletes(self, posted: Posted) -> None:
        """Somebody who may deletes a message of the app."""
        ...

    # the platform

    async def repeats(self) -> None:
        """The last happening is delivered once more."""
        ...

    def passes(self, seconds: float) -> None:
        """Time goes by on the platform."""
        ...

    async def loses_connection(self) -> None:
        """The connection breaks; the platform does not notice more than it would."""
        ...

    async def comes_back(self) -> None:
        """The connection is there again, by itself or because the program is."""
        ...

    def slows_down(self, *, retry_after_s: int) -> None:
        """The next call is one too many."""
        ...

    def breaks(self) -> None:
        """The next call meets a platform that is out of order, and is not done."""
        ...

    def loses_answer(self, *, done: bool) -> None:
        """The answer to the next post, upload or direct message gets lost; `done` says whether it was carried out."""
        ...

    def shuts_out(self, person: Person) -> None:
        """The person cannot be written to any more."""
        ...

    # what there is to see

    def stands(self, place: Place) -> list[str]:
        """All that people read in a channel or thread, a text for each message of the app, files opened."""
        ...

    def read_directly(self, person: Person) -> list[str]:
        """The same for the conversation of one person and the app."""
        ...

    def whispered(self, person: Person) -> list[str]:
        """What only this person sees."""
        ...

    def home(self, person: Person) -> str:
        """The app's page as the person sees it."""
        ...

    def form(self, person: Person) -> str:
        """The title of the form in front of the person, '' when there is none."""
        ...
