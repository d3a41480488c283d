"""Tools of ours inside an agent: ask another role of the task something, read and add to the task's notes."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import assert_never

from core.agents import prompts, results
from core.agents.permissions import Effect, PermissionPolicy, Verdict
from core.agents.runner import AgentCompleted, AgentFailed, AgentSpec, AgentTool, AgentWaiting, OnSignal, SessionCopy
from core.domain.errors import ConflictError, InvalidInputError
from core.domain.event import RoleAsked
from core.domain.identity import AgentRunId
from core.domain.role import ResultKind, RoleLimits
from core.domain.task import AgentRun, AgentRunState
from core.engine.budgets import left_usd
from core.engine.notes import TaskNotes
from core.engine.parts import EngineParts

READING_TOOLS = ("Read", "Grep", "Glob")
MOST_QUESTIONS = 5
"""Of one process of a run: agents that only talk to each other get nothing done."""
ANSWER_TURNS = 12
ANSWER_TIMEOUT_S = 300.0
SHOWN = 500


@dataclass(frozen=True, slots=True)
class ReadOnly:
    """A policy that lets reading tools through as far as `policy` does, and nothing else."""

    policy: PermissionPolicy

    def decide(self, *, tool: str, tool_input: Mapping[str, object], worktree: Path) -> Verdict:
        """Deny whatever could change something, and whatever would need a person."""
        if tool not in READING_TOOLS:
            return Verdict(effect=Effect.DENY, reason="You are only asked a question: read, and answer.")
        verdict = self.policy.decide(tool=tool, tool_input=tool_input, worktree=worktree)
        return verdict if verdict.effect is not Effect.ASK else replace(verdict, effect=Effect.DENY)


class Toolbox:
    """The tools of one process of one run."""

    def __init__(
        self, parts: EngineParts, run: AgentRun, *, worktree: Path, notes: TaskNotes, on_signal: OnSignal
    ) -> None:
        self._parts = parts
        self._run = run
        self._worktree = worktree
        self._notes = notes
        self._on_signal = on_signal
        self._asked = 0

    def tools(self) -> tuple[AgentTool, ...]:
        """All of them."""
        return (
            AgentTool(
                name="ask_role",
                description=(
                    "Ask another role of this task a question about its work or the code, such as the analyst why a "
                    "file matters. It answers from what it knows and may read files, but changes nothing."
                ),
                input_schema=_schema(role="Name of the role.", question="The whole question."),
                handler=self._ask,
            ),
            AgentTool(
                name="notes_read",
                description="Read the notes that the agents of this task share.",
                input_schema=_schema(),
                handler=self._read,
            ),
            AgentTool(
                name="notes_add",
                description="Add to the notes that the agents of this task share: what others must know, in few words.",
                input_schema=_schema(text="The note, as Markdown."),
                handler=self._add,
            ),
        )

    async def _read(self, _given: Mapping[str, object]) -> str:
        return self._notes.read() or "There are no notes yet."

    async def _add(self, given: Mapping[str, object]) -> str:
        self._notes.add(str(given.get("text", "")), by=f"{self._run.role} ({self._run.step})")
        return "Noted."

    async def _ask(self, given: Mapping[str, object]) -> str:
        role, question = str(given.get("role", "")).strip(), str(given.get("question", "")).strip()
        if not question:
            raise InvalidInputError("The question is empty.", hint="Ask one whole question.")
        self._asked += 1
        if self._asked > MOST_QUESTIONS:
            raise ConflictError("You have asked enough.", hint="Decide with what you know, and say so in your result.")
        spec = await self._side_spec(role, question)
        try:
            outcome = await self._parts.runner.run(spec, on_signal=self._on_signal)
        finally:
            await self._parts.runner.forget(spec.session, worktree=spec.worktree)
        match outcome:
            case AgentCompleted():
                told = results.parse(ResultKind.REPORT, outcome.result)
                details = getattr(told, "details", "")
                answer = f"{told.summary}\n\n{details}".strip()
            case AgentFailed():
                answer = f"The {role} could not answer: {outcome.message}"
            case AgentWaiting():
                answer = f"The {role} could not answer without asking a person."
            case _:
                assert_never(outcome)
        mask = self._parts.mask
        answer = mask(answer)
        async with self._parts.store.transaction() as uow:
            event = RoleAsked(agent_run=self._run.id, role=role, question=mask(question)[:SHOWN], answer=answer[:SHOWN])
            await uow.events.append(self._run.task, event)
        return answer

    async def _side_spec(self, name: str, question: str) -> AgentSpec:
        """A read-only agent that goes on from a copy of the role's latest session in this task."""
        parts = self._parts
        async with parts.store.reading() as uow:
            task = await uow.tasks.get(self._run.task)
            runs = await uow.agent_runs.of(self._run.task)
            left = await left_usd(uow, task, book=parts.book, role=self._run.role, model=self._run.model)
        roles = parts.roles(task.project)
        if name not in roles:
            raise InvalidInputError(f"There is no role {name}.", hint=f"Roles: {', '.join(sorted(roles))}.")
        project = parts.project(task.project)
        known = [run for run in runs if run.role == name and run.id != self._run.id and run.attempts]
        known = [run for run in known if run.state == AgentRunState.COMPLETED] or known
        role = replace(
            roles[name],
            tools=READING_TOOLS,
            writes=False,
            result=ResultKind.REPORT,
            limits=RoleLimits(timeout_s=ANSWER_TIMEOUT_S, max_turns=ANSWER_TURNS, max_budget_usd=0.5),
        )
        return AgentSpec(
            # a name of its own: what ends the leftovers of a run must not end the run that asks
            agent_run=AgentRunId(f"{self._run.id}.q{self._asked}"),
            session=str(uuid.uuid4()),
            role=role,
            model=known[-1].model if known else role.model,
            system_prompt=prompts.system_prompt(role, project),
            prompt=(
                f"The {self._run.role} of this task asks you something. Answer it; change nothing.\n\n"
                + prompts.fenced(question, label="question")
            ),
            worktree=self._worktree,
            result_schema=results.schema(ResultKind.REPORT),
            policy=ReadOnly(parts.policy(project)),
            environment={**parts.environment(project), "ORCHESTRATOR_TASK": task.id},
            copy_of=SessionCopy(session=known[-1].session) if known else None,
            left_usd=left,
        )


def _schema(**texts: str) -> dict[str, object]:
    return {
        "type": "object",
        "properties": {name: {"type": "string", "description": text} for name, text in texts.items()},
        "required": list(texts),
        "additionalProperties": False,
    }
