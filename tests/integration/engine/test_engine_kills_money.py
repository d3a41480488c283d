"""`kill -9` around a budget that is used up: nothing is overspent or lost, and each question is asked once."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
import pytest_asyncio

from core.domain.approval import ApprovalKind
from core.domain.event import ApprovalDecided, BudgetChanged, ModelCalled
from tests.support.engine import open_workshop
from tests.support.engine_kills import EVERYWHERE, Grounds, all_survive, in_peace, kind_of
from tests.support.engine_process import BUDGET_USD, Errand
from tests.support.engine_processes import EngineProcesses

pytestmark = [pytest.mark.slow, pytest.mark.money, pytest.mark.asyncio(loop_scope="module"), pytest.mark.long]


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def grounds(
    processes: EngineProcesses, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Grounds:
    """A task that needs more money twice."""
    return await in_peace(processes, tmp_path_factory.mktemp("kills"), sqlite_template, story="money")


async def assert_within_budget(errand: Errand) -> None:
    """Nothing was spent before it was allowed, and each question about money was asked and answered once."""
    async with open_workshop(Path(errand.home), errand.url) as workshop:
        (view,) = await workshop.orchestrator.tasks()
        events = await workshop.events(view.task.id)
    allowed, spent = BUDGET_USD, Decimal(0)
    for event in events:
        match event:
            case BudgetChanged():
                allowed = Decimal(event.target)
            case ModelCalled():
                spent += Decimal(event.cost_usd)
            case _:
                pass
        assert spent <= allowed, "more was spent than anybody allowed"
    asked = [each for each in view.approvals if each.kind is ApprovalKind.BUDGET]
    assert [each.decided_at is not None for each in asked] == [True, True]
    assert sum(isinstance(event, ApprovalDecided) for event in events) == 2
    assert view.task.budget_usd == BUDGET_USD * 3


@pytest.mark.timeout(1800)
async def test_before_every_commit(grounds: Grounds):
    """Those between the last call that fits and the question, and between the raise and going on, are among them."""
    errands = [replace(grounds.errand(f"commit{at}"), die_at_commit=at) for at in range(1, grounds.commits + 1)]
    assert len(errands) > 30
    await all_survive(grounds, errands)
    for each in errands:
        await assert_within_budget(each)


@pytest.mark.timeout(1800)
async def test_inside_every_kind_of_step(grounds: Grounds):
    last = {kind_of(name): at for at, name in enumerate(grounds.points, 1)}
    chosen = range(1, len(grounds.points) + 1) if EVERYWHERE else sorted(last.values())
    errands = [replace(grounds.errand(f"point{at}"), die_at_point=at) for at in chosen]
    await all_survive(grounds, errands)
    for each in errands:
        await assert_within_budget(each)
