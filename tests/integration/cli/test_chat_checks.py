"""Which chats the doctor looks at: those that the settings begin with, and none of the others."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.checks.chats import CHATS, chat
from bot.checks.finding import Finding, Mark
from config.settings import Settings, load_settings
from core.domain.conversation import Binding
from core.domain.identity import PersonId, Place, ProjectName
from core.store import Store
from tests.platforms.telegram.simulator import TelegramSimulator
from tests.support.clock import FakeClock


def settings_for(folder: Path, text: str) -> Settings:
    (folder / "orchestrator.toml").write_text(text)
    environ = {"HOME": str(folder), "ORCHESTRATOR_HOME": str(folder / "state")}
    return load_settings(config=None, cwd=folder, environ=environ)


async def told(settings: Settings, *, offline: bool = True) -> list[Finding]:
    return [
        finding
        for title in CHATS
        for finding in await chat(title, settings, clock=lambda: datetime.now(UTC), offline=offline)
    ]


async def test_without_any_chat_one_line_says_how_to_begin(tmp_path: Path) -> None:
    (found,) = await told(settings_for(tmp_path, ""))

    assert (found.about, found.mark) == ("Chat", Mark.NOTE)
    assert "orchestrator init slack (or telegram, discord)" in found.todo


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ('[slack]\nworkspaces = ["T1"]', "Slack"),
        ('[telegram]\nmode = "webhook"\npublic_url = "https://o.example"', "Telegram"),
        ('[access]\nadmins = ["telegram:4711"]', "Telegram"),
        ('[projects.shop]\npath = "."\nchat = { channels = ["discord:1/2"] }', "Discord"),
    ],
)
async def test_a_chat_that_is_begun_is_looked_at_alone(tmp_path: Path, text: str, about: str) -> None:
    (found,) = await told(settings_for(tmp_path, text))

    assert found.about == about
    assert found.todo


@pytest.mark.telegram
async def test_a_group_that_was_bound_in_the_chat_is_asked_about(tmp_path: Path) -> None:
    async with TelegramSimulator() as telegram:
        shop, alice = telegram.supergroup("Shop", with_bot=False), telegram.person("Alice")
        text = f'[telegram]\nbot_token = "{telegram.token}"\napi_url = "{telegram.api_url}"\n'
        settings = settings_for(tmp_path, text)
        settings.home.mkdir()
        place = Place(platform="telegram", channel=str(shop.id))
        clock = FakeClock()
        async with await Store.open(settings.database_url, clock=clock) as store, store.transaction() as uow:
            await uow.bindings.set(
                Binding(place=place, project=ProjectName("shop"), by=PersonId(alice.key), at=clock())
            )

        found = [each for each in await told(settings, offline=False) if each.about == "Telegram groups"]

    assert [(each.mark, str(shop.id) in each.text or "Shop" in each.text) for each in found] == [(Mark.BROKEN, True)]
