"""What people do in Discord is heard as it was meant, from where it was done, with who they are."""

import asyncio

import pytest

from adapters.chat.card import Action, ActionStyle, StepList, StepRow
from adapters.chat.form import Form, TextField
from adapters.chat.inbound import ButtonPressed, CommandReceived, FormSubmitted, MessagePicked, MessageReceived
from adapters.chat.suggestion import Suggestion
from core.domain.identity import Person, PersonId, Place
from core.domain.task import StepState
from tests.integration.discord.adapter_running import Ear, card, place_of, remembered, running
from tests.platforms.discord.simulator import DiscordSimulator

pytestmark = pytest.mark.discord


@pytest.mark.parametrize(
    ("line", "values", "verb", "text"),
    [
        ("run", {"request": "fix issue #123", "project": "web", "budget": "5"}, "submit",
         "--project web --budget 5 -- fix issue #123"),
        ("approve", {"approval": "A17", "always": True, "words": "fine"}, "approve", "A17 --always -- fine"),
        ("cancel", {"task": "T12", "reason": "wrong branch"}, "cancel", "T12 wrong branch"),
        ("tasks", {"state": "failed"}, "tasks", "failed"),
        ("costs", {}, "costs", ""),
        ("say", {"text": "compare T1 T2"}, "", "compare T1 T2"),
    ],
)  # fmt: skip
async def test_a_command_with_options_says_what_it_says_in_every_chat(
    line: str, values: dict[str, object], verb: str, text: str
) -> None:
    async with DiscordSimulator(pace=20) as discord:
        alice, ear = discord.person("alice"), Ear()
        channel = discord.channel("api")
        async with running(discord, ear):
            await alice.uses(f"/orchestrate {line}", values, channel)
            heard = await ear.hears(CommandReceived)
    assert (heard.verb, heard.text) == (verb, text)
    assert (heard.person.id, heard.place) == (alice.key, place_of(channel))
    assert discord.unanswered == []


async def test_a_mention_of_the_role_discord_made_for_the_bot_is_meant_for_it() -> None:
    async with DiscordSimulator(pace=20) as discord:
        alice, ear, channel = discord.person("alice"), Ear(), discord.channel("api")
        role = discord.role("orchestrator")
        async with running(discord, ear):
            await alice.says(f"<@&{role.id}> what about <@{alice.id}> in <#{channel.id}>?", channel)
            heard = await ear.hears(MessageReceived)
    assert (heard.text, heard.mentions_us) == ("what about @Alice in #api?", True)


async def test_chatter_in_a_channel_is_not_heard() -> None:
    async with DiscordSimulator(pace=20) as discord:
        alice, ear, channel = discord.person("alice"), Ear(), discord.channel("api")
        async with running(discord, ear):
            await alice.says("lunch?", channel)
            await alice.writes("hello")
            await ear.hears(MessageReceived)
    assert len(ear.said) == 1


async def test_roles_say_what_people_belong_to_also_where_there_are_none() -> None:
    async with DiscordSimulator(pace=20) as discord:
        alice, ear, guild = discord.person("alice"), Ear(), discord.guild()
        role = discord.role("devs")
        alice.gets(role)
        expected = (f"discord:{guild.id}/role:{role.id}",)
        async with running(discord, ear):
            await alice.mentions("hello", discord.channel("api"))
            assert (await ear.hears(MessageReceived)).person.groups == expected
            await alice.uses("/orchestrate whoami")
            assert (await ear.hears(CommandReceived)).person.groups == expected
            await alice.writes("and here?")
            assert (await ear.hears(MessageReceived, lambda said: said.direct)).person.groups == expected


async def test_somebody_from_another_server_brings_the_roles_of_all_of_them() -> None:
    async with DiscordSimulator(pace=20) as discord:
        alice, ear, kept = discord.person("alice"), Ear(), remembered()
        first, second = discord.guild("first"), discord.guild("second")
        role = discord.role("devs", guild=first)
        alice.gets(role, first)
        async with running(discord, ear, kept=kept):
            await alice.mentions("here", discord.channel("api", guild=first))
            await ear.hears(MessageReceived)
        async with running(discord, ear, kept=kept):
            await alice.mentions("there", discord.channel("ops", guild=second))
            heard = await ear.hears(MessageReceived, lambda said: said.text == "there")
    assert heard.person.groups == (f"discord:{first.id}/role:{role.id}",)
    assert heard.place.space == second.id


async def test_a_picked_message_is_a_request_in_the_thread_that_would_grow_from_it() -> None:
    async with DiscordSimulator(pace=20) as discord:
        alice, bob, ear = discord.person("alice"), discord.person("bob"), Ear()
        channel = discord.channel("api")
        async with running(discord, ear):
            message = await bob.says("the total is **wrong** for <:euro:123456>", channel)
            await alice.uses_message_command("Orchestrate this", message)
            heard = await ear.hears(MessagePicked)
    assert (heard.text, heard.author, heard.person.id) == ("the total is **wrong** for :euro:", "Bob", alice.key)
    assert heard.place == place_of(channel, message.id)


async def test_an_answer_to_the_card_of_a_task_in_its_channel_is_heard_in_its_thread() -> None:
    steps = StepList(rows=(StepRow(name="build", role="builder", state=StepState.RUNNING),))
    async with DiscordSimulator(pace=20) as discord:
        alice, ear, channel = discord.person("alice"), Ear(), discord.channel("api")
        async with running(discord, ear) as adapter:
            posted = await adapter.post(place_of(channel), card(sections=(steps,)), key="T142:card")
            await alice.replies("use tabs", discord.world.messages[posted.message])
            heard = await ear.hears(MessageReceived)
    assert heard.place == posted.thread
    assert [thread.name for thread in discord.threads(channel)] == ["T142 Fix the discount"]


async def test_an_answer_among_two_belongs_to_what_it_answers_also_after_a_restart() -> None:
    async with DiscordSimulator(pace=20) as discord:
        alice, ear, kept = discord.person("alice"), Ear(), remembered()
        async with running(discord, ear, kept=kept) as adapter:
            first = await adapter.direct(PersonId(alice.key), card(), key="T142:card")
            second = await adapter.post(first.thread, card("more", key="A17"), key="A17:card")
        async with running(discord, ear, kept=kept):
            await alice.replies("yes", discord.world.messages[second.message])
            heard = await ear.hears(MessageReceived)
            await alice.writes("something else")
            other = await ear.hears(MessageReceived, lambda said: said.text == "something else")
    assert first.place.channel.startswith("D")
    assert heard.place == first.thread == second.thread
    assert other.place == first.place
    assert discord.world.messages[second.message].reference is not None


async def test_what_is_typed_is_met_with_suggestions_of_its_kind() -> None:
    asked: list[tuple[str, str, str, str]] = []

    async def suggest(kind: str, typed: str, person: Person, place: Place) -> list[Suggestion]:
        asked.append((kind, typed, person.id, place.channel))
        return [Suggestion(value=f"T{n}", label=f"T{n} · Fix {n}") for n in range(40)]

    async with DiscordSimulator(pace=20) as discord:
        alice, channel = discord.person("alice"), discord.channel("api")
        async with running(discord, suggest=suggest):
            shown = await alice.autocompletes("/orchestrate cancel", "task", "T1", where=channel)
    assert shown[:2] == ["T0 · Fix 0", "T1 · Fix 1"]
    assert len(shown) == 25
    assert asked == [("task", "T1", alice.key, channel.id)]


async def test_suggestions_that_take_too_long_are_none() -> None:
    async def never(kind: str, typed: str, person: Person, place: Place) -> list[Suggestion]:
        await asyncio.Event().wait()
        return []

    async with DiscordSimulator(pace=20) as discord:
        alice = discord.person("alice")
        async with running(discord, suggest=never, suggest_within_s=0.1):
            assert await alice.autocompletes("/orchestrate cancel", "task", "T1") == []


async def test_one_of_a_menu_comes_as_its_token() -> None:
    actions = (
        Action(token="a" * 40, label="Pause", command="pause T1"),
        Action(token="b" * 40, label="Logs", command="logs T1", minor=True),
        Action(token="c" * 40, label="Diff", command="diff T1", minor=True),
    )
    async with DiscordSimulator(pace=20) as discord:
        alice, ear, channel = discord.person("alice"), Ear(), discord.channel("api")
        async with running(discord, ear) as adapter:
            posted = await adapter.post(place_of(channel), card(actions=actions), key="T1:card")
            await alice.selects("Diff", discord.world.messages[posted.message])
            heard = await ear.hears(ButtonPressed)
    assert (heard.token, heard.message) == ("c" * 40, posted.message)


async def test_a_dangerous_button_asks_back_and_only_a_yes_is_heard() -> None:
    actions = (Action(token="s" * 40, label="Stop", style=ActionStyle.DANGER, command="cancel T1"),)
    async with DiscordSimulator(pace=20) as discord:
        alice, ear, channel = discord.person("alice"), Ear(), discord.channel("api")
        async with running(discord, ear) as adapter:
            posted = await adapter.post(place_of(channel), card(actions=actions), key="T1:card")
            message = discord.world.messages[posted.message]
            await alice.clicks("Stop", message)
            question = await alice.sees(lambda seen: "Stop?" in seen.words)
            assert "T142 Fix the discount" in question.words
            await alice.clicks("Not now", question)
            assert question.labels == []
            assert ear.said == []
            await alice.clicks("Stop", message)
            question = await alice.sees(lambda seen: "Stop?" in seen.words)
            await alice.clicks("Stop", question)
            heard = await ear.hears(ButtonPressed)
    assert heard.token == "s" * 40
    assert question.labels == []
    assert len(ear.said) == 1


async def test_a_form_comes_back_by_the_names_of_its_fields_from_where_it_was_opened() -> None:
    form = Form(token="f" * 40, title="Why?", fields=(TextField(name="reason", label="Reason"),))
    async with DiscordSimulator(pace=20) as discord:
        alice, ear, channel = discord.person("alice"), Ear(), discord.channel("api")
        async with running(discord, ear, defer_after_s=12.0) as adapter:

            async def asks(inbound: object) -> None:
                if isinstance(inbound, CommandReceived):
                    await adapter.ask(inbound.trigger, form)
                if isinstance(inbound, FormSubmitted):
                    await adapter.whisper(inbound.place, inbound.person.id, card("Noted"))

            ear.then = asks
            await alice.uses("/orchestrate new", {}, channel)
            await alice.submits({"reason": "because"})
            heard = await ear.hears(FormSubmitted)
    assert (heard.values, heard.place) == ({"reason": "because"}, place_of(channel))
    assert discord.unanswered == []
