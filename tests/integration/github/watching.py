"""A watch that runs while a test lasts: what it tells, its rounds one by one, and its webhooks."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from adapters.github import GitHubWatch
from adapters.github.calls import PAUSES_S
from adapters.github.watch.webhooks import PATH
from core.domain.forge_news import ForgeNews, ForgeReport
from core.domain.project import Project
from core.forge import PullRequest, Watched
from tests.support.forge_stage import GitHubStage
from tests.support.waiting import eventually

SECRET = "hook-secret"


@dataclass(slots=True)
class Watching:
    """What is heard while a watch of `stage` runs."""

    stage: GitHubStage
    watched: list[Watched] = field(default_factory=list[Watched])
    heard: list[ForgeReport] = field(default_factory=list[ForgeReport])
    deaf: int = 0
    """So many reports cannot be kept."""
    also: list[Project] = field(default_factory=list[Project])
    """Projects besides the stage's own."""
    rests: list[float] = field(default_factory=list[float])
    """How long it would have waited, after each round."""
    _go: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(0))

    def news(self, kind: type[ForgeNews] | None = None) -> list[ForgeNews]:
        """What was told, of one kind."""
        return [each.news for each in self.heard if kind is None or isinstance(each.news, kind)]

    def watch(self, opened: PullRequest) -> None:
        """This one is of interest now."""
        self.watched = [
            Watched(
                project=self.stage.project,
                pull_request=opened.reference,
                branch=opened.branch,
                base_branch=opened.base_branch,
                commit=opened.commit,
            )
        ]

    async def round(self) -> None:
        """Until everything was looked at once more."""
        before = len(self.rests)
        self._go.release()
        await eventually(lambda: len(self.rests) > before, what="another round")

    async def hear(self, report: ForgeReport) -> None:
        if self.deaf:
            self.deaf -= 1
            raise OSError("the disk is full")
        self.heard.append(report)

    async def all_watched(self) -> Sequence[Watched]:
        return tuple(self.watched)

    async def pause(self, seconds: float) -> None:
        if seconds in PAUSES_S:  # between attempts at one call
            return
        self.rests.append(seconds)
        await self._go.acquire()

    @asynccontextmanager
    async def running(self, **settings: object) -> AsyncGenerator[GitHubWatch]:
        """A watch that listens already; with `webhooks=True` GitHub tells it what happens."""
        if settings.pop("webhooks", False):
            settings |= {"host_address": "127.0.0.1", "webhook_secret": SECRET}
        watch = GitHubWatch(
            self.stage.settings(**settings), clock=self.stage.clock, mask=lambda text: text, pause=self.pause
        )
        ready = asyncio.Event()
        running = asyncio.create_task(
            watch.run(self.hear, projects=[self.stage.project, *self.also], watched=self.all_watched, ready=ready.set)
        )
        waiting = asyncio.create_task(ready.wait())
        try:
            await asyncio.wait({running, waiting}, timeout=90.0, return_when=asyncio.FIRST_COMPLETED)
            if running.done():
                await running
            assert ready.is_set(), "it does not listen"
            await eventually(lambda: bool(self.rests), what="the first rest")
            if watch.port:
                self.stage.simulator.hooks.add(f"http://127.0.0.1:{watch.port}{PATH}", secret=SECRET)
            yield watch
        finally:
            self.stage.simulator.hooks.known.clear()
            self.rests.clear()
            for each in (running, waiting):
                each.cancel()
                with suppress(asyncio.CancelledError):
                    await each
