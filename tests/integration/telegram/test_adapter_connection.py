"""The connection to Telegram: no update is lost or doubled by it, and whoever may not connect is told why."""

import asyncio
import logging
from dataclasses import replace

import aiohttp
import pytest

from adapters.chat.inbound import CommandReceived, Inbound, MessageReceived
from adapters.telegram.adapter import TelegramAdapter
from adapters.telegram.webhook import PATH, SECRET_HEADER
from core.domain.errors import AddressUnavailableError, ConfigurationError, StoreError
from tests.integration.telegram.adapter_running import Live, memory, running, settings
from tests.platforms.telegram.simulator import TelegramSimulator
from tests.support.chat_stage import HEARD_WITHIN_S, Ears

pytestmark = pytest.mark.telegram

SECRET = "a-secret-of-ours"
PUBLIC = "https://bots.example.com"


def by_webhook(telegram: TelegramSimulator) -> dict[str, object]:
    return {"mode": "webhook", "port": 0, "public_url": PUBLIC, "secret": SECRET}


def leads_here(telegram: TelegramSimulator, live: Live) -> None:
    """What Telegram posts to the public address comes to where the adapter listens."""
    telegram.webhook.routes[PUBLIC] = f"http://127.0.0.1:{live.adapter.port}"
    telegram.updates.bell.ring()


def words(ears: Ears) -> list[str]:
    return [each.text for each in ears.heard if isinstance(each, MessageReceived)]


async def test_an_update_is_confirmed_only_once_it_was_kept() -> None:
    async with TelegramSimulator() as telegram:
        alice = telegram.person("alice")
        async with running(telegram, closing_s=0.05) as live:
            live.ears.held = lambda _: True
            await alice.writes("not kept yet")
            await live.ears.until(lambda inbound: isinstance(inbound, MessageReceived))
        assert not telegram.updates.quiet
        async with running(telegram) as live:
            await live.hears(MessageReceived, lambda each: each.text == "not kept yet")
            await telegram.quiet()


def _fails() -> bool:
    raise StoreError("The database is away.")


async def kept_after(failures: int, error: Exception, said: list[str]) -> list[str]:
    """What was heard of all that was said when keeping the first thing failed so often."""
    heard, left = Ears(), [error] * failures

    async def ears(inbound: Inbound) -> None:
        if left and isinstance(inbound, MessageReceived) and inbound.text == said[0]:
            raise left.pop()
        await heard(inbound)

    async with TelegramSimulator() as telegram:
        adapter = TelegramAdapter(settings(telegram, look_again_s=0.01), values=memory())
        ready = asyncio.Event()
        task = asyncio.create_task(adapter.run(ears, ready=ready.set))
        await asyncio.wait_for(ready.wait(), HEARD_WITHIN_S)
        for text in said:
            await telegram.person("alice").writes(text)
        await telegram.quiet()
        task.cancel()
        await asyncio.wait({task})
    return words(heard)


async def test_what_could_not_be_kept_comes_again() -> None:
    away = StoreError("The database is away.")
    assert sorted(await kept_after(12, away, ["one", "two"])) == ["one", "two"]


async def test_a_defect_about_one_update_does_not_silence_the_bot() -> None:
    assert sorted(await kept_after(2, RuntimeError("a hiccup"), ["one", "two"])) == ["one", "two"]
    assert await kept_after(1000, RuntimeError("a defect"), ["one", "two"]) == ["two"]


async def test_an_old_update_that_comes_once_more_and_cannot_be_kept_holds_nothing_up() -> None:
    async with TelegramSimulator() as telegram, running(telegram) as live:
        alice = telegram.person("alice")
        await alice.writes("one")
        await live.hears(MessageReceived, lambda each: each.text == "one")
        await telegram.quiet()
        live.ears.held = lambda inbound: _fails() if inbound.event_id.endswith("1") else False
        telegram.updates.repeat()
        await alice.writes("two")
        await live.hears(MessageReceived, lambda each: each.text == "two")
        await telegram.quiet()


async def test_many_messages_at_once_are_heard_once_each_and_those_of_one_person_in_order() -> None:
    async with TelegramSimulator() as telegram, running(telegram) as live:
        alice = telegram.person("alice")
        telegram.updates.hold()
        for number in range(150):
            await alice.writes(f"message {number}")
        telegram.updates.release()
        await telegram.quiet()

        assert words(live.ears) == [f"message {number}" for number in range(150)]


async def test_a_poll_that_breaks_off_or_meets_errors_is_made_again() -> None:
    async with TelegramSimulator() as telegram, running(telegram) as live:
        telegram.faults.server_error("getUpdates", status=502)
        telegram.faults.reset("getUpdates", after=True)
        telegram.updates.drop_poll()
        await telegram.person("alice").writes("still there?")

        await live.hears(MessageReceived)
        await telegram.quiet()


async def test_starting_goes_on_through_errors() -> None:
    async with TelegramSimulator() as telegram:
        telegram.faults.server_error("getMe", times=2)
        telegram.faults.flood("deleteWebhook")
        async with running(telegram) as live:
            assert live.adapter.us is not None
            assert live.adapter.us.username == telegram.username


async def test_a_webhook_that_was_left_behind_is_taken_away_and_what_waits_is_kept() -> None:
    async with TelegramSimulator() as telegram:
        async with running(telegram, **by_webhook(telegram)) as live:
            leads_here(telegram, live)
        await telegram.person("alice").writes("anybody?")
        async with running(telegram) as live:
            await live.hears(MessageReceived)


async def test_two_that_poll_with_one_token_are_noticed_and_told(caplog: pytest.LogCaptureFixture) -> None:
    quick = {"conflict_pause_s": 0.01}
    async with TelegramSimulator() as telegram, running(telegram, **quick), running(telegram, **quick):
        await telegram.until(lambda: True if telegram.updates.conflicts > 10 else None)

    told = [each for each in caplog.records if each.levelno == logging.ERROR]
    assert told
    assert "Another process reads what is sent to this bot" in told[0].getMessage()


@pytest.mark.parametrize("token", ["", "not a token", "4712:ANOTHER-TOKEN-OF-NOBODY"])
async def test_a_wrong_token_is_told_with_what_to_do(token: str) -> None:
    async with TelegramSimulator() as telegram:
        adapter = TelegramAdapter(replace(settings(telegram), bot_token=token or "x"), values=memory())
        with pytest.raises(ConfigurationError) as refused:
            await adapter.run(Ears(), ready=lambda: None)

    assert "BotFather" in refused.value.hint
    assert "ANOTHER-TOKEN" not in str(refused.value)


@pytest.mark.parametrize("wrong", [{"secret": ""}, {"secret": "with blanks "}, {"public_url": ""}])
async def test_webhook_mode_says_what_it_lacks(wrong: dict[str, str]) -> None:
    async with TelegramSimulator() as telegram:
        adapter = TelegramAdapter(settings(telegram, **{**by_webhook(telegram), **wrong}), values=memory())
        with pytest.raises(ConfigurationError):
            await adapter.run(Ears(), ready=lambda: None)


async def test_an_address_that_telegram_does_not_take_is_told_with_what_it_takes() -> None:
    async with TelegramSimulator() as telegram:
        telegram.faults.error("setWebhook", description="Bad Request: bad webhook: An HTTPS URL must be provided")
        adapter = TelegramAdapter(settings(telegram, **by_webhook(telegram)), values=memory())
        with pytest.raises(ConfigurationError) as refused:
            await adapter.run(Ears(), ready=lambda: None)

    assert "https" in refused.value.hint


async def test_a_webhook_takes_only_what_shows_the_secret() -> None:
    async with TelegramSimulator() as telegram, running(telegram, **by_webhook(telegram)) as live:
        url = f"http://127.0.0.1:{live.adapter.port}{PATH}"
        update = {"update_id": 1, "message": {"message_id": 1, "date": 1, "text": "/status"}}
        async with aiohttp.ClientSession() as session:
            for headers, body, status in (
                ({}, update, 403),
                ({SECRET_HEADER: "a-guess"}, update, 403),
                ({SECRET_HEADER: SECRET}, ["no", "update"], 400),
                ({SECRET_HEADER: SECRET}, update, 200),
            ):
                async with session.post(url, json=body, headers=headers) as response:
                    assert response.status == status
        assert live.ears.heard == []


async def test_what_a_webhook_could_not_hand_over_comes_again() -> None:
    async with TelegramSimulator() as telegram, running(telegram, **by_webhook(telegram)) as live:
        await telegram.person("alice").says("/orchestrate status", telegram.group("shop"))
        await telegram.until(lambda: True if telegram.webhook.attempts else None)
        leads_here(telegram, live)

        assert (await live.hears(CommandReceived)).text == "status"
        await telegram.quiet()


async def test_an_address_that_is_taken_is_told() -> None:
    async with TelegramSimulator() as telegram, running(telegram, **by_webhook(telegram)) as live:
        taken = {**by_webhook(telegram), "port": live.adapter.port}
        with pytest.raises(AddressUnavailableError):
            await TelegramAdapter(settings(telegram, **taken), values=memory()).run(Ears(), ready=lambda: None)


async def test_no_line_of_the_log_holds_the_token(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with TelegramSimulator() as telegram, running(telegram) as live:
        telegram.faults.server_error("getUpdates")
        await telegram.person("alice").writes("hello")
        await live.hears(MessageReceived)
        await telegram.quiet()
        ours = [each for each in caplog.records if not each.name.startswith("aiohttp")]
        assert not any(telegram.token in each.getMessage() for each in ours)


async def test_calls_outside_of_run_leave_no_connection_behind() -> None:
    async with TelegramSimulator() as telegram:
        telegram.person("alice").account.started = True
        adapter = TelegramAdapter(settings(telegram), values=memory())
        assert await adapter.name_of("telegram:5001") == "alice"  # type: ignore[arg-type]
