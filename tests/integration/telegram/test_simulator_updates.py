"""How updates reach a bot: long polling with its offset, a webhook with its secret; lost, doubled, out of order."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from telegram import Bot
from telegram.error import Conflict, NetworkError

from tests.platforms.telegram.client import Reader, bot_on
from tests.platforms.telegram.simulator import TelegramSimulator
from tests.platforms.telegram.updates import Update
from tests.platforms.telegram.webhook import SECRET_HEADER

pytestmark = pytest.mark.telegram


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramSimulator]:
    async with TelegramSimulator(retry_after_s=(0.01,)) as telegram:
        yield telegram


@pytest.fixture
async def bot(telegram: TelegramSimulator) -> AsyncIterator[Bot]:
    async with bot_on(telegram) as bot:
        yield bot


class Listener:
    """A bot's address: takes what is posted, or answers with the statuses it was given first."""

    def __init__(self, *statuses: int) -> None:
        self.heard: list[tuple[str, str]] = []
        self._statuses = list(statuses)
        self.slow, self.go_on = "", asyncio.Event()
        self._runner: web.AppRunner | None = None
        self.url = ""

    async def __aenter__(self) -> "Listener":
        app = web.Application()
        app.router.add_post("/hook", self._take)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._runner
        await self._runner.cleanup()

    async def _take(self, request: web.Request) -> web.Response:
        if self._statuses and (status := self._statuses.pop(0)) != 200:
            return web.Response(status=status)
        said = (await request.json())["message"]["text"]
        if said == self.slow:
            await self.go_on.wait()
        self.heard.append((said, request.headers.get(SECRET_HEADER, "")))
        return web.Response()


def texts(batch: tuple[object, ...]) -> list[str]:
    return [each.message.text for each in batch]  # type: ignore[attr-defined]


async def test_updates_wait_until_they_are_confirmed(telegram: TelegramSimulator, bot: Bot) -> None:
    alice = telegram.person("alice")
    await alice.writes("one")
    await alice.writes("two")
    batch = await bot.get_updates(limit=1)
    assert texts(batch) == ["one"]
    assert texts(await bot.get_updates()) == ["one", "two"]
    assert texts(await bot.get_updates(offset=batch[0].update_id + 1)) == ["two"]
    assert texts(await bot.get_updates(offset=-1)) == ["two"]
    assert not telegram.updates.quiet
    assert await bot.get_updates(offset=batch[0].update_id + 2) == ()
    await telegram.quiet()


async def test_a_long_poll_ends_as_soon_as_something_happens(telegram: TelegramSimulator, bot: Bot) -> None:
    poll = asyncio.create_task(bot.get_updates(timeout=30, read_timeout=60))
    await telegram.connected()
    await telegram.person("alice").writes("hello")
    assert texts(await poll) == ["hello"]


async def test_two_who_poll_are_told_of_each_other(telegram: TelegramSimulator, bot: Bot) -> None:
    first = asyncio.create_task(bot.get_updates(timeout=30, read_timeout=60))
    await telegram.connected()
    async with bot_on(telegram) as other:
        second = asyncio.create_task(other.get_updates(timeout=30, read_timeout=60))
        with pytest.raises(Conflict, match="terminated by other getUpdates request"):
            await first
        assert telegram.updates.conflicts == 1
        await telegram.person("alice").writes("hello")
        assert texts(await second) == ["hello"]


async def test_what_nobody_reads_for_a_day_is_lost(telegram: TelegramSimulator, bot: Bot) -> None:
    await telegram.person("alice").writes("old")
    telegram.passes(25 * 3600)
    await telegram.person("alice").writes("new")
    assert texts(await bot.get_updates()) == ["new"]


async def test_after_a_week_of_silence_updates_are_numbered_anew(telegram: TelegramSimulator, bot: Bot) -> None:
    alice, reader = telegram.person("alice"), Reader(bot)
    await alice.writes("old")
    [old] = await reader.reads()
    await reader.reads()
    telegram.passes(8 * 24 * 3600)
    await alice.writes("new")
    [new] = await reader.reads()
    assert new.update_id < old.update_id
    assert await reader.reads() == []


async def test_updates_can_come_twice_and_out_of_order(telegram: TelegramSimulator, bot: Bot) -> None:
    alice, reader = telegram.person("alice"), Reader(bot)
    telegram.updates.twice = True
    await alice.writes("one")
    assert texts(tuple(await reader.reads())) == ["one"]
    [again] = await reader.reads()
    assert again.message and again.message.text == "one"
    assert await reader.reads() == []
    telegram.updates.twice = False
    telegram.updates.repeat()
    assert [each.update_id for each in await reader.reads()] == [again.update_id]
    telegram.updates.hold()
    await alice.writes("two")
    await alice.writes("three")
    assert await reader.reads() == []

    def backwards(held: list[Update]) -> list[Update]:
        return held[::-1]

    telegram.updates.release(backwards)
    assert texts(tuple(await reader.reads())) == ["three", "two"]


async def test_the_connection_of_a_poll_can_break_and_nothing_is_lost(telegram: TelegramSimulator, bot: Bot) -> None:
    poll = asyncio.create_task(bot.get_updates(timeout=30, read_timeout=60))
    await telegram.connected()
    telegram.updates.drop_poll()
    with pytest.raises(NetworkError):
        await poll
    await telegram.person("alice").writes("hello")
    assert texts(await bot.get_updates(timeout=5)) == ["hello"]


async def test_only_wanted_kinds_are_kept(telegram: TelegramSimulator, bot: Bot) -> None:
    alice = telegram.person("alice")
    await bot.get_updates(allowed_updates=["callback_query"])
    await alice.writes("hello")
    assert await bot.get_updates() == ()
    await bot.get_updates(allowed_updates=[])
    await alice.writes("hello")
    assert texts(await bot.get_updates()) == ["hello"]


async def test_a_webhook_gets_each_update_with_the_secret(telegram: TelegramSimulator, bot: Bot) -> None:
    async with Listener() as listener:
        await bot.set_webhook(f"{listener.url}/hook", secret_token="s3cret", max_connections=1)
        with pytest.raises(Conflict, match="can't use getUpdates method while webhook is active"):
            await bot.get_updates()
        await telegram.person("alice").writes("one")
        await telegram.person("alice").writes("two")
        await telegram.quiet()
        assert listener.heard == [("one", "s3cret"), ("two", "s3cret")]
        info = await bot.get_webhook_info()
        assert (info.url, info.pending_update_count) == (f"{listener.url}/hook", 0)
        await bot.delete_webhook()
        await telegram.person("alice").writes("three")
        assert texts(await bot.get_updates()) == ["three"]
        assert len(listener.heard) == 2


async def test_a_webhook_is_tried_again_and_its_failure_is_told(telegram: TelegramSimulator, bot: Bot) -> None:
    async with Listener(500, 502) as listener:
        telegram.webhook.routes["https://bot.example.org"] = listener.url
        await bot.set_webhook("https://bot.example.org/hook")
        await telegram.person("alice").writes("one")
        await telegram.until(lambda: telegram.webhook.attempts >= 1 or None)
        await telegram.quiet()
        assert listener.heard == [("one", "")]
        assert telegram.webhook.attempts == 3
        info = await bot.get_webhook_info()
        assert info.last_error_message == "Wrong response from the webhook: 502 Bad Gateway"
    await telegram.person("alice").writes("two")
    await telegram.until(lambda: telegram.webhook.attempts > 3 or None)
    async with Listener() as listener:
        telegram.webhook.routes["https://bot.example.org"] = listener.url
        await telegram.quiet()
        assert listener.heard == [("two", "")]


async def test_one_slow_chat_does_not_hold_up_the_others(telegram: TelegramSimulator, bot: Bot) -> None:
    async with Listener() as listener:
        listener.slow = "slow"
        await bot.set_webhook(f"{listener.url}/hook")
        for text in ("slow", "after it"):
            await telegram.person("alice").writes(text)
        await telegram.person("bob").writes("quick")
        await telegram.until(lambda: listener.heard or None)
        assert [text for text, _ in listener.heard] == ["quick"]
        listener.go_on.set()
        await telegram.quiet()
        assert [text for text, _ in listener.heard] == ["quick", "slow", "after it"]


async def test_setting_a_webhook_sends_away_who_polls(telegram: TelegramSimulator, bot: Bot) -> None:
    poll = asyncio.create_task(bot.get_updates(timeout=30, read_timeout=60))
    await telegram.connected()
    await bot.set_webhook("https://bot.example.org/hook", drop_pending_updates=True)
    with pytest.raises(Conflict, match="terminated by setWebhook request"):
        await poll
    await bot.delete_webhook()
