"""The demo's throwaway house: a home, a sample repository, and settings that know nothing of the user's own."""

import json
import sys
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.demo.repository import make_sample_repository
from bot.demo.sample_fix import SAMPLE_FIX
from bot.demo.scripted import ScriptedModel
from bot.demo.scripted.fix_issue import fix_issue
from config.settings import Settings, load_settings

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
async def demo_house(environ: Mapping[str, str], *, fix: bool) -> AsyncGenerator[House]:
    """Build the house; everything of it is gone afterwards. `fix=False` makes the scripted model edit wrongly.

    With ANTHROPIC_API_KEY in `environ` the real Claude does the work, else a scripted model on loopback.
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
        async with ScriptedModel(fix_issue(SAMPLE_FIX, fix=fix)) as model:
            kept = {key: value for key, value in environ.items() if not key.startswith(_OURS)}
            kept |= {"ANTHROPIC_BASE_URL": model.url, "ANTHROPIC_API_KEY": "scripted-model-needs-no-key"}
            yield House(settings=_settings(settings_file, kept), environ=kept, scripted=True)


def _settings(file: Path, environ: Mapping[str, str]) -> Settings:
    return load_settings(config=file, cwd=file.parent, environ=environ)


def _settings_text(environ: Mapping[str, str]) -> str:
    """The sample's tests want a `python`: this program's own is put first on the agents' PATH."""
    path = f"{Path(sys.executable).parent}:{environ.get('PATH', '/usr/local/bin:/usr/bin:/bin')}"
    # a JSON string is a TOML string too
    return _TOML.format(project=PROJECT, verify=json.dumps(SAMPLE_FIX.test_command), path=json.dumps(path))
