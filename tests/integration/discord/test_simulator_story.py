"""discord.py's own client on the simulated Discord: commands, buttons, forms and threads, as people use them."""

import pytest

from tests.integration.discord.simulated_bot import a_discord, running
from tests.platforms.discord.interaction import Callback

pytestmark = pytest.mark.discord


async def test_a_command_makes_a_card_with_buttons_a_form_and_a_thread() -> None:
    async with a_discord() as simulated:
        alice, bob = simulated.person("alice"), simulated.person("bob")
        api = simulated.channel("api")
        async with running(simulated) as bot:
            done = await alice.uses("/orchestrate run", {"request": "fix issue #123"}, api)
            assert done.answer is Callback.DEFERRED_MESSAGE
            card = await bob.sees(lambda message: "T1" in message.words, in_=api)
            await simulated.opens_thread(lambda thread: thread.name == "T1 working")
            await simulated.shows(lambda message: message.words == "taken: fix issue #123", in_=api)

            await alice.clicks("Approve", card)
            assert [each.words for each in alice.private()] == ["only you see this"]
            assert bob.private() == []

            assert (await bob.clicks("Deny", card)).answer is Callback.MODAL
            await bob.submits({"Reason": "too dear", "And then?": "Plan again"})
            await simulated.shows(lambda message: message.words == "too dear, then plan", in_=api)
            assert bob.form is None

            asked = await alice.says("the build is red", api)
            await bot.hears("the build is red")
            await alice.uses_message_command("Orchestrate this", asked)
            assert alice.private()[-1].words == "on it: the build is red"
            assert await alice.autocompletes("/orchestrate run", "model", "o", where=api) == ["opus", "sonnet"]
    assert simulated.unanswered == []
