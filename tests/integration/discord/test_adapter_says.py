"""What the program says in Discord stands there once, where it belongs; every failure is one of the port's errors."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from adapters.chat.card import Code, Markdown, StepList, StepRow, Tone
from adapters.chat.errors import (
    ChatUnavailableError,
    MessageGoneError,
    NotReachableError,
    OutcomeUnknownError,
    RateLimitedError,
    RejectedError,
)
from adapters.chat.file import File
from adapters.chat.keyvalue import MemoryValues
from core.domain.identity import PersonId
from core.domain.task import StepState
from tests.integration.discord.adapter_running import card, place_of, remembered, running
from tests.platforms.discord.permissions import May
from tests.platforms.discord.simulator import DiscordSimulator

pytestmark = pytest.mark.discord
STEPS = StepList(rows=(StepRow(name="build", role="builder", state=StepState.RUNNING),))
LIVE = card(sections=(STEPS,), tone=Tone.WORKING)


async def test_a_task_has_a_thread_named_after_it_that_says_how_it_ended() -> None:
    async with DiscordSimulator(pace=20) as discord, running(discord) as adapter:
        channel = discord.channel("api")
        posted = await adapter.post(place_of(channel), LIVE, key="T142:card")
        inside = await adapter.post(posted.thread, card(key="A17"), key="A17:card")
        (thread,) = discord.threads(channel)
        assert (thread.id, thread.name) == (posted.message, "T142 Fix the discount")
        assert inside.thread == posted.thread == place_of(channel, thread.id)
        assert inside.url == f"https://discord.com/channels/{channel.guild}/{thread.id}/{inside.message}"
        for _ in range(2):
            await adapter.edit(posted, card(sections=(STEPS,), tone=Tone.GOOD))
        assert thread.name == "✓ T142 Fix the discount"
    assert len(discord.called("channels.edit")) == 1


async def test_a_name_that_could_not_be_changed_just_now_is_changed_with_the_next_edit() -> None:
    async with DiscordSimulator(pace=20) as discord, running(discord) as adapter:
        channel = discord.channel("api")
        posted = await adapter.post(place_of(channel), LIVE, key="T142:card")
        discord.faults.rate_limit("channels.edit", retry_after_s=0.01)
        names: list[str] = []
        for _ in range(2):
            await adapter.edit(posted, card(sections=(STEPS,), tone=Tone.GOOD))
            names.append(discord.threads(channel)[0].name)
    assert names == ["T142 Fix the discount", "✓ T142 Fix the discount"]


async def test_the_thread_of_a_failed_task_that_is_tried_again_loses_its_sign_once_the_next_one_has_room() -> None:
    now = [datetime(2026, 1, 1, tzinfo=UTC)]
    kept = MemoryValues(clock=lambda: now[0])
    async with DiscordSimulator(pace=20) as discord, running(discord, kept=kept) as adapter:
        posted = await adapter.post(place_of(discord.channel("api")), LIVE, key="T142:card")
        names: list[str] = []
        for tone, later_s in ((Tone.BAD, 0), (Tone.WORKING, 0), (Tone.WORKING, 601), (Tone.WAITING, 0), (Tone.GOOD, 0)):
            now[0] += timedelta(seconds=later_s)
            discord.passes(later_s)
            await adapter.edit(posted, card(sections=(STEPS,), tone=tone))
            names.append(discord.threads(discord.channel("api"))[0].name.partition(" T")[0])
    assert names == ["✗", "✗", "T142 Fix the discount", "T142 Fix the discount", "✓"]
    assert len(discord.called("channels.edit")) == 3


async def test_an_answer_of_a_few_words_opens_no_thread_until_something_is_said_in_it() -> None:
    async with DiscordSimulator(pace=20) as discord:
        channel, kept = discord.channel("api"), remembered()
        async with running(discord, kept=kept) as adapter:
            posted = await adapter.post(place_of(channel), card(), key="note")
            assert discord.threads(channel) == []
        async with running(discord, kept=kept) as adapter:
            await adapter.post(posted.thread, card(key="A17"), key="A17:card")
        assert [each.name for each in discord.threads(channel)] == ["T142 Fix the discount"]


async def test_a_thread_somebody_opened_before_us_is_used() -> None:
    async with DiscordSimulator(pace=20) as discord, running(discord) as adapter:
        channel, alice = discord.channel("api"), discord.person("alice")
        posted = await adapter.post(place_of(channel), card(), key="note")
        alice.starts_thread("my name for it", discord.world.messages[posted.message])
        inside = await adapter.post(posted.thread, card(key="A17"), key="A17:card")
        assert [each.name for each in discord.threads(channel)] == ["my name for it"]
    assert discord.world.messages[inside.message].channel == posted.message


async def test_a_task_begun_in_somebodys_thread_leaves_its_name_alone() -> None:
    async with DiscordSimulator(pace=20) as discord, running(discord) as adapter:
        channel, alice = discord.channel("api"), discord.person("alice")
        message = await alice.says("we should fix this", channel)
        thread = alice.starts_thread("A plan", message)
        posted = await adapter.post(place_of(channel, thread.id), LIVE, key="T142:card")
        await adapter.edit(posted, card(sections=(STEPS,), tone=Tone.GOOD))
    assert posted.thread == place_of(channel, thread.id)
    assert thread.name == "A plan"


async def test_an_archived_thread_is_opened_again_for_what_is_to_be_said_or_changed() -> None:
    async with DiscordSimulator(pace=20) as discord, running(discord) as adapter:
        channel = discord.channel("api")
        posted = await adapter.post(place_of(channel), LIVE, key="T142:card")
        inside = await adapter.post(posted.thread, card(key="A17"), key="A17:card")
        thread = discord.world.channels[posted.message]
        thread.archived = True
        await adapter.edit(inside, card("changed", key="A17"))
        assert "changed" in discord.world.messages[inside.message].words
        thread.archived = True
        await adapter.post(posted.thread, card("later", key="A18"), key="A18:card")
        assert not thread.archived


async def test_in_a_forum_a_task_is_a_post_with_a_tag_that_says_how_it_stands() -> None:
    async with DiscordSimulator(pace=20) as discord, running(discord) as adapter:
        forum = discord.forum("tasks", tags=("Working", "Done"))
        posted = await adapter.post(place_of(forum), LIVE, key="T142:card")
        inside = await adapter.post(posted.thread, card(key="A17"), key="A17:card")
        (thread,) = discord.threads(forum)
        await adapter.edit(posted, card(sections=(STEPS,), tone=Tone.GOOD))
        names = {tag["id"]: tag["name"] for tag in forum.available_tags}
        assert [names[tag] for tag in thread.tags] == ["Done"]
        assert thread.name == "✓ T142 Fix the discount"
        assert posted.thread == inside.thread == place_of(forum, thread.id)
        assert [each.id for each in discord.messages(thread)] == [posted.message, inside.message]


async def test_only_who_is_meant_is_called_whatever_agents_write() -> None:
    async with DiscordSimulator(pace=20) as discord, running(discord) as adapter:
        alice, bob, channel = discord.person("alice"), discord.person("bob"), discord.channel("api")
        said = Markdown(text=f"<@{bob.id}> @everyone [free money](https://evil.example) <@&{discord.guild().id}>")
        posted = await adapter.post(
            place_of(channel), card(sections=(said,), mentions=(PersonId(alice.key),)), key="T142:card"
        )
        message = discord.world.messages[posted.message]
    assert message.pings == [alice.id]
    assert "https://evil.example" in message.words


async def test_a_retried_post_is_one_post_also_long_afterwards() -> None:
    async with DiscordSimulator(pace=20) as discord:
        channel = discord.channel("api")
        async with running(discord) as adapter:
            posted = await adapter.post(place_of(channel), card(), key="T142:card")
            assert (await adapter.post(place_of(channel), card(), key="T142:card")).message == posted.message
            for number in range(120):
                await discord.person("alice").says(f"line {number}", channel)
        discord.passes(3_600)
        async with running(discord) as adapter:
            again = await adapter.post(place_of(channel), card("otherwise"), key="T142:card", again=True)
    assert again == posted


async def test_a_card_whose_answer_was_lost_is_found_and_has_its_thread_all_the_same() -> None:
    async with DiscordSimulator(pace=20) as discord, running(discord) as adapter:
        channel = discord.channel("api")
        discord.faults.reset("messages.post", after=True)
        with pytest.raises(OutcomeUnknownError):
            await adapter.post(place_of(channel), LIVE, key="T142:card")
        found = await adapter.post(place_of(channel), LIVE, key="T142:card", again=True)
        (thread,) = discord.threads(channel)
    assert (thread.id, thread.name) == (found.message, "T142 Fix the discount")


async def test_a_picture_is_shown_with_its_description_and_once() -> None:
    picture = File(name="costs.png", data=b"\x89PNG...", title="Costs of T142", alt="A bar for each agent")
    async with DiscordSimulator(pace=20) as discord, running(discord) as adapter:
        channel = discord.channel("api")
        posted = await adapter.upload(place_of(channel), picture, key="T142:chart")
        assert await adapter.upload(place_of(channel), picture, key="T142:chart", again=True) == posted
        message = discord.world.messages[posted.message]
    assert "Costs of T142" in message.words
    assert message.files == ["costs.png"]


async def test_a_place_that_is_closed_says_what_to_do() -> None:
    async with DiscordSimulator(pace=20) as discord, running(discord) as adapter:
        channel = discord.channel("api")
        discord.denies(channel, May.SEND_MESSAGES)
        with pytest.raises(NotReachableError) as caught:
            await adapter.post(place_of(channel), card(), key="T142:card")
        assert "permissions" in caught.value.hint
        discord.removes(channel)
        with pytest.raises(NotReachableError):
            await adapter.post(place_of(channel), card(), key="T142:card")


async def test_a_thread_that_was_deleted_is_gone() -> None:
    async with DiscordSimulator(pace=20) as discord, running(discord) as adapter:
        channel = discord.channel("api")
        posted = await adapter.post(place_of(channel), LIVE, key="T142:card")
        inside = await adapter.post(posted.thread, card(key="A17"), key="A17:card")
        discord.removes(discord.world.channels[posted.message])
        with pytest.raises(MessageGoneError):
            await adapter.edit(inside, card("changed", key="A17"))


async def test_too_much_is_known_before_discord_has_to_say_so() -> None:
    async with DiscordSimulator() as discord, running(discord) as adapter:
        channel = discord.channel("api")
        with pytest.raises(RateLimitedError) as caught:
            for number in range(50):
                await adapter.post(place_of(channel), card(), key=f"T{number}:card")
        assert 0 < caught.value.retry_after_s <= 10
    assert [call for call in discord.calls if call.status == 429] == []


async def test_too_much_everywhere_stops_everything_but_answers_to_people() -> None:
    async with DiscordSimulator(pace=20) as discord, running(discord) as adapter:
        channel, alice = discord.channel("api"), discord.person("alice")
        discord.faults.rate_limit("messages.post", retry_after_s=30, everything=True)
        with pytest.raises(RateLimitedError) as caught:
            await adapter.post(place_of(channel), card(), key="T142:card")
        assert caught.value.everywhere
        before = len(discord.calls)
        with pytest.raises(RateLimitedError):
            await adapter.post(place_of(discord.channel("other")), card(), key="T143:card")
        assert len(discord.calls) == before
        await alice.uses("/orchestrate whoami", {}, channel)
    assert discord.unanswered == []


async def test_a_call_without_an_answer_ends_and_its_outcome_is_unknown() -> None:
    async with DiscordSimulator(pace=20) as discord, running(discord, call_timeout_s=5.0) as adapter:
        channel = discord.channel("api")
        discord.faults.hold("messages.post", after=True)
        with pytest.raises(OutcomeUnknownError):
            await adapter.post(place_of(channel), card(), key="T142:card")
        discord.faults.clear()
        await adapter.post(place_of(channel), card(), key="T142:card", again=True)
    assert len(discord.messages(channel)) == 1


async def test_an_edit_without_an_answer_may_be_made_again() -> None:
    async with DiscordSimulator(pace=20) as discord, running(discord) as adapter:
        posted = await adapter.post(place_of(discord.channel("api")), card(), key="T142:card")
        discord.faults.reset("messages.edit", after=True)
        with pytest.raises(ChatUnavailableError):
            await adapter.edit(posted, card("two"))
        await adapter.edit(posted, card("two"))


async def test_nothing_is_asked_that_discord_cannot_do() -> None:
    async with DiscordSimulator(pace=20) as discord, running(discord) as adapter:
        assert not adapter.capabilities.home
        assert not adapter.capabilities.status
        with pytest.raises(RejectedError):
            await adapter.show_home(PersonId("discord:1"), ())
        with pytest.raises(RejectedError):
            await adapter.set_status(place_of(discord.channel("api")), "works")


async def test_names_are_those_people_see_and_ids_where_there_are_none() -> None:
    async with DiscordSimulator(pace=20) as discord, running(discord) as adapter:
        alice, channel = discord.person("alice"), discord.channel("api")
        assert await adapter.name_of(PersonId(alice.key)) == "Alice"
        assert await adapter.name_of(PersonId("discord:123456789")) == "123456789"
        assert await adapter.name_of(PersonId("slack:T1/U1")) == "slack:T1/U1"
        assert await adapter.channel_name(place_of(channel, "77")) == "#api"


async def test_before_and_after_it_runs_a_call_is_made_all_the_same() -> None:
    async with DiscordSimulator(pace=20) as discord:
        channel = discord.channel("api")
        async with running(discord) as adapter:
            pass
        await adapter.post(place_of(channel), card(), key="T142:card")
        assert len(discord.messages(channel)) == 1


async def test_a_long_answer_goes_on_in_further_messages_with_no_code_cut_open() -> None:
    async with DiscordSimulator(pace=20) as discord, running(discord) as adapter:
        channel = discord.channel("api")
        async with asyncio.timeout(60), adapter.stream(place_of(channel), PersonId("discord:1"), key="log") as stream:
            await stream.write("```\n" + "\n".join(f"line {number} of the log" for number in range(600)) + "\n```\n")
        shown = discord.messages(channel)
    assert len(shown) > 1
    text = "\n".join(each.words for each in shown)
    assert all(f"line {number} of" in text for number in (0, 299, 599))
    assert all(each.words.count("```") == 2 for each in shown)


async def test_what_a_card_has_no_room_for_stands_behind_it_as_a_file_once() -> None:
    long = card(sections=(Code(text="\n".join(f"+ line {n}" for n in range(200)), language="diff"),), key="A17")
    async with DiscordSimulator(pace=20) as discord, running(discord) as adapter:
        channel = discord.channel("api")
        root = await adapter.post(place_of(channel), LIVE, key="T142:card")
        for again in (False, True):
            await adapter.post(root.thread, long, key="A17:card", again=again)
        shown = [each for each in discord.messages() if each.channel == root.message]
        direct = await adapter.direct(PersonId(discord.person("alice").key), long, key="A17:direct")
    assert [each.files for each in shown] == [[], ["A17.diff"]]
    assert b"line 199" in shown[1].attachments[0].data
    assert len([each for each in discord.messages() if each.channel == direct.place.channel[1:]]) == 2
