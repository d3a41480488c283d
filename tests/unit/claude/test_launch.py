"""What a process is started with: exactly the given environment, and no key anywhere but in its own file."""

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from adapters.claude import ClaudeSettings
from adapters.claude.launch import MARK, Launch, LaunchPaths, environment, stub
from adapters.claude.options import cli_options
from adapters.claude.sessions import MemoryTranscripts, StoredSessions
from core.agents.runner import AgentSpec
from core.domain.errors import AgentUnavailableError
from core.domain.role import RoleLimits
from tests.support.agents import a_role, a_spec

KEY = "sk-ant-very-secret"


def settings(tmp_path: Path) -> ClaudeSettings:
    return ClaudeSettings(api_key=KEY, run_folder=tmp_path / "runs")


def test_settings_never_show_the_key(tmp_path: Path) -> None:
    assert KEY not in repr(settings(tmp_path))


def test_the_environment_is_the_specs_and_what_the_cli_needs_and_holds_no_key(tmp_path: Path) -> None:
    paths = LaunchPaths(folder=tmp_path)
    spec = a_spec(tmp_path, environment={"LANG": "C", "HOME": "/root", "ANTHROPIC_BASE_URL": "http://elsewhere"})

    given = environment(spec, settings=settings(tmp_path), paths=paths)

    assert given["LANG"] == "C"
    assert given["HOME"] == str(paths.home)
    assert given["ANTHROPIC_BASE_URL"] == "https://api.anthropic.com"
    assert given[MARK].startswith("T1.1")
    assert KEY not in given.values()
    assert "ANTHROPIC_API_KEY" not in given


def test_the_stub_drops_everything_and_survives_strange_paths(tmp_path: Path) -> None:
    text = stub(tmp_path / "it's $HOME" / "start.json", marked="T1.1@s")

    assert text.startswith("#!/bin/sh\nexec env -i ")
    assert "'\"'\"'s $HOME/start.json'" in text


async def test_the_folder_is_private_and_gone_afterwards(tmp_path: Path) -> None:
    async with Launch(a_spec(tmp_path), settings=settings(tmp_path), cli=Path("/bin/true")) as launch:
        folder = launch.paths.folder
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert stat.S_IMODE(launch.paths.start.stat().st_mode) == 0o600
        assert json.loads(launch.paths.start.read_text())["api_key"] == KEY
        assert launch.paths.system_prompt.read_text().startswith("Role: builder")

    assert not folder.exists()


async def test_a_system_prompt_that_no_encoding_can_carry_is_written_all_the_same(tmp_path: Path) -> None:
    spec = a_spec(tmp_path, system_prompt="half a \ud83d pair")

    async with Launch(spec, settings=settings(tmp_path), cli=Path("/bin/true")) as launch:
        assert "half a" in launch.paths.system_prompt.read_text()


async def test_a_folder_that_cannot_be_made_is_a_clear_error(tmp_path: Path) -> None:
    tmp_path.joinpath("runs").write_text("in the way")

    with pytest.raises(AgentUnavailableError, match="private folder") as error:
        async with Launch(a_spec(tmp_path), settings=settings(tmp_path), cli=Path("/bin/true")):
            pass
    assert error.value.hint


def options(spec: AgentSpec, **changes: Any) -> Any:
    async def never(*_: object) -> Any:
        raise AssertionError

    values: dict[str, Any] = {
        "paths": LaunchPaths(folder=Path("/runs/x")),
        "sessions": StoredSessions(MemoryTranscripts()),
        "resume": False,
        "own_tools": {},
        "hooks": {},
        "can_use_tool": never,
        "sandbox": None,
        "stderr": print,
    }
    return cli_options(spec, **{**values, **changes})


def test_nothing_of_the_users_or_the_repositorys_own_settings_counts() -> None:
    chosen = options(a_spec(Path("/worktree")))

    assert chosen.setting_sources == []
    assert chosen.strict_mcp_config
    assert chosen.verbatim_prompts
    assert chosen.permission_mode == "default"


def test_every_tool_of_the_role_is_asked_about_and_subagents_are_not_offered() -> None:
    chosen = options(a_spec(Path("/worktree"), role=a_role(tools=("Read", "Bash", "Task"))))

    assert chosen.tools == ["Read", "Bash"]
    assert json.loads(chosen.settings)["permissions"]["ask"] == ["Read", "Bash"]


def test_limits_model_and_thinking_come_from_the_role() -> None:
    limits = RoleLimits(max_turns=7, max_budget_usd=1.5)
    role = a_role(limits=limits, thinking_tokens=2048, effort="high", fallback_model="claude-haiku-4-5")

    chosen = options(a_spec(Path("/worktree"), role=role))

    assert (chosen.max_turns, chosen.max_budget_usd, chosen.effort) == (7, 1.5, "high")
    assert chosen.thinking == {"type": "enabled", "budget_tokens": 2048}
    assert chosen.fallback_model == "claude-haiku-4-5"


def test_a_fallback_to_the_same_model_is_none() -> None:
    assert options(a_spec(Path("/worktree"), role=a_role(fallback_model="claude-sonnet-4-5"))).fallback_model is None


def test_a_session_is_begun_under_its_id_or_continued() -> None:
    spec = a_spec(Path("/worktree"))

    assert (options(spec).session_id, options(spec).resume) == (spec.session, None)
    assert (options(spec, resume=True).session_id, options(spec, resume=True).resume) == (None, spec.session)
