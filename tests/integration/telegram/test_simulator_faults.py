"""What can be made to go wrong between a bot and the simulated Telegram."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from telegram import Bot
from telegram.error import BadRequest, NetworkError, RetryAfter, TelegramError, TimedOut

from tests.platforms.telegram.client import bot_on
from tests.platforms.telegram.simulator import TelegramSimulator

pytestmark = pytest.mark.telegram


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramSimulator]:
    async with TelegramSimulator(pace=100) as telegram:
        yield telegram


@pytest.fixture
async def bot(telegram: TelegramSimulator) -> AsyncIterator[Bot]:
    async with bot_on(telegram) as bot:
        yield bot


async def test_calls_can_be_refused_broken_and_cut_off(
    telegram: TelegramSimulator, bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")
    shop = telegram.group("shop")
    telegram.faults.flood("sendMessage", retry_after_s=7, times=2)
    for text in ("1", "2"):
        with pytest.raises(RetryAfter, match="7"):
            await bot.send_message(shop.id, text)
    telegram.faults.server_error("sendMessage", status=500, after=True)
    with pytest.raises(TelegramError):
        await bot.send_message(shop.id, "3")
    telegram.faults.error("sendMessage", description="Bad Request: CHAT_RESTRICTED")
    with pytest.raises(BadRequest, match="Chat_restricted"):
        await bot.send_message(shop.id, "4")
    telegram.faults.reset(which=lambda arguments: arguments["text"] == "5")
    with pytest.raises(NetworkError):
        await bot.send_message(shop.id, "5")
    telegram.faults.reset("sendMessage", "sendDocument", after=True)
    with pytest.raises(NetworkError):
        await bot.send_document(shop.id, b"6", caption="6")
    assert [each.text for each in telegram.messages(shop)] == ["3", "6"]


async def test_an_answer_can_be_held_back_or_be_too_late(telegram: TelegramSimulator, bot: Bot) -> None:
    shop = telegram.group("shop")
    go_on = telegram.faults.hold("sendMessage", after=True)
    call = asyncio.create_task(bot.send_message(shop.id, "1"))
    await telegram.shows(lambda message: message.text == "1")
    assert not call.done()
    go_on.set()
    assert (await call).text == "1"
    telegram.faults.hold("sendMessage")
    with pytest.raises(TimedOut):
        await bot.send_message(shop.id, "2", read_timeout=0.05)
    telegram.faults.clear()


async def test_faults_spare_polling_unless_it_is_named(telegram: TelegramSimulator, bot: Bot) -> None:
    telegram.faults.server_error()
    assert await bot.get_updates() == ()
    with pytest.raises(NetworkError):
        await bot.get_me()
    telegram.faults.server_error("getUpdates")
    with pytest.raises(NetworkError):
        await bot.get_updates()
