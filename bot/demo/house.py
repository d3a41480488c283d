"""The demo's throwaway house: a home, a sample repository, and settings that know nothing of the user's own."""

import json
import os
import sys
from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.demo.repository import make_sample_repository
from bot.demo.sample_fix import SAMPLE_FIX
from bot.demo.scripted import ScriptedModel
from bot.demo.scripted.fix_issue import fix_issue
from config.settings import Settings, load_settings
from core.domain.errors import AgentUnavailableError

PROJECT = "sample"
REQUEST = "fix issue #123"
_OURS = ("ORCHESTRATOR_", "ANTHROPIC_", "CLAUDE")

_TOML = """\
home = "home"

[projects.{project}]
path = "repository"
base_branch = "main"
workflow = "bug_fix"
verify = {verify}
environment = {{ PATH = {path} }}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """Settings of the demo, the environment they came from, and who plays the model."""

    settings: Settings
    environ: Mapping[str, str]
    scripted: bool


@asynccontextmanager
async def demo_house(environ: Mapping[str, str], *, fix: bool, port: int = 0) -> AsyncGenerator[House]:
    """Build the house; everything of it is gone afterwards. `fix=False` makes the scripted model edit wrongly.

    With ANTHROPIC_API_KEY in `environ` the real Claude does the work, else a scripted model on loopback at `port`
    (0 for any free one; AgentUnavailableError when it is taken).
    """
    with TemporaryDirectory(prefix="orchestrator-demo-") as name:
        folder = Path(name)
        await make_sample_repository(folder / "repository")
        settings_file = folder / "orchestrator.toml"
        settings_file.write_text(_settings_text(environ), encoding="utf-8")
        if environ.get("ANTHROPIC_API_KEY"):
            kept = {key: value for key, value in environ.items() if not key.startswith("ORCHESTRATOR_")}
            yield House(settings=_settings(settings_file, kept), environ=kept, scripted=False)
            return
        async with AsyncExitStack() as stack:
            model = await _scripted(stack, fix=fix, port=port)
            kept = {key: value for key, value in environ.items() if not key.startswith(_OURS)}
            kept |= {"ANTHROPIC_BASE_URL": model.url, "ANTHROPIC_API_KEY": "scripted-model-needs-no-key"}
            yield House(settings=_settings(settings_file, kept), environ=kept, scripted=True)


async def _scripted(stack: AsyncExitStack, *, fix: bool, port: int) -> ScriptedModel:
    try:
        return await stack.enter_async_context(ScriptedModel(fix_issue(SAMPLE_FIX, fix=fix), port=port))
    except OSError as error:
        raise AgentUnavailableError(
            f"The scripted model cannot listen on port {port} of loopback: {os.strerror(error.errno or 0)}.",
            hint="Leave out --port to take any free one.",
        ) from error


def _settings(file: Path, environ: Mapping[str, str]) -> Settings:
    return load_settings(config=file, cwd=file.parent, environ=environ)


def _settings_text(environ: Mapping[str, str]) -> str:
    """The sample's tests want a `python`: this program's own is put first on the agents' PATH."""
    path = f"{Path(sys.executable).parent}:{environ.get('PATH', '/usr/local/bin:/usr/bin:/bin')}"
    # a JSON string is a TOML string too
    return _TOML.format(project=PROJECT, verify=json.dumps(SAMPLE_FIX.test_command), path=json.dumps(path))
