"""Whoever presses or types something is answered in time, alone or for all, and nobody is left with a turning wheel."""

import asyncio
from dataclasses import replace

import pytest

from adapters.chat.card import Action, Option
from adapters.chat.errors import (
    ChatUnavailableError,
    FormExpiredError,
    MessageGoneError,
    NotReachableError,
    RejectedError,
)
from adapters.chat.form import FileField, Form, SelectField, TextField
from adapters.chat.inbound import ButtonPressed, CommandReceived, FormSubmitted, GivenFile
from core.domain.identity import PersonId
from tests.integration.discord.adapter_running import Ear, card, place_of, running
from tests.platforms.discord.interaction import Callback
from tests.platforms.discord.simulator import DiscordSimulator

pytestmark = pytest.mark.discord
ASKING = card(actions=(Action(token="a" * 40, label="Approve", command="approve A1"),))
FORM = Form(token="f" * 40, title="Why?", fields=(TextField(name="reason", label="Reason"),))


async def test_an_answer_that_comes_at_once_is_the_first_thing_its_person_sees() -> None:
    async with DiscordSimulator(pace=20) as discord:
        alice, bob, ear = discord.person("alice"), discord.person("bob"), Ear()
        channel = discord.channel("api")
        async with running(discord, ear, defer_after_s=12.0) as adapter:
            ear.then = lambda said: adapter.whisper(said.place, said.person.id, card("Only you"))
            done = await alice.uses("/orchestrate whoami", {}, channel)
            shown = await alice.sees(lambda seen: "Only you" in seen.words)
    assert done.answer is Callback.MESSAGE
    assert shown.only_for == alice.id
    assert not bob.can_see(shown)


async def test_an_answer_that_takes_longer_takes_the_place_of_the_wheel() -> None:
    async with DiscordSimulator(pace=20) as discord:
        alice, ear = discord.person("alice"), Ear()
        channel = discord.channel("api")
        async with running(discord, ear) as adapter:
            done = await alice.uses("/orchestrate whoami", {}, channel)
            assert done.answer is Callback.DEFERRED_MESSAGE
            assert alice.private()[0].loading
            await adapter.whisper(place_of(channel), PersonId(alice.key), card("At last"))
            await adapter.whisper(place_of(channel), PersonId(alice.key), card("And one more"))
    first, second = alice.private()
    assert ("At last" in first.words, first.loading) == (True, False)
    assert "And one more" in second.words


async def test_the_wheel_goes_when_everybody_sees_the_answer() -> None:
    async with DiscordSimulator(pace=20) as discord:
        alice, channel = discord.person("alice"), discord.channel("api")
        async with running(discord) as adapter:
            await alice.uses("/orchestrate run", {"request": "fix it"}, channel)
            assert alice.private()[0].loading
            await adapter.post(place_of(channel), card(), key="T142:card")
            await discord.until(lambda: not alice.private() or None)


async def test_what_is_shown_alone_stands_where_the_person_is() -> None:
    async with DiscordSimulator(pace=20) as discord:
        alice, channel = discord.person("alice"), discord.channel("api")
        async with running(discord) as adapter:
            await alice.uses("/orchestrate whoami", {}, channel)
            posted = await adapter.post(place_of(channel), card(), key="T142:card")
            thread = alice.starts_thread("T142", discord.world.messages[posted.message])
            await adapter.whisper(place_of(channel, thread.id), PersonId(alice.key), card("It hears you"))
            told = await alice.sees(lambda seen: "It hears you" in seen.words)
            assert told.channel == alice.direct.id, "it is not in sight"
            await alice.uses("/orchestrate whoami", {}, thread)
            await adapter.whisper(place_of(channel, thread.id), PersonId(alice.key), card("In the thread"))
            there = await alice.sees(lambda seen: "In the thread" in seen.words)
    assert (there.channel, there.only_for) == (thread.id, alice.id)


async def test_nobody_is_left_waiting_while_the_program_is_busy() -> None:
    async with DiscordSimulator(pace=20) as discord:
        alice, ear, channel = discord.person("alice"), Ear(hold=asyncio.Event()), discord.channel("api")
        async with running(discord, ear) as adapter:
            posted = await adapter.post(place_of(channel), ASKING, key="T142:card")
            done = await alice.clicks("Approve", discord.world.messages[posted.message])
            assert done.answer is Callback.DEFERRED_UPDATE
            assert ear.hold is not None
            ear.hold.set()
            heard = await ear.hears(ButtonPressed)
            with pytest.raises(FormExpiredError):
                await adapter.ask(heard.trigger, FORM)
    assert discord.unanswered == []


async def test_a_press_is_answered_as_soon_as_its_card_shows_what_came_of_it() -> None:
    async with DiscordSimulator(pace=20) as discord:
        alice, ear, channel = discord.person("alice"), Ear(), discord.channel("api")
        async with running(discord, ear, defer_after_s=12.0) as adapter:
            posted = await adapter.post(place_of(channel), ASKING, key="T142:card")
            ear.then = lambda _: adapter.edit(posted, card("Approved"))
            done = await alice.clicks("Approve", discord.world.messages[posted.message])
    assert done.acked
    assert not done.failed


async def test_who_did_nothing_just_now_is_written_to_alone() -> None:
    async with DiscordSimulator(pace=20) as discord:
        alice, bob, channel = discord.person("alice"), discord.person("bob"), discord.channel("api")
        bob.closes_direct_messages()
        async with running(discord) as adapter:
            await adapter.whisper(place_of(channel), PersonId(alice.key), card("Psst"))
            with pytest.raises(NotReachableError) as caught:
                await adapter.whisper(place_of(channel), PersonId(bob.key), card("Psst"))
    assert "Psst" in discord.messages(alice.direct)[0].words
    assert "direct messages" in caught.value.hint
    assert discord.messages(channel) == []


async def test_once_the_time_of_a_press_is_over_its_person_is_written_to_alone() -> None:
    async with DiscordSimulator(pace=20) as discord:
        alice, ear, channel = discord.person("alice"), Ear(), discord.channel("api")
        async with running(discord, ear) as adapter:
            await alice.uses("/orchestrate whoami", {}, channel)
            await ear.hears(CommandReceived)
            discord.passes(1_000)
            await adapter.whisper(place_of(channel), PersonId(alice.key), card("Late"))
    assert "Late" in discord.messages(alice.direct)[0].words


async def test_who_pressed_elsewhere_is_not_answered_there() -> None:
    async with DiscordSimulator(pace=20) as discord:
        alice, ear, channel = discord.person("alice"), Ear(), discord.channel("api")
        async with running(discord, ear) as adapter:
            await alice.uses("/orchestrate whoami", {}, discord.channel("other"))
            await adapter.whisper(place_of(channel), PersonId(alice.key), card("For api"))
    assert "For api" in discord.messages(alice.direct)[0].words


async def test_a_form_shows_what_is_there_already_and_what_can_be_chosen() -> None:
    many = tuple(Option(label=f"project {n}", value=f"p{n}") for n in range(40))
    form = Form(
        token="f" * 40,
        title="A new task",
        intro="Say what you want.",
        fields=(
            TextField(name="request", label="Request", value="fix it", multiline=True),
            SelectField(name="how", label="How", options=(Option(label="Fast"), Option(label="Well")), value="Well"),
            SelectField(name="project", label="Project", options=many, hint="Where"),
        ),
    )
    async with DiscordSimulator(pace=20) as discord:
        alice, ear = discord.person("alice"), Ear()
        async with running(discord, ear, defer_after_s=12.0) as adapter:
            ear.then = lambda said: adapter.ask(said.trigger, form)
            await alice.uses("/orchestrate new")
            shown = await discord.opens_form(alice)
    intro, request, how, project = shown.modal["components"]
    assert intro["content"] == "Say what you want."
    assert request["component"]["value"] == "fix it"
    assert [each.get("default", False) for each in how["component"]["options"]] == [False, True]
    assert project["component"]["type"] == 4
    assert project["description"].startswith("Where One of: p0, p1")


async def test_pressing_the_same_twice_is_two_presses_and_the_same_press_told_twice_is_answered_once() -> None:
    async with DiscordSimulator(pace=20) as discord:
        alice, ear, channel = discord.person("alice"), Ear(), discord.channel("api")
        async with running(discord, ear) as adapter:
            posted = await adapter.post(place_of(channel), ASKING, key="T142:card")
            message = discord.world.messages[posted.message]
            await alice.clicks("Approve", message)
            discord.gateway.again()
            await alice.clicks("Approve", message)
            await ear.hears(ButtonPressed, lambda _: len(ear.said) == 3)
    assert len({said.event_id for said in ear.said}) == 2
    assert discord.unanswered == []
    answers = [call for call in discord.calls if "callback" in call.method or call.method.startswith("interactions")]
    assert [call.status for call in answers if call.status >= 400] == []


async def test_what_is_posted_meanwhile_closes_nobodys_way_to_a_form() -> None:
    async with DiscordSimulator(pace=20) as discord:
        alice, ear, channel = discord.person("alice"), Ear(), discord.channel("api")
        async with running(discord, ear, defer_after_s=12.0) as adapter:

            async def posts_and_asks(said: CommandReceived) -> None:
                await adapter.post(place_of(channel), card("of somebody else"), key="T9:card")
                await adapter.ask(said.trigger, FORM)

            ear.then = posts_and_asks
            await alice.uses("/orchestrate new", {}, channel)
            assert (await discord.opens_form(alice)).modal["title"] == "Why?"


async def test_a_posted_answer_that_names_what_was_done_ends_the_waiting_at_once() -> None:
    async with DiscordSimulator(pace=20) as discord:
        alice, ear, channel = discord.person("alice"), Ear(), discord.channel("api")
        async with running(discord, ear, defer_after_s=12.0) as adapter:
            ear.then = lambda said: adapter.post(said.place, card(), key=f"event:discord:{said.event_id}")
            done = await alice.uses("/orchestrate status", {}, channel)
            await discord.until(lambda: not alice.private() or None)
    assert done.answer is Callback.DEFERRED_MESSAGE


async def test_nobody_sees_a_failure_when_the_program_is_stopped_right_then() -> None:
    async with DiscordSimulator(pace=20) as discord:
        alice, ear, channel = discord.person("alice"), Ear(), discord.channel("api")
        async with running(discord, ear, defer_after_s=12.0):
            doing = asyncio.create_task(alice.uses("/orchestrate status", {}, channel))
            await ear.hears(CommandReceived)
        done = await doing
    assert done.acked


async def test_files_of_a_form_are_told_by_name_and_size_and_fetched_when_wanted() -> None:
    form = Form(
        token="f" * 40,
        title="A new task",
        fields=(TextField(name="request", label="Request"),),
        files=FileField(name="files", label="Files", hint="Logs"),
    )
    async with DiscordSimulator(pace=20) as discord:
        alice, ear = discord.person("alice"), Ear()
        async with running(discord, ear, defer_after_s=12.0) as adapter:

            async def answers(said: CommandReceived | FormSubmitted) -> None:
                if isinstance(said, CommandReceived):
                    await adapter.ask(said.trigger, form)
                else:
                    await adapter.whisper(said.place, said.person.id, card("Noted"))

            ear.then = answers
            await alice.uses("/orchestrate new")
            shown = await discord.opens_form(alice)
            await alice.submits({"Request": "fix it", "Files": [("a.log", b"first"), ("b.log", b"second")]})
            heard = await ear.hears(FormSubmitted)
            first, second = [await adapter.fetch(each, most_bytes=6) for each in heard.files]
            with pytest.raises(RejectedError):
                await adapter.fetch(heard.files[1], most_bytes=5)
            gone = GivenFile(name="c.log", size_bytes=1, source=f"{discord.url}/attachments/1/2/c.log")
            with pytest.raises(MessageGoneError):
                await adapter.fetch(gone, most_bytes=5)
            with pytest.raises(ChatUnavailableError):
                await adapter.fetch(replace(gone, source="http://127.0.0.1:1/c.log"), most_bytes=5)
    assert shown.modal["components"][1]["component"] == {
        "type": 19,
        "custom_id": "files",
        "min_values": 0,
        "max_values": 3,
        "required": False,
    }
    assert (heard.values, first, second) == ({"request": "fix it"}, b"first", b"second")
    assert [(each.name, each.size_bytes) for each in heard.files] == [("a.log", 5), ("b.log", 6)]
