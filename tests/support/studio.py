"""Fixtures: a machine whose user has a project, a model that plays every role, and a workflow of one step besides."""

import subprocess
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import psutil
import pytest

from adapters.claude import transcript
from adapters.claude.sessions import MAIN
from bot.demo.scripted import ScriptedModel
from bot.onlooker import Onlooker, looking
from config.settings import load_settings
from core.domain.approval import Approval
from core.domain.event import Event
from core.domain.identity import ApprovalId, TaskId
from core.domain.task import FINAL_TASK_STATES
from core.views import TaskView
from tests.support.cast import Cast
from tests.support.command_line import CommandLine, Ended, settings_text
from tests.support.machines import KEY
from tests.support.waiting import eventually_awaited

SOLO = """\
name: solo
description: One builder, nobody else.
steps:
  - name: build
    role: builder
    instruction: Write the note.
"""
PAIR = """\
name: pair
description: A builder, and a tester after it.
steps:
  - name: build
    role: builder
    instruction: Write the note.
  - name: check
    role: tester
    needs: [build]
    instruction: Look at it.
"""
TRIO = """\
name: trio
description: A plan that is asked about, then the work, then a look at it.
steps:
  - name: plan
    role: planner
    gate: plan
    instruction: Plan it.
  - name: build
    role: builder
    needs: [plan]
    instruction: Do it.
  - name: check
    role: tester
    needs: [build]
    instruction: Look at it.
"""
ROLE = """\
---
description: Makes the change.
model: {model}
{more}
result: change
writes: true
tools: [Read, Grep, Glob, Edit, Write, Bash]
limits: {{max_turns: {turns}, max_budget_usd: 8}}
---
You build.
"""
EXACT = Decimal("0.01")
"""The share by which ledger and agent program may differ."""


@dataclass(slots=True, kw_only=True)
class Studio:
    """A user's machine with the project `shop`, and the cast that answers its agents."""

    shop: CommandLine
    repository: Path
    cast: Cast
    model: ScriptedModel
    tables: list[str] = field(default_factory=list[str])

    def write_settings(self, *tables: str, **project: Any) -> None:
        """The user's settings, with `tables` of TOML and options of the project besides the usual ones."""
        text = "\n".join(('[claude]\nsandbox = "off"', *tables))
        self.shop.write_settings(settings_text(self.repository, tables=text, project={"verify": "true", **project}))

    def write_data(self, name: str, text: str) -> None:
        """A file of the user's own in the home, such as `roles/builder.md`."""
        path = self.shop.home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def write_builder(self, *, model: str = "claude-sonnet-5-5", turns: int = 20, more: str = "") -> None:
        """The user's own builder."""
        self.write_data("roles/builder.md", ROLE.format(model=model, turns=turns, more=more or "effort: high"))

    async def run(self, *arguments: str) -> Ended:
        """One command from its start to its end."""
        return await self.shop.run(*arguments)

    async def asks(self, request: str, *options: str, workflow: str = "solo") -> Ended:
        """`orchestrator run`, everything answered with yes, and the task as JSON."""
        return await self.run("run", request, "-w", workflow, "--yes", "--json", *options)

    @asynccontextmanager
    async def onlooker(self) -> AsyncGenerator[Onlooker]:
        """A look into the store."""
        environ = self.shop.environment()
        async with looking(load_settings(config=None, cwd=self.shop.folder, environ=environ)) as seen:
            yield seen

    async def view(self, task: str = "T1") -> TaskView:
        """Everything about one task."""
        async with self.onlooker() as seen:
            return await seen.reader.task(TaskId(task))

    async def told(self, *types: str, task: str = "T1") -> list[Event]:
        """The events of a task that are of `types`, oldest first."""
        async with self.onlooker() as seen, seen.store.reading() as uow:
            return [entry.event for entry in await uow.events.of(TaskId(task), types=types)]

    async def has_ended(self, task: str = "T1") -> bool:
        """Whether the task is completed, failed or cancelled."""
        return (await self.view(task)).task.state in FINAL_TASK_STATES

    async def ends(self, task: str = "T1", *, within_s: float = 150.0) -> TaskView:
        """Wait for the end of the task."""
        await eventually_awaited(lambda: self.has_ended(task), within_s=within_s, what=f"the end of {task}")
        return await self.view(task)

    async def asked(self, approval: str) -> Approval:
        """Wait until this approval is asked for."""

        async def pending() -> bool:
            async with self.onlooker() as seen:
                return approval in [each.id for each in await seen.reader.pending_approvals()]

        await eventually_awaited(pending, within_s=150, what=approval)
        async with self.onlooker() as seen:
            return await seen.reader.approval(ApprovalId(approval))

    async def remembers(self, step: str, *, calls: int = 1, task: str = "T1") -> None:
        """Wait until so many finished calls of a step are in its stored session: whoever is ended then goes on there.

        The agent program hands over what it has done only a moment after it has asked the model again.
        """

        async def stored() -> bool:
            view = await self.view(task)
            (session,) = {part.run.session for each in view.steps if each.step.name == step for part in each.runs}
            async with self.onlooker() as seen:
                table = seen.store.transcripts
                rows = [await table.load(key, session, MAIN) or [] for key in await table.project_keys(session)]
            known = [call for each in rows for call in transcript.read(each).calls]
            return sum(call.result is not None for call in known) >= calls

        await eventually_awaited(stored, within_s=150, what=f"the stored session of {step}")

    def agent_programs(self) -> list[psutil.Process]:
        """Agent programs at work on this machine: not their launchers."""
        return self.shop.processes(lambda process: "claude" in process.name())

    def git(self, *arguments: str) -> str:
        """What git says in the user's repository."""
        command = ["git", "-C", str(self.repository), *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True, timeout=20).stdout.strip()


@pytest.fixture
async def cast() -> AsyncIterator[Cast]:
    """Plays everybody."""
    cast = Cast()
    yield cast
    cast.let_go()


@pytest.fixture
async def studio(machine: CommandLine, repository: Path, cast: Cast) -> AsyncIterator[Studio]:
    """A machine with key, project and model; nobody of it is alive after the story."""
    async with ScriptedModel(cast.script) as model:
        machine.variables |= {"ANTHROPIC_API_KEY": KEY, "ANTHROPIC_BASE_URL": model.url}
        studio = Studio(shop=machine, repository=repository, cast=cast, model=model)
        studio.write_settings()
        studio.write_data("workflows/solo.yaml", SOLO)
        studio.write_data("workflows/pair.yaml", PAIR)
        studio.write_data("workflows/trio.yaml", TRIO)
        yield studio
        cast.let_go()
        await machine.nobody_left()


def reconciled(view: TaskView, *, exactly: bool = True) -> Decimal:
    """What the task cost; fails unless every agent's ledger agrees with what its program says, and all adds up.

    Not `exactly`: the ledger may know more, of a process that was ended before it could say, or of a question answered.
    """
    runs = [part for step in view.steps for part in step.runs]
    for part in runs:
        ledger, said = part.bill.cost_usd, Decimal(part.run.reported_cost_usd or 0)
        assert said <= ledger * (1 + EXACT), (part.run.id, ledger, said)
        assert not exactly or ledger <= said * (1 + EXACT), (part.run.id, ledger, said)
    total = sum((part.bill.cost_usd for part in runs), Decimal(0))
    assert view.bill.cost_usd == total
    assert not [notice for notice in view.notices if "the ledger counts" in notice]
    return total


def told_where_it_differs(view: TaskView) -> None:
    """Fails where a run's ledger and its program differ by more than 1 % and nobody is told, or not all adds up.

    For answers that were cut off: the program guesses what they used, more or less of it as the cut falls, while the
    ledger has what the provider had told by then.
    """
    runs = [part for step in view.steps for part in step.runs]
    differ = [abs(Decimal(part.run.reported_cost_usd or 0) / part.bill.cost_usd - 1) > Decimal("0.01") for part in runs]
    told = any("the ledger counts" in notice for notice in view.notices)
    assert told or not any(differ)
    assert view.bill.cost_usd == sum((part.bill.cost_usd for part in runs), Decimal(0))


def states(view: TaskView) -> Mapping[str, str]:
    """Step → where it stands."""
    return {str(part.step.name): part.step.state.value for part in view.steps}


__all__ = ["Studio", "cast", "reconciled", "states", "studio", "told_where_it_differs"]
