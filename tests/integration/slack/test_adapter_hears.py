"""What people do in Slack reaches the program, through the real libraries and a real socket."""

import asyncio

import pytest

from adapters.chat.card import Action
from adapters.chat.form import Form, TextField
from adapters.chat.inbound import (
    ButtonPressed,
    CommandReceived,
    FormSubmitted,
    HomeOpened,
    MessagePicked,
    MessageReceived,
    StopPressed,
)
from tests.integration.slack.adapter_running import Ear, card, place_of, running
from tests.platforms.slack.simulator import SlackSimulator
from tests.platforms.slack.workspace import BOT_USER

pytestmark = pytest.mark.slack


async def test_a_command_typed_by_alice_is_heard_and_acknowledged():
    ear = Ear()
    async with SlackSimulator() as slack, running(slack, ear):
        channel, alice = slack.channel("general"), slack.person("alice")
        await alice.types("/orchestrate fix issue #123", channel)

        said = await ear.hears(CommandReceived)
        assert (said.text, said.person.id, said.person.name) == ("fix issue #123", alice.key, "alice")
        assert said.place == place_of(channel)
        assert slack.missed_acks == []


async def test_a_mention_is_heard_once_with_the_names_of_who_is_in_it():
    ear = Ear()
    async with SlackSimulator() as slack, running(slack, ear):
        channel, alice, bob = slack.channel("api"), slack.person("alice"), slack.person("bob")
        text = f"<@{BOT_USER}> ask <@{bob.id}> in <#{channel.id}> about `a &lt; b`"
        message = await alice.says(text, channel, as_is=True)

        said = await ear.hears(MessageReceived, lambda heard: heard.message == message.ts)
        assert said.mentions_us
        assert said.text == "ask @bob in #api about `a < b`"
        assert len({each.event_id for each in ear.said}) == 1


async def test_direct_messages_and_answers_in_threads_are_heard_and_chatter_is_not():
    ear = Ear()
    async with SlackSimulator() as slack, running(slack, ear) as adapter:
        channel, alice = slack.channel("general"), slack.person("alice")
        posted = await adapter.post(place_of(channel), card(), key="T142:card")
        standing = await slack.shows(lambda message: message.ts == posted.message)
        await alice.says("nothing for a bot", channel)
        await alice.replies("use Decimal", standing)
        await alice.writes("status")

        reply = await ear.hears(MessageReceived, lambda heard: heard.text == "use Decimal")
        direct = await ear.hears(MessageReceived, lambda heard: heard.direct)
        assert reply.place == posted.thread
        assert (direct.text, direct.person.name) == ("status", "alice")
        assert len(ear.said) == 2


async def test_our_own_messages_are_not_heard():
    ear = Ear()
    async with SlackSimulator() as slack, running(slack, ear) as adapter:
        channel, alice = slack.channel("general"), slack.person("alice")
        posted = await adapter.post(place_of(channel), card(), key="T142:card")
        await adapter.post(posted.thread, card(key="A17"), key="A17:card")
        await adapter.edit(posted, card("Done"))
        await alice.types("/orchestrate status", channel)

        await ear.hears(CommandReceived)
        assert len(ear.said) == 1


async def test_a_click_brings_the_token_and_a_form_opened_with_it_brings_what_was_typed():
    ear = Ear()
    token = "k" * 40
    async with SlackSimulator() as slack, running(slack, ear) as adapter:
        channel, bob = slack.channel("general"), slack.person("bob")
        posted = await adapter.post(
            place_of(channel), card(actions=(Action(label="Deny…", token=token),)), key="A17:card"
        )
        message = await slack.shows(lambda message: message.ts == posted.message)
        await bob.clicks("Deny…", message)

        pressed = await ear.hears(ButtonPressed)
        assert (pressed.token, pressed.message, pressed.place) == (token, posted.message, posted.place)
        reason = TextField(name="reason", label="Why?")
        await adapter.ask(pressed.trigger, Form(token="form-1", title="Deny", fields=(reason,)))
        await bob.submits(await slack.opens_form(bob), {"Why?": "not on <prod> & not today"})

        filled = await ear.hears(FormSubmitted)
        assert (filled.token, filled.values) == ("form-1", {"reason": "not on <prod> & not today"})


async def test_orchestrate_this_and_our_page_are_heard():
    ear = Ear()
    async with SlackSimulator() as slack, running(slack, ear) as adapter:
        channel, alice, bob = slack.channel("general"), slack.person("alice"), slack.person("bob")
        message = await alice.says("Prices & totals differ", channel)
        await bob.uses_shortcut("orchestrate_this", message)
        await bob.opens_home()

        picked = await ear.hears(MessagePicked)
        opened = await ear.hears(HomeOpened)
        assert (picked.text, picked.author, picked.place.thread) == ("Prices & totals differ", "alice", message.ts)
        await adapter.show_home(opened.person.id, (card(),))
        await slack.shows_home(bob, lambda home: "T142" in str(home["blocks"]))


async def test_the_stop_button_of_a_thread_is_heard():
    ear = Ear()
    async with SlackSimulator() as slack, running(slack, ear) as adapter:
        channel, alice = slack.channel("general"), slack.person("alice")
        posted = await adapter.post(place_of(channel), card(), key="T142:card")
        await adapter.set_status(posted.thread, "Running tests")
        assert slack.workspace.sessions[channel.id, posted.message] == "processing"
        await alice.stops(await slack.shows(lambda message: message.ts == posted.message))

        assert (await ear.hears(StopPressed)).place == posted.thread


async def test_a_person_of_another_company_is_told_apart():
    ear = Ear()
    async with SlackSimulator() as slack, running(slack, ear):
        channel = slack.channel("shared")
        eve = slack.person("eve", team="T9999")
        channel.members.add(eve.id)
        await eve.mentions("status", channel)

        said = await ear.hears(MessageReceived)
        assert said.person.id == f"slack:T9999/{eve.id}"
        assert said.place == place_of(channel)


async def test_slack_is_answered_in_time_while_keeping_hangs_and_it_is_kept_all_the_same():
    ear = Ear(hold=asyncio.Event())
    async with SlackSimulator() as slack, running(slack, ear, ack_after_s=0.2):
        await slack.person("alice").types("/orchestrate status", slack.channel("general"))

        assert slack.missed_acks == []
        assert ear.said == []
        assert ear.hold is not None
        ear.hold.set()
        await ear.hears(CommandReceived)


async def test_what_could_not_be_kept_is_not_acknowledged_and_comes_again():
    ear = Ear(fail=1)
    async with SlackSimulator(retry_after_s=(0.05,) * 100, ack_within_s=0.5) as slack, running(slack, ear):
        await slack.person("alice").mentions("status", slack.channel("general"))

        assert (await ear.hears(MessageReceived)).text == "status"


async def test_a_name_that_slack_does_not_tell_in_time_delays_nobody():
    ear = Ear()
    async with SlackSimulator() as slack, running(slack, ear, name_timeout_s=0.1):
        held = slack.faults.hold("users.info", times=5)
        alice = slack.person("alice")
        await alice.mentions("status", slack.channel("general"))

        assert (await ear.hears(MessageReceived)).person.name == alice.id
        held.set()
