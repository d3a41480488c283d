"""How what happens reaches the app: sent, acknowledged or tried again; doubled, held and reordered when told to."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, Protocol

from tests.platforms.slack.envelope import Envelope
from tests.platforms.slack.workspace import Bell


class Sender(Protocol):
    """One way to the app: Socket Mode or HTTP."""

    async def send(self, envelope: Envelope) -> Any:
        """Send once and return what came with the acknowledgement; ConnectionError, TimeoutError."""
        ...


class Deliveries:
    """Everything that was sent to the app, in order, with what became of it."""

    def __init__(
        self, *, sender: Sender, connected: Callable[[], bool], bell: Bell, retry_after_s: tuple[float, ...]
    ) -> None:
        self.sender = sender
        self.twice = False
        """Whether each event is delivered twice, with the same event id."""
        self.envelopes: list[Envelope] = []
        self._connected, self._bell, self._retry_after_s = connected, bell, retry_after_s
        self._held: list[Envelope] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._number = 0

    async def close(self) -> None:
        """Stop trying."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    @property
    def busy(self) -> bool:
        """Whether something is still on its way."""
        return bool(self._tasks)

    def hold(self) -> None:
        """Keep back what happens from now on, until `release`; who acts does not wait for it."""
        self._held = []

    def release(self, order: Callable[[list[Envelope]], Iterable[Envelope]] = list) -> None:
        """Deliver what was held in this order, such as `reversed`."""
        held, self._held = self._held or [], None
        for envelope in order(held):
            self._start(self._first(envelope))

    async def deliver(self, kind: str, payload: dict[str, Any]) -> Envelope:
        """Send a payload; returns after the first attempt, tries again by itself."""
        envelope = self._new(kind, payload)
        if not self._keep_back(envelope):
            await self._first(envelope)
        return envelope

    def deliver_soon(self, kind: str, payload: dict[str, Any]) -> Envelope:
        """The same without waiting."""
        envelope = self._new(kind, payload)
        if not self._keep_back(envelope):
            self._start(self._first(envelope))
        return envelope

    async def again(self, envelope: Envelope) -> Envelope:
        """Send the same payload once more, as after an acknowledgement that got lost."""
        copy = replace(envelope, id=self._id(), attempts=1, acked_after_s=None, answer=None, failures=[])
        self.envelopes.append(copy)
        await self._attempt(copy)
        return copy

    def _new(self, kind: str, payload: dict[str, Any]) -> Envelope:
        envelope = Envelope(id=self._id(), kind=kind, payload=payload)
        self.envelopes.append(envelope)
        return envelope

    def _id(self) -> str:
        self._number += 1
        return f"envelope-{self._number:06d}"

    def _keep_back(self, envelope: Envelope) -> bool:
        if self._held is not None:
            self._held.append(envelope)
        return self._held is not None

    async def _first(self, envelope: Envelope) -> None:
        await self._attempt(envelope)
        if self.twice and envelope.retries:
            await self.again(envelope)
        if not envelope.acked and envelope.retries:
            self._start(self._retry(envelope))

    async def _retry(self, envelope: Envelope) -> None:
        for pause_s in self._retry_after_s:
            while not self._connected():
                await self._bell.wait()
            await asyncio.sleep(pause_s)
            await self._attempt(envelope)
            if envelope.acked:
                return

    async def _attempt(self, envelope: Envelope) -> None:
        loop = asyncio.get_running_loop()
        envelope.attempts += 1
        envelope.sent_at = loop.time()
        try:
            envelope.answer = await self.sender.send(envelope)
        except TimeoutError:
            envelope.failures.append("timeout")
        except ConnectionError as error:
            envelope.failures.append(str(error) or "no_connection")
        else:
            envelope.acked_after_s = loop.time() - envelope.sent_at
        self._bell.ring()

    def _start(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._bell.ring()
