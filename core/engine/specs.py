"""Everything one agent run is started with, from the stored state of its task."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.agents import prompts, results
from core.agents.runner import AgentSpec, McpServer, OnSignal, ProcessLimits, SessionCopy, ToolDecision
from core.agents.same_thing import permitting
from core.domain.approval import Approval, ApprovalState
from core.domain.forge_news import ForgeNews
from core.domain.identity import StepName
from core.domain.project import Project
from core.domain.role import Role
from core.domain.steering import SteeringMessage
from core.domain.task import AGENT_RUN_ENDS, AgentRun, AgentRunState, RunPurpose, Step, Task
from core.domain.workflow import Workflow
from core.engine.base_clash import open_clash
from core.engine.brief import brief
from core.engine.budgets import left_usd
from core.engine.following_up import news_to_settle
from core.engine.notes import TaskNotes
from core.engine.parts import EngineParts
from core.engine.permissions import permitted
from core.engine.toolbox import Toolbox
from core.planning.plan import PlanProblem, planned_workflow
from core.workspaces.workspace import Workspace

MEBIBYTE = 2**20


class RunSpecs:
    """Makes the specs of agent runs."""

    def __init__(self, parts: EngineParts) -> None:
        self._parts = parts

    async def spec(self, run: AgentRun, *, side_signals: OnSignal) -> AgentSpec | None:
        """The spec of `run`; None when it was to settle a conflict that is none any more.

        `side_signals` hears agents that answer questions of it.
        """
        parts = self._parts
        known = await self._known(run)
        task, project, roles = known.task, parts.project(known.task.project), parts.roles(known.task.project)
        role = roles[run.role]
        own, workspace = await open_workspaces(parts, task, _step(known.steps, run.step))
        conflict: Sequence[str] = ()
        if run.purpose == RunPurpose.MERGE:
            conflict = await self._conflict(task, own, workspace)
            if not conflict:
                return None
        notes = TaskNotes(parts.notes_folder, task.id, mask=parts.mask)
        tools = Toolbox(parts, run, worktree=workspace.path, notes=notes, on_signal=side_signals).tools()
        return AgentSpec(
            agent_run=run.id,
            session=run.session,
            role=role,
            model=run.model,
            system_prompt=prompts.system_prompt(role, project, tools=[tool.name for tool in tools]),
            prompt=_prompt(known, run, roles=roles, notes=notes.latest(), conflict=conflict),
            worktree=workspace.path,
            result_schema=results.schema(role.result),
            policy=permitting(parts.policy(project), permitted(known.approvals)),
            decisions=tuple(_decision(a) for a in known.approvals if _answers(a, run)),
            environment={**parts.environment(project), "ORCHESTRATOR_TASK": task.id},
            log_folder=log_folder(parts.log_folder, run),
            copy_of=SessionCopy(session=run.forked_session, until=run.forked_message) if run.forked_session else None,
            tools=tools,
            mcp_servers=mcp_servers(project, role),
            limits=_limits(parts, role),
            left_usd=known.left_usd,
        )

    async def _conflict(self, task: Task, own: Workspace, workspace: Workspace) -> Sequence[str]:
        """The files to settle: in a lane against the branch, in the task's own worktree against its base."""
        if workspace != own:
            return await self._parts.workspaces.begin_settlement(own, workspace)
        async with self._parts.store.reading() as uow:
            clash = await open_clash(uow, task)
        return clash.files if clash else ()

    async def _known(self, run: AgentRun) -> "_Known":
        async with self._parts.store.reading() as uow:
            task = await uow.tasks.get(run.task)
            return _Known(
                task=task,
                steps=await uow.steps.of(run.task),
                approvals=await uow.approvals.of(run.task),
                messages=await uow.messages.of(run.task),
                runs=await uow.agent_runs.of(run.task),
                left_usd=await left_usd(uow, task, book=self._parts.book, role=run.role, model=run.model),
                news=await news_to_settle(uow, task),
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What one look into the store tells of the run's task."""

    task: Task
    steps: Sequence[Step]
    approvals: Sequence[Approval]
    messages: Sequence[SteeringMessage]
    runs: Sequence[AgentRun]
    left_usd: float | None
    news: Sequence[ForgeNews]


def _prompt(known: _Known, run: AgentRun, *, roles: Mapping[str, Role], notes: str, conflict: Sequence[str]) -> str:
    return brief(
        known.task,
        run,
        steps=known.steps,
        approvals=known.approvals,
        roles=roles,
        messages=known.messages,
        notes=notes,
        problem=_plan_problem(known.task, run, known.runs, roles),
        conflict=conflict,
        continued=any(other.session == run.forked_session for other in known.runs),
        news=known.news,
    )


async def open_workspaces(parts: EngineParts, task: Task, step: Step) -> tuple[Workspace, Workspace]:
    """The task's own workspace, and the one `step` works in: a lane of its own where others work beside it."""
    own = await parts.workspaces.open(
        parts.project(task.project),
        task=task.id,
        branch=task.branch,
        base_branch=task.base_branch,
        base_commit=task.base_commit,
    )
    lane = lane_of(task.workflow, step.name)
    if not lane:
        return own, own
    return own, await parts.workspaces.open_lane(own, lane=lane, start=step.base_commit or task.base_commit)


def lane_of(workflow: Workflow, step: StepName) -> str:
    """The name of the step's own worktree; '' when nothing ever runs beside it, so that it has the task's."""
    return step if workflow.beside(step) else ""


def pending_for(run: AgentRun, messages: Sequence[SteeringMessage], runs: Sequence[AgentRun]) -> list[SteeringMessage]:
    """What `run` should be told: said to it, to nobody in particular, or to a run that ended before it heard."""
    ended = {other.id for other in runs if other.state in AGENT_RUN_ENDS}
    return [one for one in messages if one.heard_by is None and (one.to in (None, run.id) or one.to in ended)]


def mcp_servers(project: Project, role: Role) -> tuple[McpServer, ...]:
    """The outside tool servers of `project` that `role` may use."""
    return tuple(
        McpServer(
            name=name,
            tools=bound.tools,
            command=bound.command,
            environment=bound.environment,
            url=bound.url,
            headers=bound.headers,
        )
        for name, bound in project.mcp.items()
        if not bound.roles or role.name in bound.roles
    )


def log_folder(parent: Path, run: AgentRun) -> Path:
    """`<parent>/<task>/<agent>_<role>_<time>`: where this run's files go."""
    return parent / run.task / f"{run.id}_{run.role}_{run.created_at:%Y%m%dT%H%M%SZ}"


def _plan_problem(task: Task, run: AgentRun, runs: Sequence[AgentRun], roles: Mapping[str, Role]) -> str:
    """What was wrong with the plan that an earlier run of this round handed in; '' when there was none."""
    if roles[run.role].result is not results.ResultKind.PLAN:
        return ""
    earlier = [
        other
        for other in runs
        if (other.step, other.round, other.state) == (run.step, run.round, AgentRunState.COMPLETED)
        and other.id != run.id
    ]
    if not earlier:
        return ""
    found = planned_workflow(task.workflow, plan_step=run.step, plan=earlier[-1].result or {}, roles=roles)
    return found.text if isinstance(found, PlanProblem) else ""


def _limits(parts: EngineParts, role: Role) -> ProcessLimits:
    memory_mb = role.limits.max_memory_mb or parts.limits.max_memory_mb
    return ProcessLimits(memory_bytes=memory_mb * MEBIBYTE if memory_mb else None, cpus=parts.limits.cpus)


def _step(steps: Sequence[Step], name: StepName) -> Step:
    return next(step for step in steps if step.name == name)


def _answers(approval: Approval, run: AgentRun) -> bool:
    decided = approval.state in (ApprovalState.APPROVED, ApprovalState.DENIED)
    return decided and approval.agent_run == run.id


def _decision(approval: Approval) -> ToolDecision:
    return ToolDecision(
        approval=approval.id,
        tool_use_id=approval.tool_use_id,
        tool=approval.tool,
        tool_input=approval.tool_input,
        approved=approval.state == ApprovalState.APPROVED,
        reason=approval.decision_reason,
        answers=approval.answers,
        used=approval.used_at is not None,
    )
