"""Forges that do not answer are waited for, through restarts too, and no task fails of it for hours."""

from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest

from core.domain.event import Event
from core.domain.forge_event import ForgePostponed, WorkspaceCleaned
from core.domain.forge_news import ForgeReport, PullRequestEnded
from core.domain.task import TaskState
from core.engine.forge_patience import ForgePatience
from core.forge import ForgeBusyError, ForgeDeniedError, ForgeUnavailableError
from tests.support.engine import ALICE, Workshop, at_work, has_ended
from tests.support.moody_forge import MoodyForge

pytestmark = pytest.mark.github
BUSY = ForgeBusyError("GitHub wants a pause.", retry_after_s=0.01)
AWAY = ForgeUnavailableError("GitHub does not answer.")
IMPATIENT = ForgePatience(first_pause_s=0.01, longest_pause_s=0.01, give_up_after_s=3600)


def moody(workshop: Workshop, **refusals: Any) -> Any:
    return cast("Any", MoodyForge(workshop.parts.forge, **refusals))


def waits(events: list[Event]) -> list[str]:
    return [event.doing for event in events if isinstance(event, ForgePostponed)]


async def test_a_forge_that_is_busy_or_away_is_waited_for_and_no_task_fails(workshop: Workshop):
    forge = moody(workshop, issue=[BUSY, AWAY], publish=[AWAY, BUSY, AWAY])
    async with at_work(workshop, forge=forge, forge_patience=IMPATIENT):
        task = await workshop.submit(workshop.project("patient"), "fix issue #7")
        view = await workshop.ended(task.id)
    assert (view.task.state, view.task.forge_wait) == (TaskState.COMPLETED, None)
    assert waits(await workshop.events(task.id)) == ["prepare"] * 2 + ["publish"] * 3
    assert len(forge.drafts) == 1


async def test_a_forge_that_stays_away_for_hours_fails_the_task_and_a_retry_only_offers(workshop: Workshop):
    project = workshop.project("away")
    give_up = replace(IMPATIENT, give_up_after_s=0)
    async with at_work(workshop, forge=moody(workshop, publish=[AWAY]), forge_patience=give_up):
        task = await workshop.submit(project)
        view = await workshop.ended(task.id)
        assert view.task.state == TaskState.FAILED
        assert f"orchestrator retry {task.id}" in view.task.failure
        started = len(workshop.starts(task.id))
        await workshop.orchestrator.retry(task.id, by=ALICE)
        await workshop.until(task.id, lambda events: sum(map(has_ended, events)) == 2)
    assert (await workshop.orchestrator.task(task.id)).task.state == TaskState.COMPLETED
    assert len(workshop.starts(task.id)) == started
    assert len(workshop.pull_requests(project)) == 1


async def test_a_forge_that_denies_fails_the_task_with_what_to_do(workshop: Workshop):
    denied = ForgeDeniedError("The token may not push.", hint="Give it contents: write.")
    async with at_work(workshop, forge=moody(workshop, publish=[denied])):
        task = await workshop.submit(workshop.project("denied"))
        view = await workshop.ended(task.id)
    assert view.task.state == TaskState.FAILED
    assert "Give it contents: write." in view.task.failure


async def test_a_wait_goes_on_after_a_restart(workshop: Workshop):
    project = workshop.project("restarted")
    long_pause = ForgeBusyError("Come back in an hour.", retry_after_s=3600)
    async with at_work(workshop, forge=moody(workshop, publish=[long_pause])):
        task = await workshop.submit(project)
        await workshop.until(task.id, lambda events: bool(waits(events)))
    async with at_work(workshop):
        assert (await workshop.orchestrator.task(task.id)).task.forge_wait is not None
    async with workshop.store.transaction() as uow:
        known = await uow.tasks.get(task.id)
        assert known.forge_wait is not None
        assert known.forge_wait.until > uow.now + timedelta(minutes=30)
        await uow.tasks.save(replace(known, forge_wait=replace(known.forge_wait, until=uow.now)))
    async with at_work(workshop):
        view = await workshop.ended(task.id)
    assert view.task.state == TaskState.COMPLETED
    assert len(workshop.pull_requests(project)) == 1


async def test_what_was_merged_while_nobody_worked_is_taken_away_at_the_next_start(workshop: Workshop):
    project = workshop.project("later")
    async with at_work(workshop):
        task = (await workshop.ended((await workshop.submit(project)).id)).task
    merged = PullRequestEnded(pull_request=task.pull_request, merged=True)
    await workshop.orchestrator.hear(ForgeReport(key="merged", project=project.name, news=merged))
    async with at_work(workshop):
        await workshop.until(task.id, lambda events: isinstance(events[-1], WorkspaceCleaned))
