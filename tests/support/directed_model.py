"""The demo's scripted model under direction: a test sees who asks, and may let a role wait."""

import asyncio
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from bot.demo.sample_fix import SAMPLE_FIX
from bot.demo.scripted import Conversation, Held, Script, Turn
from bot.demo.scripted.fix_issue import fix_issue


@dataclass(slots=True)
class Director:
    """A script that plays `play`, except that roles in `holding` get no answer until they are let go."""

    play: Script = field(default_factory=lambda: fix_issue(SAMPLE_FIX))
    holding: dict[str, asyncio.Event] = field(default_factory=dict[str, asyncio.Event])
    asked: defaultdict[str, asyncio.Event] = field(default_factory=lambda: defaultdict(asyncio.Event))
    turns: Counter[str] = field(default_factory=Counter[str])
    """Requests of each role, those of repeated processes too."""
    finished: Counter[str] = field(default_factory=Counter[str])
    """Results each role was given the words to hand in."""

    def script(self, asked: Conversation) -> Turn:
        self.turns[asked.role] += 1
        self.asked[asked.role].set()
        turn = self.play(asked)
        if "StructuredOutput" in repr(turn):
            self.finished[asked.role] += 1
        held = self.holding.get(asked.role)
        return Held(until=held, then=turn) if held is not None and not held.is_set() else turn

    def hold(self, role: str) -> None:
        """From now on `role` waits for its answers."""
        self.holding[role] = asyncio.Event()

    def let_go(self) -> None:
        """Everybody is answered."""
        for held in self.holding.values():
            held.set()

    async def hears(self, role: str, *, within_s: float = 150.0) -> None:
        """Wait until `role` asks for something; forget that it did."""
        async with asyncio.timeout(within_s):
            await self.asked[role].wait()
        self.asked[role].clear()
