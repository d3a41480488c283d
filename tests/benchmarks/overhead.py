"""What the orchestrator adds: a task by one agent, against the same conversation held by the bare agent SDK."""

import asyncio
import os
import shutil
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from claude_agent_sdk import (
    ClaudeAgentOptions,
    ClaudeSDKClient,
    PermissionResultAllow,
    ResultMessage,
    ToolPermissionContext,
)

from adapters.claude.launch import CLI_BEHAVIOUR
from adapters.console.adapter import Console
from bot.compose import Program
from bot.demo.repository import make_sample_repository
from bot.demo.sample_fix import SAMPLE_FIX
from bot.demo.scripted import Conversation, Held, ScriptedModel, Turn, finish, use
from bot.terminal import follow
from core.agents import prompts, results
from core.domain.role import Role
from core.domain.task import TaskState
from tests.benchmarks.house import BY, PATIENCE_S, PROJECT, TEST_COMMAND, furnished, living, submitted
from tests.benchmarks.screen import Screen

KEY = "scripted-model-needs-no-key"
PROMPT = "Fix the discount: it starts one piece too late."
RESULT = {"summary": "The discount starts at the threshold.", "files": [SAMPLE_FIX.file], "notes": ""}
CALLS = (
    ("Read", {"file_path": SAMPLE_FIX.file}),
    ("Edit", {"file_path": SAMPLE_FIX.file, "old_string": SAMPLE_FIX.old, "new_string": SAMPLE_FIX.new}),
    ("Bash", {"command": TEST_COMMAND, "description": "Run the tests"}),
)
"""What the model does, one call a turn; then it hands in its result."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rounds:
    """Seconds of each round, in the order they were measured."""

    bare: list[float] = field(default_factory=list[float])
    task: list[float] = field(default_factory=list[float])


async def conversations(folder: Path, *, past: Path, rounds: int, warm_ups: int, delay_s: float) -> Rounds:
    """Hold the conversation bare and as a task, in turn, after `warm_ups` of each that are not counted."""
    house = await furnished(folder, past=past)
    measured = Rounds()
    async with ScriptedModel(lambda asked: _slowly(_turn(asked), delay_s)) as model:
        variables = {"ANTHROPIC_API_KEY": KEY, "ANTHROPIC_BASE_URL": model.url}
        async with living(house, variables=variables) as program:
            role = program.data.roles(PROJECT)["builder"]
            for number in range(rounds + warm_ups):
                bare = await _bare_s(folder / f"bare-{number}", program=program, role=role, url=model.url)
                task = await _task_s(program)
                if number >= warm_ups:
                    measured.bare.append(bare)
                    measured.task.append(task)
    return measured


async def _task_s(program: Program) -> float:
    """From the request to the last drawing of its card: worktree, agent, journal, ledger, commit and pull request."""
    begun = time.perf_counter()
    task = await submitted(program)
    async with asyncio.timeout(PATIENCE_S):
        view = await follow(program, task.id, console=Console(output=Screen(), keyboard=None), by=BY, yes=True)
    passed = time.perf_counter() - begun
    if view.task.state != TaskState.COMPLETED or not view.task.commit:
        raise RuntimeError(f"The task did not do its work: {view.task.state} {view.task.failure}")
    return passed


async def _bare_s(folder: Path, *, program: Program, role: Role, url: str) -> float:
    """The same model, tools, system prompt, result and stream of pieces; nothing is kept, shown or committed."""
    await make_sample_repository(folder / "repository")
    options = ClaudeAgentOptions(
        cwd=folder / "repository",
        env={
            **CLI_BEHAVIOUR,
            "PATH": os.environ.get("PATH", os.defpath),
            "CLAUDE_CONFIG_DIR": str(folder / "config"),
            "ANTHROPIC_BASE_URL": url,
            "ANTHROPIC_API_KEY": KEY,
        },
        system_prompt=prompts.system_prompt(role, program.settings.project(PROJECT)),
        model=role.model,
        effort=role.effort,
        tools=list(role.tools),
        setting_sources=[],
        output_format={"type": "json_schema", "schema": dict(results.schema(role.result))},
        include_partial_messages=True,
        can_use_tool=_allow,
    )
    begun = time.perf_counter()
    ended: ResultMessage | None = None
    async with asyncio.timeout(PATIENCE_S), ClaudeSDKClient(options) as client:
        await client.query(PROMPT)
        async for message in client.receive_response():
            if isinstance(message, ResultMessage):
                ended = message
    passed = time.perf_counter() - begun
    if ended is None or ended.structured_output != RESULT:
        raise RuntimeError(f"The bare conversation did not end with its result: {ended}")
    shutil.rmtree(folder)
    return passed


async def _allow(_tool: str, _input: dict[str, Any], _context: ToolPermissionContext) -> PermissionResultAllow:
    return PermissionResultAllow()


def _turn(asked: Conversation) -> Turn:
    """What comes next, told by how many calls were answered."""
    if len(asked.results) < len(CALLS):
        tool, tool_input = CALLS[len(asked.results)]
        return use(tool, tool_input)
    return finish(RESULT)


def _slowly(turn: Turn, delay_s: float) -> Turn:
    """The same after some thinking."""
    thought = asyncio.Event()
    asyncio.get_running_loop().call_later(delay_s, thought.set)
    return Held(until=thought, then=turn)
