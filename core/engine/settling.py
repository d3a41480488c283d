"""Settling a finished agent run: keep or undo its changes, bring them to the branch, check a tester's word, judge."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from core.agents import results
from core.domain.event import CommitCreated, ConflictFound, NoticeRaised, PlanMade, WorkVerified
from core.domain.identity import AgentRunId, StepName
from core.domain.role import ResultKind, Role
from core.domain.task import (
    FINAL_TASK_STATES,
    AgentRun,
    AgentRunState,
    Complexity,
    RunPurpose,
    Step,
    StepState,
    Task,
    TaskType,
)
from core.domain.workflow import Workflow
from core.engine.base_clash import open_clash
from core.engine.changes import move_step, move_task
from core.engine.expecting import LookBack, expect, look_back
from core.engine.judgement import Judgement, Outcome, judge
from core.engine.parts import EngineParts
from core.engine.progress import TaskProgress
from core.engine.questions import ask_conflict
from core.engine.specs import lane_of, open_workspaces
from core.planning.plan import PlanProblem, planned_workflow
from core.planning.shape import shaped
from core.store.unit_of_work import UnitOfWork
from core.workspaces.catching_up import Clash
from core.workspaces.merging import Conflict, Merge
from core.workspaces.verification import VerificationResult, verify
from core.workspaces.workspace import Workspace

_OPEN = (StepState.RUNNING, StepState.WAITING)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Work:
    """What is settled: the run and its step, as they were when settling began."""

    task: Task
    step: Step
    run: AgentRun
    role: Role
    own: Workspace
    place: Workspace
    """Where the agent worked: its lane, or the task's own workspace."""

    @property
    def in_lane(self) -> bool:
        return self.place != self.own

    @property
    def trailers(self) -> dict[str, str]:
        return {"Task": self.task.id, "Step": self.step.name, "Round": str(self.step.round)}


class Settling:
    """Settles runs; every part may run again after a crash."""

    def __init__(self, parts: EngineParts, progress: TaskProgress) -> None:
        self._parts = parts
        self._progress = progress

    async def settle(self, agent_run: AgentRunId, *, by_hand: bool) -> None:
        """Settle one run; `by_hand` says that a person has settled its conflict."""
        work = await self._work(agent_run)
        if work is None:
            return
        merged: Merge | None = None
        if work.role.writes:
            brought = await self._bring(work, by_hand=by_hand)
            if isinstance(brought, Conflict):
                await self._conflict(work, brought)
                return
            merged = brought
        else:
            await self._parts.workspaces.undo(work.place)
        files = await self._parts.workspaces.changed_files(work.own) if merged and merged.commit else ()
        checked = await self._verified(work)
        judgement = judge(work.role.result, await self._result(work), checked)
        back = await self._back(work, judgement)
        async with self._parts.store.transaction() as uow:
            await self._conclude(
                uow, work, judgement, commit=merged.commit if merged else "", files=files, checked=checked, back=back
            )
        if work.in_lane:
            await self._drop_lane(work)

    async def _back(self, work: _Work, judgement: Judgement) -> LookBack | None:
        """What the estimate of a plan comes from; None for what is no plan."""
        if work.role.result is not ResultKind.PLAN:
            return None
        return await look_back(self._parts, work.task, kind=_kind(work.task, judgement.result))

    async def _drop_lane(self, work: _Work) -> None:
        """To its end even when cancelled, as happens once the step is done: a git that is cut off leaves locks."""
        dropping = asyncio.create_task(self._parts.workspaces.drop_lane(work.own, lane=work.place.lane))
        try:
            await asyncio.shield(dropping)
        except asyncio.CancelledError:
            await asyncio.wait({dropping})
            dropping.exception()  # looked at, so that asyncio does not complain; the end of the task drops what is left
            raise

    async def _work(self, agent_run: AgentRunId) -> _Work | None:
        async with self._parts.store.reading() as uow:
            run = await uow.agent_runs.get(agent_run)
            task = await uow.tasks.get(run.task)
            step = await uow.steps.get(run.task, run.step)
        if task.state in FINAL_TASK_STATES or step.state not in _OPEN or step.round != run.round:
            return None
        own, place = await open_workspaces(self._parts, task, step)
        role = self._parts.roles(task.project)[run.role]
        return _Work(task=task, step=step, run=run, role=role, own=own, place=place)

    async def _result(self, work: _Work) -> Mapping[str, object]:
        """What the step's agent handed in; settling a conflict changes nothing about it."""
        if work.run.purpose == RunPurpose.WORK:
            return work.run.result or {}
        async with self._parts.store.reading() as uow:
            runs = await uow.agent_runs.of(work.task.id)
        done = [
            run
            for run in runs
            if run.step == work.step.name
            and run.round == work.step.round
            and run.purpose == RunPurpose.WORK
            and run.state == AgentRunState.COMPLETED
        ]
        # a fork takes over what its parent's agents handed in, and not the agents
        return (done[-1].result if done else work.step.result) or {}

    async def _bring(self, work: _Work, *, by_hand: bool) -> Merge | Conflict:
        """Commit what the agent left, and bring it from its lane to the task's branch."""
        workspaces = self._parts.workspaces
        subject = await self._subject(work)
        if (work.run.purpose == RunPurpose.MERGE or by_hand) and not work.in_lane:
            return await self._meet_base(work)
        if work.run.purpose == RunPurpose.MERGE or by_hand:
            left = await workspaces.unsettled(work.place)
            if left:
                return Conflict(files=left)
            brought = await workspaces.finish_settlement(work.own, work.place, subject=subject, trailers=work.trailers)
            if isinstance(brought, Conflict):
                # the branch moved on, or no settlement had begun: whoever settles it next finds it in the lane
                left = await workspaces.begin_settlement(work.own, work.place)
                return Conflict(files=left or brought.files)
            return brought
        commit = await workspaces.commit(work.place, subject=subject, trailers=work.trailers)
        if work.in_lane:
            return await workspaces.merge_lane(work.own, work.place, trailers=work.trailers)
        return Merge(commit=commit or "", files=())

    async def _meet_base(self, work: _Work) -> Merge | Conflict:
        """Commit what was settled between the branch and its base, which is part of it from then on."""
        async with self._parts.store.reading() as uow:
            clash = await open_clash(uow, work.task)
        if clash is None:
            return Merge(commit=work.task.commit, files=())
        workspaces = self._parts.workspaces
        there = await workspaces.settled_clash(
            work.own, base=clash.commit, files=clash.files, trailers={**work.trailers, "Base": clash.commit}
        )
        if isinstance(there, Clash):
            if there.files == clash.files:
                # all of it is open: it may be that nothing of it is there any more
                await workspaces.lay_clash(work.own, base=clash.commit)
            return Conflict(files=there.files)
        async with self._parts.store.transaction() as uow:
            task = await uow.tasks.get(work.task.id)
            if task.state not in FINAL_TASK_STATES and task.life == work.task.life:
                await move_task(uow, task, task.state, base_commit=there.base_commit, commit=there.commit)
        return Merge(commit=there.commit, files=())

    async def _subject(self, work: _Work) -> str:
        summary = self._parts.mask(results.summary_line(work.role.result, await self._result(work)))
        return (summary or work.task.title)[:72]

    async def _conflict(self, work: _Work, conflict: Conflict) -> None:
        """Hand it to an agent of the step's role; to a person when an agent has tried before."""
        async with self._parts.store.transaction() as uow:
            task, step = await _locked(uow, work)
            if task is None or step is None:
                return
            found = ConflictFound(step=step.name, round=step.round, files=conflict.files)
            await uow.events.append(task.id, found)
            if work.run.purpose == RunPurpose.WORK:
                await self._progress.add_run(uow, task, step, purpose=RunPurpose.MERGE)
                return
            situation = await self._progress.situation(uow, task.id)
            lane = self._parts.workspaces.path(task.id, lane=lane_of(task.workflow, step.name))
            await ask_conflict(uow, situation, step, lane=lane, files=conflict.files)
            await self._progress.show_standing(uow, task.id)

    async def _verified(self, work: _Work) -> VerificationResult | None:
        """Run the project's own verify command after a tester; its exit code outranks what the agent says."""
        project = self._parts.project(work.task.project)
        if not project.verify or work.role.result != ResultKind.TEST_REPORT:
            return None
        result = await verify(
            work.place.path,
            command=project.verify,
            timeout_s=project.verify_timeout_s,
            environment=self._parts.environment(project),
            box=await self._parts.sandbox.box(work.place.path),
        )
        await self._parts.workspaces.undo(work.place)
        return replace(result, output=self._parts.mask(result.output))

    async def _conclude(
        self,
        uow: UnitOfWork,
        work: _Work,
        judgement: Judgement,
        *,
        commit: str,
        files: Sequence[str],
        checked: VerificationResult | None,
        back: LookBack | None,
    ) -> None:
        """Record everything the settled run brought, exactly once."""
        task, step = await _locked(uow, work)
        if task is None or step is None:
            return
        if commit not in ("", task.commit, task.base_commit):
            task = await move_task(uow, task, task.state, commit=commit)
            created = CommitCreated(step=step.name, round=step.round, commit=commit, files=tuple(files))
            await uow.events.append(task.id, created)
        if checked is not None:
            await uow.events.append(task.id, _verified_event(step, self._parts, task, checked))
        facts: Mapping[str, Any] = {
            "result": judgement.result,
            "summary": judgement.summary,
            "finished_at": uow.now,
        }
        # of a pull request that is reviewed, "not yet" is what was asked for
        good = judgement.outcome == Outcome.POSITIVE or task.reviews is not None
        target = StepState.COMPLETED if good else StepState.FAILED
        planned = target == StepState.COMPLETED and work.role.result is ResultKind.PLAN and self._parts.plans_count
        if planned and await self._replan(uow, task, step, judgement):
            return
        await move_step(uow, step, target, **facts)
        if back is not None:
            await expect(uow, self._parts, task.id, planned_by=step.name, back=back)

    async def _replan(self, uow: UnitOfWork, task: Task, step: Step, judgement: Judgement) -> bool:
        """Put the plan's own steps in the place of those after it; True when the plan has to be repaired first."""
        task = await _assessed(uow, task, judgement.result)
        roles = self._parts.roles(task.project)
        planned = planned_workflow(task.workflow, plan_step=step.name, plan=judgement.result, roles=roles)
        if isinstance(planned, PlanProblem):
            if not await _was_repaired(uow, task, step):
                await uow.events.append(task.id, NoticeRaised(text=f"{REPAIR}: {planned.text}"))
                await self._progress.add_run(uow, task, step)
                return True
            await uow.events.append(
                task.id, NoticeRaised(text="The plan's own steps cannot be used; the workflow's are.")
            )
            return False
        planned = shaped(planned, mode=task.mode, complexity=task.complexity, include_analyst=False)
        if planned != task.workflow:
            await _exchange_steps(uow, task, planned)
            await uow.events.append(
                task.id,
                PlanMade(
                    source="model",
                    workflow=planned.name,
                    steps=planned.order(),
                    task_type=task.type.value,
                    complexity=task.complexity.value,
                    reason=judgement.summary,
                ),
            )
        return False


REPAIR = "The plan has to be mended"


async def _assessed(uow: UnitOfWork, task: Task, plan: Mapping[str, object]) -> Task:
    """The task with what the planner, who has read the code, thinks of its kind and complexity."""
    complexity = Complexity(str(plan.get("complexity") or task.complexity))
    assessed = replace(task, type=_kind(task, plan), complexity=complexity)
    if assessed != task:
        await uow.tasks.save(assessed)
    return assessed


def _kind(task: Task, plan: Mapping[str, object]) -> TaskType:
    """What the plan says the work is; what it was taken for when the plan does not say."""
    said = plan.get("type")
    return next((kind for kind in TaskType if kind.value == said), task.type)


async def _was_repaired(uow: UnitOfWork, task: Task, step: Step) -> bool:
    # agents that failed handed in no plan
    done = [run for run in await uow.agent_runs.of(task.id) if run.state == AgentRunState.COMPLETED]
    return sum(run.step == step.name and run.round == step.round for run in done) > 1


async def _exchange_steps(uow: UnitOfWork, task: Task, planned: Workflow) -> None:
    """Make the rows of the steps fit `planned`: steps that have begun are part of it."""
    known = {step.name: step for step in await uow.steps.of(task.id)}
    names: Sequence[StepName] = planned.order()
    await uow.steps.remove(task.id, [name for name in known if name not in names])
    runs = await uow.agent_runs.of(task.id)
    for position, name in enumerate(names, 1):
        role = planned.step(name).role
        if name in known:
            await uow.steps.save(replace(known[name], position=position, role=role))
        else:
            # a name that comes back counts on: what was approved for its earlier rounds is not approved for this one
            rounds = max((run.round for run in runs if run.step == name), default=0)
            await uow.steps.add_all([Step(task=task.id, name=name, position=position, role=role, round=rounds + 1)])
    await uow.tasks.save(replace(await uow.tasks.get(task.id), workflow=planned))


async def _locked(uow: UnitOfWork, work: _Work) -> tuple[Task | None, Step | None]:
    """Task and step as they are now; None when the settled round is over already."""
    task = await uow.tasks.get(work.task.id)
    step = await uow.steps.get(work.task.id, work.step.name)
    run = await uow.agent_runs.get(work.run.id)
    over = task.state in FINAL_TASK_STATES or step.state not in _OPEN or step.round != run.round
    return (None, None) if over else (task, step)


def _verified_event(step: Step, parts: EngineParts, task: Task, checked: VerificationResult) -> WorkVerified:
    return WorkVerified(
        step=step.name,
        round=step.round,
        command=parts.project(task.project).verify,
        passed=checked.passed,
        output=checked.output[-4000:],
    )
