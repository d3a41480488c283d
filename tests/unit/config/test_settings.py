"""Settings: which source wins, what a wrong value is told, what is shown and what is masked."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.settings import Settings, load_settings
from core.domain.errors import ConfigurationError, NotFoundError
from core.domain.project import PlanGate

Load = Callable[..., Settings]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Load settings from the given text in a folder of its own, with a home of its own."""

    def _load(text: str | None = None, *, environ: Mapping[str, str] | None = None, folder: str = "") -> Settings:
        if text is not None:
            (tmp_path / "orchestrator.toml").write_text(text, encoding="utf-8")
        cwd = tmp_path / folder
        cwd.mkdir(parents=True, exist_ok=True)
        return load_settings(config=None, cwd=cwd, environ={"HOME": str(tmp_path / "user"), **(environ or {})})

    return _load


def test_without_any_source_the_defaults_hold(load: Load, tmp_path: Path) -> None:
    settings = load()
    assert settings.home == tmp_path / "user/.orchestrator"
    assert settings.database_url == f"sqlite:///{tmp_path}/user/.orchestrator/orchestrator.sqlite3"
    assert (settings.agents.concurrency, settings.agents.timeout_s) == (5, 1800.0)
    assert settings.config_file is None
    assert settings.shown()["agents.concurrency"].source == "default"


def test_a_variable_beats_the_file_and_the_file_beats_the_default(load: Load, tmp_path: Path) -> None:
    text = '[agents]\nconcurrency = 2\ntimeout_s = 60\n[claude]\nsandbox = "on"\n'
    settings = load(text, environ={"ORCHESTRATOR_AGENTS__CONCURRENCY": "7"})
    assert (settings.agents.concurrency, settings.agents.timeout_s, settings.claude.sandbox) == (7, 60.0, "on")
    shown = settings.shown()
    assert shown["agents.concurrency"].source == "environment variable ORCHESTRATOR_AGENTS__CONCURRENCY"
    assert shown["agents.timeout_s"].source == str(tmp_path / "orchestrator.toml")


def test_the_standard_variables_of_the_agent_program_are_understood_and_ours_are_stronger(load: Load) -> None:
    standard = {"ANTHROPIC_API_KEY": "standard-key", "ANTHROPIC_BASE_URL": "http://127.0.0.1:9"}
    settings = load(environ=standard)
    assert settings.claude.api_key.get_secret_value() == "standard-key"
    assert settings.claude.api_url == "http://127.0.0.1:9"
    settings = load(environ={**standard, "ORCHESTRATOR_CLAUDE__API_KEY": "our-key"})
    assert settings.claude.api_key.get_secret_value() == "our-key"


def test_an_empty_variable_counts_as_not_set(load: Load) -> None:
    environ = {"ORCHESTRATOR_AGENTS__CONCURRENCY": "", "ORCHESTRATOR_HOME": ""}
    assert load("[agents]\nconcurrency = 3\n", environ=environ).agents.concurrency == 3


def test_the_file_is_found_upwards_then_in_the_home(load: Load, tmp_path: Path) -> None:
    home = tmp_path / "state"
    home.mkdir()
    (home / "orchestrator.toml").write_text('log_level = "error"\n')
    environ = {"ORCHESTRATOR_HOME": str(home)}
    assert load(environ=environ, folder="a/b").log_level == "error"
    settings = load('log_level = "debug"\n', environ=environ, folder="a/b")
    assert settings.config_file == tmp_path / "orchestrator.toml"
    assert settings.log_level == "debug"


def test_a_named_file_is_the_one_that_counts(load: Load, tmp_path: Path) -> None:
    other = tmp_path / "other.toml"
    other.write_text('log_level = "warning"\n')
    load('log_level = "debug"\n')
    assert load_settings(config=Path("other.toml"), cwd=tmp_path, environ={"HOME": "/h"}).log_level == "warning"
    with pytest.raises(ConfigurationError, match="no such file") as caught:
        load_settings(config=Path("missing.toml"), cwd=tmp_path, environ={})
    assert "--config" in caught.value.hint


def test_without_a_home_folder_the_state_needs_a_place_that_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="HOME is not set") as caught:
        load_settings(config=None, cwd=tmp_path, environ={})
    assert "ORCHESTRATOR_HOME" in caught.value.hint
    assert load_settings(config=None, cwd=tmp_path, environ={"ORCHESTRATOR_HOME": "/state"}).home == Path("/state")


def test_projects_are_bound_relative_to_the_file(load: Load, tmp_path: Path) -> None:
    text = """
    [projects.shop]
    path = "repositories/shop"
    base_branch = "develop"
    plan_gate = "never"
    verify = "make test"
    issues = "shop-issues"
    environment = { DEBUG = "1" }
    [projects.web]
    url = "https://example.org/web.git"
    """
    settings = load(text, folder="deep/below")
    shop = settings.project("shop")
    assert shop.repository == str(tmp_path / "repositories/shop")
    assert shop.issues == str(tmp_path / "shop-issues")
    assert (shop.base_branch, shop.plan_gate, shop.verify) == ("develop", PlanGate.NEVER, "make test")
    assert shop.environment == {"DEBUG": "1"}
    assert settings.project("web").repository == "https://example.org/web.git"
    with pytest.raises(NotFoundError) as caught:
        settings.project("shp")
    assert caught.value.hint == "Known projects: shop, web."


def test_a_variable_reaches_projects_whose_names_it_cannot_spell(load: Load, tmp_path: Path) -> None:
    environ = {
        "ORCHESTRATOR_PROJECTS__MY_SHOP__MODEL": "claude-haiku",
        "ORCHESTRATOR_PROJECTS__MY_SHOP__ENVIRONMENT__Some__Name": "x",
        "ORCHESTRATOR_PROJECTS__EXTRA__PATH": "here",
    }
    settings = load('[projects.My-Shop]\npath = "a"\n', environ=environ, folder="cwd")
    assert settings.project("My-Shop").model == "claude-haiku"
    assert settings.project("My-Shop").environment == {"Some__Name": "x"}
    assert settings.project("extra").repository == str(tmp_path / "cwd/here")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            '[projects.shop]\npath = "a"\nbase_brnch = "x"\n',
            "projects.shop.base_brnch is not a known key. Did you mean base_branch?",
        ),
        ("[agent]\nconcurrency = 1\n", "agent is not a known key. Did you mean agents?"),
        ('[projects.a]\npath = "a"\ntask_budget_usd = "much"\n', "projects.a.task_budget_usd must be a valid decimal"),
        ('[projects.a]\npath = "a"\ntask_budget_usd = 0\n', "projects.a.task_budget_usd must be greater than 0"),
        ("zzzz = 1\n", "zzzz is not a known key. Known here: access, agents, approvals, budgets, claude"),
        ('[agents]\nconcurrency = "many"\n', "agents.concurrency must be a valid integer"),
        ("[agents]\nconcurrency = 0\n", "agents.concurrency must be greater than or equal to 1, not 0."),
        ('[claude]\nsandbox = "maybe"\n', "claude.sandbox must be 'auto', 'on' or 'off', not 'maybe'."),
        ("[claude]\napi_key = 5\n", "claude.api_key must be a valid string."),
        ("[projects.shop]\n", "projects.shop: give either path"),
        ('[projects.shop]\npath = "a"\nurl = "b"\n', "projects.shop: give either path"),
        ('[projects."../x"]\npath = "a"\n', "a project's name is letters"),
        ('[agents]\nenvironment = ["*"]\n', "would let every secret out"),
        ("projects = 3\n", "projects must be a valid dictionary"),
        ('[commits]\nname = "a\\nb"\n', "commits.name"),
    ],
)
def test_a_wrong_file_is_answered_with_file_key_and_what_is_meant(
    load: Load, tmp_path: Path, text: str, said: str
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load(text)
    assert said in caught.value.message
    assert caught.value.message.startswith(str(tmp_path / "orchestrator.toml"))
    assert caught.value.hint


def test_all_problems_are_told_at_once_one_line_each(load: Load) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load('log_levl = "info"\n[agents]\nconcurrency = "x"\n', environ={"ORCHESTRATOR_CLAUDE__SANDBX": "on"})
    lines = caught.value.message.splitlines()
    assert len(lines) == 3
    assert (
        "environment variable ORCHESTRATOR_CLAUDE__SANDBX: claude.sandbx is not a known key. Did you mean sandbox?"
        in lines
    )


def test_an_unknown_variable_is_an_error_with_a_suggestion(load: Load) -> None:
    with pytest.raises(ConfigurationError, match="Did you mean claude") as caught:
        load(environ={"ORCHESTRATOR_CLAUD__API_KEY": "super-secret-value"})
    assert caught.value.source == "environment variable ORCHESTRATOR_CLAUD__API_KEY"
    assert "super-secret-value" not in caught.value.message


def test_a_variable_below_a_plain_value_is_told_so(load: Load) -> None:
    with pytest.raises(ConfigurationError, match="is not inside a table"):
        load('log_level = "info"\n', environ={"ORCHESTRATOR_LOG_LEVEL__X": "1"})


def test_the_mark_on_agent_processes_is_no_setting(load: Load) -> None:
    assert load(environ={"ORCHESTRATOR_AGENT_RUN": "T1.1"}).agents.concurrency == 5


def test_broken_toml_is_answered_with_file_and_line(load: Load, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"line 2") as caught:
        load("[agents]\nconcurrency = five\n")
    assert caught.value.source == str(tmp_path / "orchestrator.toml")
    (tmp_path / "orchestrator.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigurationError, match="not UTF-8"):
        load()


def test_secrets_are_known_and_never_shown(load: Load) -> None:
    text = """
    database_url = "postgresql://bot:pass%2Fword@db/orchestrator"
    [claude]
    api_key = "sk-the-key"
    [projects.shop]
    url = "https://robot:forge-token@example.org/shop.git"
    environment = { SHOP_TOKEN = "shop-token", DEBUG = "1" }
    """
    settings = load(text, environ={"SLACK_BOT_TOKEN": "slack-token", "EDITOR": "vi"})
    assert set(settings.secrets()) == {"sk-the-key", "pass/word", "forge-token", "shop-token", "slack-token"}
    shown = {key: item.value for key, item in settings.shown().items()}
    assert shown["claude.api_key"] == "•••"
    assert shown["database_url"] == "postgresql://bot:•••@db/orchestrator"
    assert shown["projects.shop.repository"] == "https://robot:•••@example.org/shop.git"
    assert shown["projects.shop.environment.DEBUG"] == "1"
    everything = f"{settings.shown()} {settings!r}"
    assert "sk-the-key" not in everything
    for secret in ("pass%2Fword", "pass/word", "forge-token", "shop-token", "slack-token"):
        assert secret not in everything


def test_agents_get_the_allowed_variables_and_the_projects_own(load: Load) -> None:
    environ = {"PATH": "/bin", "LC_TIME": "C", "ANTHROPIC_API_KEY": "key", "AWS_SECRET": "s", "NODE_ENV": "test"}
    text = '[projects.shop]\npath = "a"\nenvironment = { DEBUG = "1" }\n'
    settings = load(text, environ=environ)
    project = settings.project("shop")
    assert settings.agent_environment(project, environ=environ) == {"PATH": "/bin", "LC_TIME": "C", "DEBUG": "1"}
    settings = load(text, environ={**environ, "ORCHESTRATOR_AGENTS__ENVIRONMENT": "PATH, NODE_*"})
    assert settings.agent_environment(project, environ=environ) == {"PATH": "/bin", "NODE_ENV": "test", "DEBUG": "1"}


@settings(deadline=None)
@given(
    st.dictionaries(
        st.text(min_size=1), st.recursive(st.text() | st.integers() | st.booleans(), st.lists, max_leaves=5)
    ),
    st.dictionaries(
        st.text(alphabet="ABCDEFGHLMPRSTUJC_", min_size=1).map("ORCHESTRATOR_".__add__), st.text(min_size=1), max_size=4
    ),
)
def test_whatever_the_sources_hold_settings_load_or_say_why(
    tmp_path_factory: pytest.TempPathFactory, values: dict[str, object], environ: dict[str, str]
) -> None:
    folder = tmp_path_factory.mktemp("any")
    path = folder / "orchestrator.toml"
    import json

    path.write_text("".join(f"{json.dumps(k)} = {json.dumps(v)}\n" for k, v in values.items()), errors="replace")
    try:
        load_settings(config=path, cwd=folder, environ={"HOME": "/h", **environ})
    except ConfigurationError as error:
        assert error.message
        assert error.hint


def test_a_project_counts_money_in_its_own_time_zone_or_in_that_of_the_file(load: Load) -> None:
    settings = load(
        'time_zone = "Europe/Berlin"\n[projects.a]\npath = "."\n[projects.b]\npath = "."\ntime_zone = "UTC"\n'
    )
    assert {name: project.time_zone for name, project in settings.projects.items()} == {
        "a": "Europe/Berlin",
        "b": "UTC",
    }


def test_a_wrong_time_zone_is_named(load: Load) -> None:
    with pytest.raises(ConfigurationError, match="time_zone: 'Berlin' is no time zone"):
        load('time_zone = "Berlin"\n')
