"""What the doctor says about Telegram, on a simulated one with the real client."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.chat.payload import Payload
from adapters.telegram.calls import Calls
from adapters.telegram.menu import offer
from adapters.telegram.settings import TelegramSettings
from bot.checks.bound import BoundChannel
from bot.checks.finding import Finding, Mark
from bot.checks.telegram import telegram as telegram_checks
from bot.checks.telegram_connection import connection
from bot.telegram_app import telegram_menu
from config.settings import Settings, load_settings
from tests.platforms.telegram.simulator import TelegramSimulator

pytestmark = pytest.mark.telegram
PEOPLE = '[access]\nadmins = ["telegram:5001"]\n'
NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)


@pytest.fixture
async def telegram() -> AsyncGenerator[TelegramSimulator]:
    async with TelegramSimulator() as simulator:
        yield simulator


def text_for(telegram: TelegramSimulator, more: str = PEOPLE) -> str:
    return f'[telegram]\nbot_token = "{telegram.token}"\napi_url = "{telegram.api_url}"\n{more}'


def settings_for(folder: Path, text: str, **variables: str) -> Settings:
    (folder / "orchestrator.toml").write_text(text)
    environ = {"HOME": str(folder), "ORCHESTRATOR_HOME": str(folder / "state"), **variables}
    return load_settings(config=None, cwd=folder, environ=environ)


async def found_by(
    settings: Settings, *, channels: Sequence[BoundChannel] = (), offline: bool = False
) -> Mapping[str, Finding]:
    """The findings by what they are about, the worst of each."""
    order = list(Mark)
    found = await telegram_checks(settings, channels=channels, offline=offline, now=datetime.now(UTC))
    secrets = settings.secrets()
    assert not [each for each in found if any(secret in f"{each.text}{each.todo}" for secret in secrets)]
    return {each.about: each for each in sorted(found, key=lambda each: order.index(each.mark))}


async def test_when_all_is_set_up_all_is_fine(tmp_path: Path) -> None:
    async with TelegramSimulator(privacy=False) as telegram:
        shop = telegram.forum("Shop")
        given = TelegramSettings(bot_token=telegram.token, api_url=telegram.api_url)
        await offer(Calls(given), telegram_menu())
        bound = f'[projects.shop]\npath = "."\nchat = {{ channels = ["telegram:{shop.id}"] }}\n'

        found = await found_by(settings_for(tmp_path, text_for(telegram, PEOPLE + bound)))

    assert {each.mark for each in found.values()} == {Mark.FINE}, found
    assert f"https://t.me/{telegram.username}" in found["Telegram"].text
    assert "Shop" in found["Telegram groups"].text


async def test_nothing_is_sent_and_nobodys_updates_are_read(tmp_path: Path, telegram: TelegramSimulator) -> None:
    await telegram.person("Alice").starts()
    found = await found_by(settings_for(tmp_path, text_for(telegram)))

    assert {call.method for call in telegram.calls} == {"getMe", "getWebhookInfo", "getMyCommands"}
    assert (telegram.updates.polled, telegram.updates.allowed) == (False, None)
    assert "409 Conflict" in found["Telegram connection"].todo
    assert "One update waits" in found["Telegram connection"].text


async def test_offline_telegram_is_not_asked(tmp_path: Path, telegram: TelegramSimulator) -> None:
    found = await found_by(settings_for(tmp_path, text_for(telegram)), offline=True)

    assert (found["Telegram"].mark, found["Telegram people"].mark) == (Mark.NOTE, Mark.FINE)
    assert telegram.calls == []


async def test_without_a_token_it_says_how_to_begin(tmp_path: Path) -> None:
    nothing = (await found_by(settings_for(tmp_path, "")))["Telegram"]
    assert nothing.todo == "To work from Telegram: orchestrator init telegram"

    begun = (await found_by(settings_for(tmp_path, f"[telegram]\n{PEOPLE}")))["Telegram"]
    assert (begun.mark, "ORCHESTRATOR_TELEGRAM__BOT_TOKEN" in begun.todo) == (Mark.WARNING, True)


async def test_a_token_that_is_not_accepted_and_telegram_being_away_are_told_apart(
    tmp_path: Path, telegram: TelegramSimulator
) -> None:
    wrong = settings_for(tmp_path, text_for(telegram), ORCHESTRATOR_TELEGRAM__BOT_TOKEN=f"4712:{'x' * 30}")
    refused = await found_by(wrong)
    assert (refused["Telegram"].mark, "BotFather" in refused["Telegram"].todo) == (Mark.BROKEN, True)

    telegram.faults.server_error("getMe")
    away = await found_by(settings_for(tmp_path, text_for(telegram)))
    assert (away["Telegram"].mark, list(away)) == (Mark.WARNING, ["Telegram"])


async def test_privacy_mode_is_told_with_the_ways_out(tmp_path: Path, telegram: TelegramSimulator) -> None:
    found = (await found_by(settings_for(tmp_path, text_for(telegram))))["Telegram in groups"]

    assert (found.mark, "/setprivacy" in found.todo) == (Mark.NOTE, True)


async def test_nobody_being_named_is_a_matter_of_settings(tmp_path: Path, telegram: TelegramSimulator) -> None:
    found = (await found_by(settings_for(tmp_path, text_for(telegram, ""))))["Telegram people"]

    assert (found.mark, found.is_configuration, "init telegram" in found.todo) == (Mark.BROKEN, True, True)


async def test_commands_of_another_version_are_told(tmp_path: Path, telegram: TelegramSimulator) -> None:
    settings = settings_for(tmp_path, text_for(telegram))
    assert "None is offered" in (await found_by(settings))["Telegram commands"].text

    given = TelegramSettings(bot_token=telegram.token, api_url=telegram.api_url)
    await offer(Calls(given), telegram_menu()[:2])
    assert "not those of this version" in (await found_by(settings))["Telegram commands"].text


async def test_a_webhook_that_is_left_over_is_told_without_its_path(
    tmp_path: Path, telegram: TelegramSimulator
) -> None:
    telegram.webhook.point("https://old.example/4711:secret", "", at_once=1)

    found = (await found_by(settings_for(tmp_path, text_for(telegram))))["Telegram connection"]

    assert (found.mark, "https://old.example" in found.text, "secret" in found.text) == (Mark.WARNING, True, False)


@pytest.mark.parametrize(
    ("hook", "mark", "said"),
    [
        ({"url": "https://o.example/telegram/updates"}, Mark.FINE, "127.0.0.1:8443"),
        ({"url": ""}, Mark.WARNING, "no address yet"),
        ({"url": "https://other.example/x"}, Mark.WARNING, "another address: https://other.example."),
        (
            {
                "url": "https://o.example/telegram/updates",
                "pending_update_count": 3,
                "last_error_date": 1_700_000_000,
                "last_error_message": "Connection refused",
            },
            Mark.WARNING,
            "Connection refused. 3 updates wait",
        ),
        (
            {
                "url": "https://o.example/telegram/updates",
                "last_error_date": 1_700_000_000,
                "last_error_message": "Connection refused",
            },
            Mark.FINE,
            "https://o.example",
        ),
    ],
)
def test_a_webhook_is_compared_with_the_settings(hook: Payload, mark: Mark, said: str) -> None:
    given = TelegramSettings(bot_token="4711:x", mode="webhook", public_url="https://o.example/", secret="s")

    found = connection(given, hook, now=NOW)

    assert (found.mark, said in found.text) == (mark, True), found.text


async def test_groups_that_cannot_be_used_are_told_with_what_to_do(tmp_path: Path, telegram: TelegramSimulator) -> None:
    alice = telegram.person("Alice")
    outside = telegram.supergroup("Outside", with_bot=False)
    small = telegram.group("Small")
    large = await telegram.migrates(small, by=alice)
    chats = [outside, small, telegram.forum("Topics", admin=False), telegram.supergroup("Plain")]
    bound = [BoundChannel(name=f"telegram:{each.id}", why="project shop") for each in chats]
    bound.append(BoundChannel(name="telegram:-404", why="project shop"))

    found = await telegram_checks(
        settings_for(tmp_path, text_for(telegram)), channels=bound, offline=False, now=datetime.now(UTC)
    )

    told = {each.text: each for each in found if each.about == "Telegram groups"}
    assert [each.mark for each in told.values()].count(Mark.BROKEN) == 2, told
    text = "\n".join(f"{each.text} {each.todo}" for each in told.values())
    words = ("-404", f"telegram:{large.id}", "cannot open topics in Topics", "In Plain", f"@{telegram.username}")
    assert all(word in text for word in words), text


async def test_without_a_bound_group_it_says_how_to_bind_one(tmp_path: Path, telegram: TelegramSimulator) -> None:
    found = (await found_by(settings_for(tmp_path, text_for(telegram))))["Telegram groups"]

    assert (found.mark, "/project use" in found.todo) == (Mark.NOTE, True)
