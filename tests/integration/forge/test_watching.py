"""The watch over a forge: what it hears is kept, what goes wrong is told and ends nothing, and it begins again."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Never

import pytest

from bot.forge.standing import WatchStanding, watch_standing
from bot.forge.watched import WatchedPullRequests
from bot.forge.watching import PAUSES_S, ForgeWatching
from core.domain.forge_news import ForgeReport
from core.domain.task import TaskState
from core.forge import ForgeBusyError, ForgeDeniedError, Watched
from core.store.voice import voice
from tests.integration.forge.conftest import hearing_of, labelled
from tests.support.conversations import Room
from tests.support.values import a_task

pytestmark = [pytest.mark.github, pytest.mark.slow]


class PlayedWatch:
    """Each time it is begun it does what the test has written next; at the end it listens."""

    def __init__(self, *plays: Exception | ForgeReport) -> None:
        self.plays = list(plays)
        self.begun = 0

    async def run(
        self, hear: Callable[[ForgeReport], Awaitable[None]], *, ready: Callable[[], None], **_told: Any
    ) -> Never:
        self.begun += 1
        play = self.plays.pop(0) if self.plays else None
        if isinstance(play, Exception):
            raise play
        ready()
        if play is not None:
            await hear(play)
        await asyncio.Event().wait()
        raise AssertionError


class Pauses:
    """Notes how long it would have been waited."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


def watching(room: Room, watch: PlayedWatch, pauses: Callable[[float], Awaitable[None]]) -> ForgeWatching:
    async def nothing() -> Sequence[Watched]:
        return ()

    return ForgeWatching(
        watch,
        hearing_of(room),
        store=room.program.store,
        turn=lambda: voice(room.program.settings.database_url, "github"),
        projects=(),
        watched=nothing,
        clock=room.program.clock,
        pause=pauses,
    )


async def stands(room: Room, condition: Callable[[WatchStanding], bool]) -> WatchStanding:
    async def look() -> WatchStanding | None:
        found = await watch_standing(room.program.store)
        return found if found is not None and condition(found) else None

    return await room.sooner_or_later(look)


async def test_what_it_hears_is_acted_on_and_that_it_listens_can_be_asked(room: Room) -> None:
    async with watching(room, PlayedWatch(labelled()), Pauses()).running():
        await room.task("T1")
        standing = await stands(room, lambda each: each.listening)

    assert standing.trouble == ""
    assert await watch_standing(room.program.store) is None, "it is said that somebody listens who has ended"


async def test_a_refused_key_is_told_and_tried_again_after_growing_pauses(room: Room) -> None:
    refused = [ForgeDeniedError("GitHub does not accept our token.", hint="Make a new one.") for _ in range(5)]
    watch, pauses = PlayedWatch(*refused, labelled()), Pauses()
    async with watching(room, watch, pauses).running():
        await room.task("T1")
        await stands(room, lambda each: each.listening)

    assert watch.begun == 6
    assert pauses.seconds == [*PAUSES_S, PAUSES_S[-1]]


async def test_the_trouble_can_be_read_by_others_while_it_lasts(room: Room) -> None:
    class Long(Pauses):
        async def __call__(self, seconds: float) -> None:
            await asyncio.Event().wait()

    refused = PlayedWatch(ForgeDeniedError("GitHub does not accept our token.", hint="Make a new one."))
    async with watching(room, refused, Long()).running():
        standing = await stands(room, lambda each: bool(each.trouble))

    assert (standing.listening, standing.trouble, standing.hint) == (
        False,
        "GitHub does not accept our token.",
        "Make a new one.",
    )


async def test_a_defect_in_it_ends_nothing_else(room: Room) -> None:
    watch, pauses = PlayedWatch(ValueError("a defect"), labelled()), Pauses()
    async with watching(room, watch, pauses).running():
        assert (await room.task("T1")).task.issue == "123"


async def test_a_forge_that_wants_rest_gets_as_much_as_it_asks_for(room: Room) -> None:
    watch, pauses = PlayedWatch(ForgeBusyError("Wait.", retry_after_s=1234.0), labelled()), Pauses()
    async with watching(room, watch, pauses).running():
        await room.task("T1")

    assert pauses.seconds == [1234.0]


async def test_of_two_processes_one_watches_and_the_other_takes_over(room: Room) -> None:
    first, second = PlayedWatch(), PlayedWatch(labelled())
    pauses = Pauses()

    async def pause(seconds: float) -> None:
        await pauses(seconds)
        await asyncio.sleep(0.01)

    async with watching(room, first, pauses).running():
        await stands(room, lambda each: each.listening)
        async with watching(room, second, pause).running():

            async def looked() -> bool:
                return len(pauses.seconds) > 3

            await room.sooner_or_later(looked)
            assert (first.begun, second.begun) == (1, 0)
    async with watching(room, second, Pauses()).running():
        assert (await room.task("T1")).task.issue == "123"


async def test_open_pull_requests_are_watched_and_closed_ones_for_a_while(room: Room) -> None:
    program = room.program
    facts = {"state": TaskState.COMPLETED, "branch": "b", "base_branch": "main", "pull_request_commit": "c"}
    now = program.clock()
    async with program.store.transaction() as uow:
        for number, state in enumerate(("open", "merged", "closed"), start=1):
            task = a_task(number, pull_request=str(number), pull_request_state=state, finished_at=now, **facts)
            await uow.tasks.add(task)
        old = a_task(4, pull_request="4", pull_request_state="closed", **facts)
        await uow.tasks.add(old)

    watched = WatchedPullRequests(program.store, project=program.settings.projects.get, clock=program.clock)

    assert sorted(each.pull_request for each in await watched()) == ["1", "3"]
