"""What Telegram says about the bot, for whoever sets it up."""

import pytest

from adapters.telegram.checkup import examined
from core.domain.errors import ConfigurationError
from tests.integration.telegram.adapter_running import running, settings
from tests.platforms.telegram.simulator import TelegramSimulator

pytestmark = pytest.mark.telegram


async def test_it_tells_who_we_are_what_waits_and_what_is_offered_and_changes_nothing() -> None:
    async with TelegramSimulator(privacy=False) as telegram:
        async with running(telegram):
            await telegram.until(lambda: True if len(telegram.called("setMyCommands")) == 3 else None)
        await telegram.person("alice").writes("anybody?")
        found = await examined(settings(telegram))

        assert (found.us.username, found.us.hears_all) == (telegram.username, True)
        assert (found.webhook, found.waiting, found.trouble) == ("", 1, "")
        assert "orchestrate" in found.offered
        assert not telegram.updates.quiet


async def test_a_webhook_that_does_not_work_is_told_with_its_trouble() -> None:
    hook = {"mode": "webhook", "port": 0, "public_url": "https://bots.example.com", "secret": "s"}
    async with TelegramSimulator() as telegram:
        telegram.webhook.routes["https://bots.example.com"] = "http://127.0.0.1:9"
        async with running(telegram, **hook):
            await telegram.person("alice").writes("anybody?")
            await telegram.until(lambda: True if telegram.webhook.attempts else None)
            await telegram.until(lambda: True if telegram.webhook.info(0).get("last_error_message") else None)
            found = await examined(settings(telegram))

        assert found.webhook.startswith("https://bots.example.com/")
        assert found.trouble


async def test_a_token_of_nobody_is_told() -> None:
    async with TelegramSimulator() as telegram:
        with pytest.raises(ConfigurationError):
            await examined(settings(telegram, bot_token="4712:ANOTHER-TOKEN-OF-NOBODY"))
