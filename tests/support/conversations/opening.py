"""A program with two projects and a chat, in a folder of its own."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from adapters.chat.memory import MemoryChat
from adapters.chat.memory_values import ANYTHING
from adapters.chat.port import Capabilities
from bot.compose import opened
from config.settings import load_settings
from core.agents.memory import MemoryAgentRunner, Play
from core.agents.runner import AgentSpec
from core.costs.picture import Charts
from tests.support.clock import FakeClock
from tests.support.conversations.room import Room
from tests.support.conversations.wiring import room_of, running
from tests.support.conversations.words import SPACE
from tests.support.engine import make_repository
from tests.support.engine_plays import step_of, usual

SETTINGS = """\
[slack]
workspaces = ["T1"]
channels = ["COPEN"]

[access]
admins = ["slack:T1/UROOT"]

[planning]
by = "rules"

[projects.shop]
path = "{folder}/shop"
workflow = "build_only"
plan_gate = "always"
[projects.shop.access]
admins = ["slack:T1/UADA"]
developers = ["slack:T1/UALICE", "slack:T1/UBOB"]
viewers = ["slack:T1/UVERA"]
[projects.shop.decide]
plan = "other"
[projects.shop.chat]
channels = ["slack:T1/CSHOP"]
[projects.shop.notify]
direct = []

[projects.docs]
path = "{folder}/docs"
workflow = "build_only"
[projects.docs.access]
developers = ["slack:T1/UALICE"]
[projects.docs.notify]
direct = []
"""
WORKFLOWS = {
    "build_only": "name: build_only\nsteps:\n  - {name: build, role: builder}\n",
    "plan_build": (
        "name: plan_build\nsteps:\n"
        "  - {name: plan, role: planner, gate: plan}\n  - {name: build, role: builder, needs: [plan]}\n"
    ),
}


@asynccontextmanager
async def open_room(
    folder: Path,
    template: Path,
    *,
    plays: Mapping[str, Play] | None = None,
    capabilities: Capabilities = ANYTHING,
    chat: MemoryChat | None = None,
    runs: bool = True,
    works: bool = False,
    charts: Charts | None = None,
) -> AsyncIterator[Room]:
    """A program with two projects and a chat; opened again in the same folder it is the same program, started again.

    `runs` tells whether it listens, `works` whether agents are at work.
    """
    home = folder / "home"
    if not home.exists():
        (home / "workflows").mkdir(parents=True)
        (home / "orchestrator.sqlite3").write_bytes(template.read_bytes())
        for name, text in WORKFLOWS.items():
            (home / "workflows" / f"{name}.yaml").write_text(text)
        for name in ("shop", "docs"):
            make_repository(folder / name)
        (folder / "orchestrator.toml").write_text(SETTINGS.format(folder=folder))
    environ = {"ORCHESTRATOR_HOME": str(home), "HOME": str(folder), "PATH": "/usr/local/bin:/usr/bin:/bin"}
    settings = load_settings(config=folder / "orchestrator.toml", cwd=folder, environ=environ)
    played = dict(plays or {})

    def play_of(spec: AgentSpec) -> Play:
        return played.get(step_of(spec)) or played.get(spec.role.name, usual)

    async with AsyncExitStack() as stack:
        program = await stack.enter_async_context(opened(settings, environ=environ, runner=MemoryAgentRunner(play_of)))
        if works:
            await stack.enter_async_context(program.worker())
        # its clock stands still: a form opens within three seconds of a press, however busy the machine is
        chat = chat or MemoryChat(clock=FakeClock(), platform="slack", space=SPACE, capabilities=capabilities)
        room = room_of(program, chat, played, charts=charts)
        if runs:
            await stack.enter_async_context(running(room))
        yield room
