"""How a role did with a model: counted the same on every database, of what one may see, and of whole steps only."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from core.advice.advice import Trial
from core.advice.trials import trials
from core.costs.query import Query, Where
from core.domain.identity import ProjectName, StepName, agent_run_id
from core.domain.period import Period
from core.domain.task import AgentRunState, RunPurpose
from core.store import Store
from tests.support.values import a_call, a_run, a_task

pytestmark = pytest.mark.money

NOW = datetime(2026, 11, 18, 10, tzinfo=UTC)
OPUS, SONNET = "claude-opus-4-1", "claude-sonnet-4-5"
DONE, FAILED = AgentRunState.COMPLETED, AgentRunState.FAILED


async def worked(
    store: Store, number: int, *runs: tuple[int, str, AgentRunState], project: str = "shop", at: datetime = NOW,
    purpose: RunPurpose = RunPurpose.WORK,
) -> None:  # fmt: skip
    """A task whose step was done by these agents (round, model, how it ended), each for a dollar."""
    task = a_task(number, project=ProjectName(project))
    async with store.transaction() as uow:
        await uow.tasks.add(task)
        for ordinal, (round_, model, state) in enumerate(runs, 1):
            facts = {"round": round_, "model": model, "state": state, "finished_at": at, "purpose": purpose}
            await uow.agent_runs.add(a_run(task.id, ordinal, step=StepName("build"), role="builder", **facts))
            # the provider calls the model by a longer name
            call = a_call(f"m{number}_{ordinal}", agent_run_id(task.id, ordinal), model=f"{model}-20250929", at=at)
            await uow.ledger.record(call)


async def found(store: Store, query: Query, *, projects: frozenset[str] | None = None) -> dict[str, Trial]:
    async with store.reading() as uow:
        return {each.model: each for each in await trials(uow, query, projects=projects)}


def counts(trial: Trial) -> tuple[int, int, int, int, int, int]:
    return trial.steps, trial.first_try, trial.sent_back, trial.failed, trial.rounds, trial.calls


async def test_steps_that_one_model_did_alone_are_counted_with_their_rounds(store: Store) -> None:
    await worked(store, 1, (1, OPUS, DONE))
    await worked(store, 2, (1, OPUS, DONE), (2, OPUS, DONE), (3, OPUS, DONE))
    await worked(store, 3, (1, OPUS, FAILED), (1, OPUS, DONE))
    await worked(store, 4, (1, SONNET, DONE))
    # done by both: it says nothing about either, but its money counts
    await worked(store, 5, (1, SONNET, DONE), (2, OPUS, DONE))
    trial = await found(store, Query())
    assert counts(trial[OPUS]) == (3, 1, 1, 1, 5, 7)
    assert counts(trial[SONNET]) == (1, 1, 0, 0, 1, 2)
    assert trial[OPUS].first_share == pytest.approx(1 / 3)
    assert trial[OPUS].usage.prompt_tokens > 0
    assert trial[OPUS].cost_usd > trial[SONNET].cost_usd > Decimal(0)


async def test_what_is_open_cancelled_or_a_merge_says_nothing(store: Store) -> None:
    await worked(store, 1, (1, OPUS, AgentRunState.RUNNING))
    await worked(store, 2, (1, OPUS, AgentRunState.CANCELLED))
    await worked(store, 3, (1, OPUS, DONE), purpose=RunPurpose.MERGE)
    assert counts((await found(store, Query()))[OPUS]) == (0, 0, 0, 0, 0, 3)


async def test_time_names_and_what_one_may_see_narrow(store: Store) -> None:
    await worked(store, 1, (1, OPUS, DONE))
    await worked(store, 2, (1, OPUS, DONE), project="docs")
    await worked(store, 3, (1, OPUS, DONE), at=NOW - timedelta(days=100))
    lately = Query(period=Period(begin=NOW - timedelta(days=90), end=NOW + timedelta(days=1)))
    assert counts((await found(store, lately))[OPUS])[0] == 2
    assert counts((await found(store, lately, projects=frozenset({"docs"})))[OPUS]) == (1, 1, 0, 0, 1, 1)
    named = Query(where=Where(projects=("shop",), roles=("builder",)))
    assert counts((await found(store, named))[OPUS])[0] == 2
    assert await found(store, Query(where=Where(roles=("tester",)))) == {}
    assert await found(store, Query(), projects=frozenset()) == {}
