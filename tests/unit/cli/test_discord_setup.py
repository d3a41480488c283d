"""Setting Discord up: settings are added to without harm, and what the bot may do in a channel is counted right."""

from pathlib import Path

import pytest

from adapters.discord.needs import PERMISSIONS, permissions
from adapters.discord.needs import missing as missing_rights
from bot.checks.discord_rights import rights_in
from bot.discord_setup import (
    DiscordIds,
    DiscordSetup,
    application_steps,
    by_hand,
    id_steps,
    invite_step,
    last_steps,
    tables,
)
from bot.settings_tables import extended, missing
from config.settings import load_settings

pytestmark = pytest.mark.discord
IDS = DiscordIds(application="99", guild="1", admin="2", channel="3")
KNOWN = DiscordSetup(ids=IDS, project="my.shop")
UNKNOWN = DiscordSetup(ids=DiscordIds(), project="shop")
ALL, VIEW, SEND = permissions(), 1 << 10, 1 << 11


@pytest.mark.parametrize("setup", [KNOWN, UNKNOWN, DiscordSetup(ids=IDS)])
def test_what_is_added_can_be_read_as_settings(tmp_path: Path, setup: DiscordSetup) -> None:
    before = '[projects."my.shop"]\npath = "a"\n[projects.shop]\npath = "b"\n'
    text = extended(before, missing(tables(setup), text=before))
    (tmp_path / "orchestrator.toml").write_text(text)

    settings = load_settings(config=None, cwd=tmp_path, environ={"HOME": str(tmp_path)})

    assert text.startswith(before)
    assert settings.discord.guilds == (("1",) if setup.ids.guild else ())
    assert settings.access.admins == (("discord:2",) if setup.ids.admin else ())
    assert settings.project("my.shop").channels == (("discord:1/3",) if setup is KNOWN else ())
    assert by_hand(setup, settings, text=text) == []


def test_a_table_that_is_there_is_left_alone_and_what_it_lacks_is_told(tmp_path: Path) -> None:
    before = '[discord]\nguilds = ["7"]\n[access]\n[projects."my.shop"]\npath = "a"\nchat = {}\n'
    (tmp_path / "orchestrator.toml").write_text(before)
    settings = load_settings(config=None, cwd=tmp_path, environ={"HOME": str(tmp_path)})

    assert by_hand(KNOWN, settings, text=before) == [
        '[discord] guilds = ["7", "1"]',
        '[access] admins = ["discord:2"]',
        '[projects."my.shop".chat] channels = ["discord:1/3"]',
    ]


def test_the_steps_tell_only_what_is_left_to_do() -> None:
    begun = "\n".join([*application_steps(intent="X Intent"), *id_steps(UNKNOWN), *last_steps(settings_step="HERE")])

    assert all(word in begun for word in ("X Intent", "ORCHESTRATOR_DISCORD__BOT_TOKEN", "Copy Channel ID", "HERE"))
    assert id_steps(KNOWN) == ()
    assert "--application" in invite_step(url="", permissions=PERMISSIONS)
    told = invite_step(url="https://d.example/?x", permissions=PERMISSIONS)
    assert "https://d.example/?x" in told
    assert all(name in told for name in PERMISSIONS)


@pytest.mark.parametrize(
    ("overwrites", "lacks"),
    [
        ([], ()),
        ([{"id": "1", "deny": str(SEND)}], ("Send Messages",)),
        # what is allowed to a role counts more than what everybody is denied, and the bot itself most
        ([{"id": "1", "deny": str(SEND)}, {"id": "5", "allow": str(SEND)}], ()),
        ([{"id": "5", "allow": str(SEND)}, {"id": "9", "deny": str(SEND)}], ("Send Messages",)),
        ([{"id": "6", "deny": str(SEND)}], ()),
        ([{"id": "9", "deny": "nonsense"}], ()),
    ],
)
def test_a_channel_gives_and_takes_rights(overwrites: list[dict[str, str]], lacks: tuple[str, ...]) -> None:
    roles = [
        {"id": "1", "permissions": str(VIEW)},
        {"id": "5", "permissions": str(ALL)},
        {"id": "6", "permissions": ""},
    ]
    channel = {"permission_overwrites": overwrites}

    may = rights_in(channel, guild="1", roles=roles, ours=["5"], us="9")

    assert missing_rights(may) == lacks


def test_an_administrator_may_everything_everywhere() -> None:
    channel = {"permission_overwrites": [{"id": "9", "deny": str(ALL)}]}

    may = rights_in(channel, guild="1", roles=[{"id": "5", "permissions": "8"}], ours=["5"], us="9")

    assert missing_rights(may) == ()
