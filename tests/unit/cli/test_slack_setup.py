"""Setting Slack up: the manifest asks for what the adapter needs, and settings are added to without harm."""

from pathlib import Path
from typing import Any

import pytest

from adapters.slack import needs
from adapters.slack.manifest import events_address, manifest
from bot.settings_file import write_settings
from bot.settings_tables import extended, missing
from bot.slack_setup import SlackIds, SlackSetup, by_hand, steps, tables
from config.settings import load_settings
from core.domain.errors import ConflictError, InvalidInputError

pytestmark = pytest.mark.slack
KNOWN = SlackSetup(ids=SlackIds(workspace="T1", admin="U1", channel="C1"), project="my.shop")
UNKNOWN = SlackSetup(ids=SlackIds(), project="shop")


def test_the_manifest_asks_for_what_the_adapter_needs_and_nothing_else() -> None:
    made = manifest(name="Orchestrator")

    assert made["oauth_config"]["scopes"]["bot"] == list(needs.SCOPES)
    assert made["settings"]["event_subscriptions"]["bot_events"] == sorted(needs.EVENTS)
    assert [(each["callback_id"], each["type"]) for each in made["features"]["shortcuts"]] == [
        (needs.SHORTCUT, "message")
    ]
    assert [each["command"] for each in made["features"]["slash_commands"]] == [needs.COMMAND]
    assert made["settings"]["interactivity"]["is_enabled"]
    assert made["features"]["app_home"]["home_tab_enabled"]
    assert made["features"]["app_home"]["messages_tab_enabled"]
    assert not made["features"]["app_home"]["messages_tab_read_only_enabled"]
    assert not made["settings"]["token_rotation_enabled"]


def test_every_text_of_the_manifest_fits_into_slack() -> None:
    made = manifest(name="Orchestrator", agent=True)
    about, features = made["display_information"], made["features"]

    assert len(about["description"]) <= 140
    assert 174 <= len(about["long_description"]) <= 4000
    assert all(len(each["name"]) <= 24 and len(each["description"]) <= 150 for each in features["shortcuts"])


def test_socket_mode_names_no_address_and_http_mode_the_same_one_everywhere() -> None:
    socket, http = manifest(name="O"), manifest(name="O", http_url="https://o.example/")

    assert (socket["settings"]["socket_mode_enabled"], http["settings"]["socket_mode_enabled"]) == (True, False)
    assert addresses(socket) == []
    assert addresses(http) == ["https://o.example/slack/events"] * 3
    assert events_address("https://o.example/slack/events") == "https://o.example/slack/events"


def test_an_agent_is_told_when_somebody_presses_stop() -> None:
    made = manifest(name="O", agent=True)

    assert set(made["settings"]["event_subscriptions"]["bot_events"]) == {*needs.EVENTS, *needs.AGENT_EVENTS}
    assert made["features"]["agent_view"]["agent_description"]


@pytest.mark.parametrize("setup", [KNOWN, UNKNOWN, SlackSetup(ids=SlackIds(), http_url="https://o.example")])
@pytest.mark.parametrize("before", ["", "# nothing\n", '[projects."my.shop"]\npath = "a"\n[projects.shop]\npath = "b"'])
def test_what_is_added_can_be_read_as_settings(tmp_path: Path, setup: SlackSetup, before: str) -> None:
    if setup.project and not before.startswith("[projects"):
        before += f'[projects."{setup.project}"]\npath = "a"\n'
    text = extended(before, missing(tables(setup), text=before))
    (tmp_path / "orchestrator.toml").write_text(text)

    settings = load_settings(config=None, cwd=tmp_path, environ={"HOME": str(tmp_path)})

    assert text.startswith(before.strip())
    assert settings.slack.mode == ("http" if setup.http_url else "socket")
    assert settings.slack.workspaces == (("T1",) if setup is KNOWN else ())
    assert settings.access.admins == (("slack:T1/U1",) if setup is KNOWN else ())
    if setup is KNOWN:
        assert settings.project("my.shop").channels == ("slack:T1/C1",)
    assert missing(tables(setup), text=text) == {}
    assert by_hand(setup, settings, text=text) == []


def test_a_table_that_is_there_is_left_alone_and_what_it_lacks_is_told(tmp_path: Path) -> None:
    before = '[slack]\nworkspaces = ["T0"]\n[access]\n[projects."my.shop"]\npath = "a"\nchat = { channels = [] }\n'
    (tmp_path / "orchestrator.toml").write_text(before)
    settings = load_settings(config=None, cwd=tmp_path, environ={"HOME": str(tmp_path)})
    setup = SlackSetup(ids=KNOWN.ids, project=KNOWN.project, http_url="https://o.example")

    assert missing(tables(setup), text=before) == {}
    assert by_hand(setup, settings, text=before) == [
        '[slack] mode = "http"',
        '[slack] workspaces = ["T0", "T1"]',
        '[access] admins = ["slack:T1/U1"]',
        '[projects."my.shop".chat] channels = ["slack:T1/C1"]',
    ]


def test_settings_that_cannot_be_added_to_stay_as_they_are() -> None:
    inline = 'projects = { shop = { path = "a" } }\n'

    with pytest.raises(ConflictError, match="cannot be added to"):
        extended(inline, missing(tables(UNKNOWN), text=inline))


def test_the_steps_name_what_is_needed_in_each_mode() -> None:
    socket = "\n".join(steps(manifest="m.json", name="Otto", http_url="", settings_step="HERE"))
    http = "\n".join(steps(manifest="m.json", name="Otto", http_url="https://o", settings_step="HERE"))

    assert all(
        word in socket for word in ("m.json", "HERE", "/invite @Otto", "BOT_TOKEN", "APP_TOKEN", *needs.APP_SCOPES)
    )
    assert "SIGNING_SECRET" not in socket
    assert "SIGNING_SECRET" in http
    assert "APP_TOKEN" not in http


def test_a_private_settings_file_stays_private(tmp_path: Path) -> None:
    file = tmp_path / "orchestrator.toml"
    file.write_text("old")
    file.chmod(0o600)

    write_settings(file, "new")

    assert (file.read_text(), file.stat().st_mode & 0o777) == ("new", 0o600)
    assert list(tmp_path.iterdir()) == [file]


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="cannot be written"):
        write_settings(tmp_path / "none" / "orchestrator.toml", "new")


def addresses(made: dict[str, Any]) -> list[str]:
    """Every address in a manifest."""
    found = [each.get("url", "") for each in made["features"]["slash_commands"]]
    found += [made["settings"][part].get("request_url", "") for part in ("event_subscriptions", "interactivity")]
    return [each for each in found if each]
