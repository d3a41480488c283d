"""Settings of chats: what is refused and how it is said, what is shown, what variables set, what is secret."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from bot.compose import agent_limits
from config.documents import Document
from config.sections import ProjectSection, SettingsDocument
from config.settings import Settings, load_settings
from core.domain.errors import ConfigurationError
from core.domain.identity import Access
from core.domain.notification import Happening

BOT, APP, SIGNING = "xoxb-1-very-secret", "xapp-1-very-secret", "sign-very-secret"
PROJECTS = '[projects.shop]\npath = "a"\n[projects.web]\npath = "b"\n'


def load(folder: Path, text: str = "", *, environ: Mapping[str, str] | None = None) -> Settings:
    (folder / "orchestrator.toml").write_text(text)
    return load_settings(config=None, cwd=folder, environ={"HOME": str(folder), **(environ or {})})


def refused(folder: Path, text: str, *, environ: Mapping[str, str] | None = None) -> ConfigurationError:
    with pytest.raises(ConfigurationError) as caught:
        load(folder, text, environ=environ)
    assert "very-secret" not in f"{caught.value} {caught.value.hint}"
    return caught.value


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f'[slack]\nbot_token = "{APP}"\n', "slack.bot_token: this is an app-level token; it goes into app_token."),
        (f'[slack]\napp_token = "{BOT}"\n', "slack.app_token: this is a bot token; it goes into bot_token."),
        ('[slack]\nbot_token = "xoxp-very-secret"\n', "slack.bot_token: this is a person's token"),
        ('[slack]\nbot_token = "very-secret"\n', "slack.bot_token: it must begin with xoxb-"),
        ('[slack]\napp_token = "very-secret"\n', "slack.app_token: it must begin with xapp-"),
        ('[slack]\nlisten = ""\n', "slack.listen: write an address and a port"),
        ('[slack]\nworkspaces = ["acme"]\n', "slack.workspaces[0]: 'acme' is no workspace; write its id"),
        ('[slack]\nchannels = ["#api"]\n', "slack.channels[0]: '#api' is no channel; write its id"),
        ('[access]\nadmins = ["alice"]\n', "access.admins[0]: 'alice' names nobody; write a person as slack:T0123/U04"),
        ('[access]\nadmins = ["slack:U0456"]\n', "access.admins[0]: 'slack:U0456' names nobody"),
        ('[access]\nadmins = ["slack:T0123/alice"]\n', "access.admins[0]: 'slack:T0123/alice' names nobody"),
        (
            '[projects.shop]\npath = "a"\naccess = { viewers = ["*"] }\n',
            "projects.shop.access.viewers[0]: '*' names nobody",
        ),
        (
            '[projects.shop]\npath = "a"\nchat = { channels = ["C0456"] }\n',
            "projects.shop.chat.channels[0]: 'C0456' is no channel; write it as slack:T0123/C0456",
        ),
        (
            '[projects.shop]\npath = "a"\nchat = { channels = ["slack:T0123/D0456"] }\n',
            "'slack:T0123/D0456' is no channel",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused_with_what_to_write(tmp_path: Path, text: str, said: str) -> None:
    assert said in refused(tmp_path, text).message


def test_a_channel_talks_about_one_project(tmp_path: Path) -> None:
    both = "".join(f'[projects.{name}.chat]\nchannels = ["slack:T1/C1"]\n' for name in ("shop", "web"))

    assert "projects.shop.chat.channels and projects.web.chat.channels both name slack:T1/C1" in (
        refused(tmp_path, PROJECTS + both).message
    )
    twice = load(tmp_path, PROJECTS + '[projects.shop.chat]\nchannels = ["slack:T1/C1", "slack:T1/C1"]\n')
    assert twice.project("shop").channels[0] == "slack:T1/C1"


def test_people_of_every_kind_can_be_named(tmp_path: Path) -> None:
    people = ["slack:T0123/U0456", "slack:E0123/W0456", "slack:T0123/*", "slack:*", "console:alice", "telegram:4711"]

    settings = load(tmp_path, f"[access]\nadmins = {people}\n")

    assert settings.access.admins == tuple(people)


def test_variables_set_what_a_chat_needs(tmp_path: Path) -> None:
    environ = {
        "ORCHESTRATOR_SLACK__BOT_TOKEN": BOT,
        "ORCHESTRATOR_SLACK__APP_TOKEN": APP,
        "ORCHESTRATOR_SLACK__SIGNING_SECRET": SIGNING,
        "ORCHESTRATOR_SLACK__WORKSPACES": "T0123, E0456",
        "ORCHESTRATOR_ACCESS__ADMINS": "slack:T0123/U1,slack:T0123/U2",
        "ORCHESTRATOR_APPROVALS__REMIND_AFTER_S": "60",
        "ORCHESTRATOR_PROJECTS__SHOP__CHAT__CHANNELS": "slack:T0123/C1",
        "ORCHESTRATOR_PROJECTS__SHOP__ACCESS__VIEWERS": "slack:T0123/*",
        "ORCHESTRATOR_PROJECTS__SHOP__NOTIFY__DIRECT": "failed, budget",
        "ORCHESTRATOR_PROJECTS__SHOP__DECIDE__PLAN": "admin",
        "ORCHESTRATOR_AGENTS__FIRST_PAUSE_S": "0.5",
        "ORCHESTRATOR_CLAUDE__PATIENCE_S": "1",
    }

    settings = load(tmp_path, PROJECTS, environ=environ)

    shop = settings.project("shop")
    assert settings.slack.bot_token.get_secret_value() == BOT
    assert settings.slack.workspaces == ("T0123", "E0456")
    assert settings.access.admins == ("slack:T0123/U1", "slack:T0123/U2")
    assert settings.approvals.remind_after_s == 60
    assert shop.channels == ("slack:T0123/C1",)
    assert shop.access == {"slack:T0123/*": Access.VIEWER}
    assert shop.notify.direct == {Happening.FAILED, Happening.BUDGET}
    assert (agent_limits(settings).first_pause_s, settings.claude.patience_s) == (0.5, 1.0)
    shown = settings.shown()
    assert shown["slack.bot_token"].value == "•••"
    assert shown["slack.bot_token"].source == "environment variable ORCHESTRATOR_SLACK__BOT_TOKEN"
    assert shown["projects.shop.decide.plan"].value == "admin"
    assert shown["projects.shop.decide.plan"].source == "environment variable ORCHESTRATOR_PROJECTS__SHOP__DECIDE__PLAN"
    assert "very-secret" not in f"{shown} {settings!r}"
    assert {BOT, APP, SIGNING} <= set(settings.secrets())


def test_a_wrong_token_in_a_variable_is_told_by_the_variables_name(tmp_path: Path) -> None:
    error = refused(tmp_path, "", environ={"ORCHESTRATOR_SLACK__APP_TOKEN": BOT})

    assert error.source == "environment variable ORCHESTRATOR_SLACK__APP_TOKEN"


def test_what_is_shown_of_a_project_says_who_is_told_and_who_may(tmp_path: Path) -> None:
    text = (
        PROJECTS + '[projects.shop.access]\nadmins = ["slack:T1/U1"]\nviewers = ["slack:T1/*"]\n'
        '[projects.shop.notify]\nquiet = "22:00-07:00"\ntime_zone = "Europe/Berlin"\nchannel = ["failed"]\n'
    )

    shown = {key: each.value for key, each in load(tmp_path, text).shown().items()}

    assert shown["projects.shop.access.admins"] == ["slack:T1/U1"]
    assert shown["projects.shop.access.developers"] == []
    assert shown["projects.shop.notify.quiet"] == "22:00-07:00"
    assert shown["projects.shop.notify.time_zone"] == "Europe/Berlin"
    assert shown["projects.shop.notify.channel"] == ["failed"]
    assert shown["projects.shop.notify.direct"] == ["approval", "budget"]
    assert shown["projects.web.notify.quiet"] == ""


def test_every_setting_there_is_can_be_seen(tmp_path: Path) -> None:
    hours = '[projects.shop.notify]\nquiet = "22:00-07:00"\n'
    shown = load(tmp_path, PROJECTS + hours).shown()

    there = {*_keys("", SettingsDocument()), *_keys("projects.shop.", ProjectSection(path="a"))}
    # shown as one: `repository`
    assert there - shown.keys() == {"projects.shop.path", "projects.shop.url"}


def _keys(above: str, document: Document) -> Iterator[str]:
    """Every key of a document that holds a plain value."""
    for key, value in document:
        found: Any = value
        match found:
            case Document():
                yield from _keys(f"{above}{key}.", found)
            case dict():
                pass  # nothing is in it
            case _:
                yield f"{above}{key}"
