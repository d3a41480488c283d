"""A conversation of two other people is none with us: whoever asks something of us there is answered alone."""

import pytest

from adapters.chat.inbound import CommandReceived, MessagePicked
from adapters.slack.needs import SHORTCUT
from tests.integration.slack.adapter_running import Ear, card, place_of, running
from tests.platforms.slack.person import Person
from tests.platforms.slack.simulator import SlackSimulator
from tests.platforms.slack.workspace import Channel

pytestmark = pytest.mark.slack


def between(slack: SlackSimulator, one: Person, other: Person) -> Channel:
    """The conversation of two people, which the app is not in."""
    channel = Channel(id="D9999", direct_to=f"{one.id} and {other.id}", members={one.id, other.id})
    slack.workspace.channels[channel.id] = channel
    return channel


async def test_a_command_typed_to_somebody_else_is_heard_and_answered_in_our_own_conversation():
    ear = Ear()
    async with SlackSimulator() as slack, running(slack, ear) as adapter:
        alice, bob = slack.person("alice"), slack.person("bob")
        await alice.types("/orchestrate fix issue #123", between(slack, alice, bob))
        said = await ear.hears(CommandReceived)
        assert said.place == place_of(alice.direct)

        await adapter.post(said.place, card("Handed over"), key="T1:card")
        shown = await slack.shows(lambda message: "Handed over" in message.words)
        assert shown.channel == alice.direct.id
        assert slack.missed_acks == []


async def test_a_command_typed_to_us_stays_where_it_is_and_asks_slack_once():
    ear = Ear()
    async with SlackSimulator() as slack, running(slack, ear):
        alice = slack.person("alice")
        await alice.types("/orchestrate status", alice.direct)
        await alice.types("/orchestrate tasks", alice.direct)
        await ear.hears(CommandReceived, lambda said: said.text == "tasks")
        assert {said.place for said in ear.said} == {place_of(alice.direct)}
        assert [call.method for call in slack.calls].count("conversations.open") == 1


async def test_a_message_picked_in_somebody_elses_conversation_is_asked_about_in_ours():
    ear = Ear()
    async with SlackSimulator() as slack, running(slack, ear):
        alice, bob = slack.person("alice"), slack.person("bob")
        message = await bob.says("The total is wrong", between(slack, alice, bob))
        await alice.uses_shortcut(SHORTCUT, message)
        picked = await ear.hears(MessagePicked)
        assert (picked.place, picked.text) == (place_of(alice.direct), "The total is wrong")


async def test_while_slack_does_not_say_which_conversation_is_ours_the_command_is_heard_all_the_same():
    ear = Ear()
    async with SlackSimulator() as slack, running(slack, ear):
        alice, bob = slack.person("alice"), slack.person("bob")
        slack.faults.server_error("conversations.open")
        elsewhere = between(slack, alice, bob)
        await alice.types("/orchestrate status", elsewhere)
        assert (await ear.hears(CommandReceived)).place == place_of(elsewhere)
