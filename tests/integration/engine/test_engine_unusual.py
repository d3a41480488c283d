"""A task that costs far more than its like says so on its card, and once in the journal, while it runs."""

from collections.abc import AsyncGenerator
from decimal import Decimal
from pathlib import Path

import pytest

from core.budgets.book import BudgetBook
from core.domain.identity import agent_run_id, task_id
from core.domain.task import Complexity, TaskState, TaskType
from core.domain.unusual import Oddity, Thresholds, UnusualSeen
from core.unusual.lookout import Lookout
from tests.support.engine import ALICE, Workshop, at_work, copied_database, open_workshop
from tests.support.engine_plays import runs
from tests.support.values import a_call, a_run, a_task

pytestmark = [pytest.mark.slow, pytest.mark.money]


@pytest.fixture
async def workshop(tmp_path: Path, sqlite_template: Path) -> AsyncGenerator[Workshop]:
    async with open_workshop(tmp_path, copied_database(sqlite_template, tmp_path)) as made:
        yield made


async def cheap_past(workshop: Workshop) -> None:
    """Tasks of every size that fixed something for next to nothing."""
    async with workshop.store.transaction() as uow:
        for number, complexity in enumerate([each for each in Complexity for _ in range(5)], 1001):
            like = {"type": TaskType.BUG_FIX, "complexity": complexity, "finished_at": uow.now}
            await uow.tasks.add(a_task(number, state=TaskState.COMPLETED, **like))
            await uow.agent_runs.add(a_run(task_id(number), 1, role="builder"))
            call = a_call(f"past{number}", agent_run_id(task_id(number), 1), cost_usd=Decimal("0.0000001"), at=uow.now)
            await uow.ledger.record(call)


async def test_a_dear_task_is_told_once_while_it_runs(workshop: Workshop) -> None:
    thresholds = Thresholds(task_usd=Decimal("0.0000001"))
    project = workshop.project("shop", plays={"builder": runs(*"123")})
    await cheap_past(workshop)
    async with at_work(workshop, lookout=Lookout(BudgetBook(), thresholds)):
        task = await workshop.submit(project, "fix the sum")
        view = await workshop.ended(task.id)
    entries = [entry for entry in await workshop.store.journal.read(limit=10_000) if entry.task == task.id]
    seen = [entry.event for entry in entries if isinstance(entry.event, UnusualSeen)]
    assert [(each.seen.kind, each.seen.about, each.told) for each in seen] == [(Oddity.TASK, task.id, (ALICE,))]
    assert any("that such a task usually costs in shop (the middle of 5 tasks)" in text for text in view.notices)
