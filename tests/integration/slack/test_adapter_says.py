"""What the program says in Slack stands there once, where it belongs, and every failure is one of the port's errors."""

import asyncio

import pytest

from adapters.chat.errors import (
    ChatUnavailableError,
    FormExpiredError,
    MessageGoneError,
    NotReachableError,
    OutcomeUnknownError,
    RateLimitedError,
)
from adapters.chat.file import File
from adapters.chat.form import Form, TextField
from adapters.chat.inbound import ButtonPressed
from adapters.chat.port import Posted
from adapters.slack.ids import person_id
from adapters.slack.ids import place as slack_place
from core.domain.identity import PersonId
from tests.integration.slack.adapter_running import Ear, card, place_of, running
from tests.platforms.slack.simulator import SlackSimulator
from tests.platforms.slack.workspace import TEAM
from tests.support.chat_words import ASKING

pytestmark = pytest.mark.slack
FORM = Form(token="form-1", title="Deny", fields=(TextField(name="reason", label="Why?"),))


async def test_a_card_opens_a_thread_and_says_where_it_can_be_opened():
    async with SlackSimulator() as slack, running(slack) as adapter:
        channel = slack.channel("general")
        posted = await adapter.post(place_of(channel), card(), key="T142:card")
        inside = await adapter.post(posted.thread, card(key="A17"), key="A17:card")

        assert posted.thread == place_of(channel, posted.message)
        assert inside.thread == posted.thread
        digits = inside.message.replace(".", "")
        assert posted.url.endswith(f"/archives/{channel.id}/p{posted.message.replace('.', '')}")
        assert inside.url.endswith(f"/p{digits}?thread_ts={posted.message}&cid={channel.id}")
        root = await slack.shows(lambda message: message.ts == posted.message)
        assert [message.ts for message in slack.messages(root)] == [posted.message, inside.message]
        assert not root.unfurls


async def test_an_edit_takes_the_place_of_what_was_there_also_when_it_looks_the_same():
    async with SlackSimulator() as slack, running(slack) as adapter:
        posted = await adapter.post(place_of(slack.channel("general")), card("one"), key="T142:card")
        await adapter.edit(posted, card("two"))
        await adapter.edit(posted, card("two"))

        message = await slack.shows(lambda message: "two" in message.words)
        assert message.metadata is not None


async def test_a_message_that_was_deleted_is_gone():
    async with SlackSimulator() as slack, running(slack) as adapter:
        posted = await adapter.post(place_of(slack.channel("general")), card(), key="T142:card")
        slack.workspace.messages[posted.place.channel, posted.message].deleted = True

        with pytest.raises(MessageGoneError):
            await adapter.edit(posted, card("two"))
        with pytest.raises(MessageGoneError):
            await adapter.post(posted.thread, card(key="A17"), key="A17:card")


async def test_what_slack_puts_into_the_channel_because_its_thread_is_gone_is_known_to_stand_there():
    async with SlackSimulator(loose_threads=True) as slack, running(slack) as adapter:
        channel = slack.channel("general")
        root = await adapter.post(place_of(channel), card(), key="T142:card")
        slack.workspace.messages[channel.id, root.message].deleted = True
        slack.faults.reset("chat.postMessage", after=True)
        with pytest.raises(OutcomeUnknownError):
            await adapter.post(root.thread, card(key="A17"), key="A17:card")

        found = await adapter.post(root.thread, card(key="A17"), key="A17:card", again=True)
        posted = await adapter.post(root.thread, card(key="A18"), key="A18:card")
        assert len(slack.messages(channel)) == 2
        assert (found.place, posted.place) == (place_of(channel), place_of(channel))
        assert posted.thread == place_of(channel, posted.message)


@pytest.mark.parametrize("thread", [True, False])
@pytest.mark.parametrize("fault", ["reset", "500", "timeout"])
async def test_a_post_that_came_through_without_an_answer_is_found_again(thread, fault):
    within_s = 5.0 if fault == "timeout" else 30.0
    async with SlackSimulator() as slack, running(slack, call_timeout_s=within_s) as adapter:
        channel = slack.channel("general")
        root = await adapter.post(place_of(channel), card(), key="T142:card")
        where = root.thread if thread else place_of(channel)
        match fault:
            case "reset":
                slack.faults.reset("chat.postMessage", after=True)
            case "500":
                slack.faults.server_error("chat.postMessage", after=True)
            case _:
                slack.faults.hold("chat.postMessage", after=True)
        with pytest.raises(OutcomeUnknownError):
            await adapter.post(where, card(key="A17"), key="A17:card")

        again = await adapter.post(where, card(key="A17"), key="A17:card", again=True)
        assert len(slack.messages(channel)) == 2
        assert again.message == slack.messages(channel)[-1].ts
        assert again.thread == (root.thread if thread else place_of(channel, again.message))


async def test_a_post_that_did_not_come_through_is_posted_by_the_second_attempt():
    async with SlackSimulator() as slack, running(slack) as adapter:
        channel = slack.channel("general")
        slack.faults.reset("chat.postMessage")
        with pytest.raises(OutcomeUnknownError):
            await adapter.post(place_of(channel), card(), key="T142:card")
        await adapter.post(place_of(channel), card(), key="T142:card", again=True)

        assert len(slack.messages(channel)) == 1


@pytest.mark.parametrize("thread", [True, False])
async def test_in_a_long_conversation_a_message_is_found_again_too(thread):
    async with SlackSimulator(pace=1000) as slack, running(slack) as adapter:
        channel = slack.channel("general")
        root = await adapter.post(place_of(channel), card(), key="T142:card")
        where = root.thread if thread else root.place
        keys = [f"event:{number}" for number in range(230)]
        posted = [await adapter.post(where, card(), key=key) for key in keys]

        assert await adapter.post(where, card(), key=keys[-1], again=True) == posted[-1]
        assert await adapter.post(where, card(), key=keys[0], again=True) == posted[0]
        assert len(slack.messages(channel)) == len(keys) + 1


async def test_an_edit_without_an_answer_counts_as_not_done():
    async with SlackSimulator() as slack, running(slack) as adapter:
        posted = await adapter.post(place_of(slack.channel("general")), card(), key="T142:card")
        slack.faults.reset("chat.update", after=True)

        with pytest.raises(ChatUnavailableError):
            await adapter.edit(posted, card("two"))


async def test_a_rate_limit_says_how_long_and_where():
    async with SlackSimulator() as slack, running(slack) as adapter:
        posted = await adapter.post(place_of(slack.channel("general")), card(), key="T142:card")
        slack.faults.rate_limit("chat.postMessage", retry_after_s=7)
        slack.faults.rate_limit("chat.update", retry_after_s=3)

        with pytest.raises(RateLimitedError) as post:
            await adapter.post(posted.thread, card(), key="x")
        with pytest.raises(RateLimitedError) as edit:
            await adapter.edit(posted, card("two"))
        assert (post.value.retry_after_s, post.value.everywhere) == (7.0, False)
        assert (edit.value.retry_after_s, edit.value.everywhere) == (3.0, True)


async def test_nothing_is_retried_by_the_library():
    async with SlackSimulator() as slack, running(slack) as adapter:
        slack.faults.rate_limit("chat.postMessage")
        with pytest.raises(RateLimitedError):
            await adapter.post(place_of(slack.channel("general")), card(), key="x")

        assert sum(call.method == "chat.postMessage" for call in slack.calls) == 1


async def test_a_channel_without_us_is_not_reachable_and_says_what_to_do():
    async with SlackSimulator() as slack, running(slack) as adapter:
        with pytest.raises(NotReachableError) as refused:
            await adapter.post(place_of(slack.channel("secret", with_app=False)), card(), key="x")

        assert "/invite" in refused.value.hint


async def test_a_direct_message_reaches_the_person_and_the_conversation_is_opened_once():
    async with SlackSimulator() as slack, running(slack) as adapter:
        alice = slack.person("alice")
        first = await adapter.direct(PersonId(alice.key), card(), key="T142:direct:1:alice")
        second = await adapter.direct(PersonId(alice.key), card(), key="T142:direct:1:alice", again=True)

        assert first == second
        assert [message.ts for message in slack.messages(alice.direct)] == [first.message]
        assert sum(call.method == "conversations.open" for call in slack.calls) == 1


async def test_a_conversation_that_is_not_there_any_more_is_opened_again():
    async with SlackSimulator() as slack, running(slack) as adapter:
        alice = slack.person("alice")
        await adapter.direct(PersonId(alice.key), card(), key="one")
        slack.faults.error("chat.postMessage", "channel_not_found")
        with pytest.raises(NotReachableError):
            await adapter.direct(PersonId(alice.key), card(), key="two")
        await adapter.direct(PersonId(alice.key), card(), key="two")

        assert sum(call.method == "conversations.open" for call in slack.calls) == 2


@pytest.mark.parametrize("person", [person_id(TEAM, "U404"), PersonId("telegram:7"), PersonId("console:alice")])
async def test_somebody_who_is_not_there_cannot_be_written_to(person):
    async with SlackSimulator() as slack, running(slack) as adapter:
        with pytest.raises(NotReachableError):
            await adapter.direct(person, card(), key="x")


async def test_a_whisper_is_seen_by_one_person_in_the_channel():
    async with SlackSimulator() as slack, running(slack) as adapter:
        channel, alice = slack.channel("general"), slack.person("alice")
        await adapter.whisper(place_of(channel), PersonId(alice.key), card("Only you"))

        message = await slack.shows(lambda message: "Only you" in message.words)
        assert (message.only_for, message.channel) == (alice.id, channel.id)


async def test_a_whisper_can_be_changed_once_something_on_it_was_pressed():
    ear = Ear()
    async with SlackSimulator() as slack, running(slack, ear) as adapter:
        channel, alice = slack.channel("general"), slack.person("alice")
        await adapter.whisper(place_of(channel), PersonId(alice.key), ASKING)
        message = await slack.shows(lambda message: bool(message.only_for))
        await alice.clicks(ASKING.actions[0].label, message)
        pressed = await ear.hears(ButtonPressed)

        await adapter.edit(Posted(place=pressed.place, message=pressed.message, thread=pressed.place), card("Decided"))
        [shown] = [each for each in slack.messages(channel) if each.only_for]
        assert "Decided" in shown.words
        assert ASKING.actions[0].label not in shown.words


async def test_what_cannot_be_whispered_is_written_to_the_person_alone():
    async with SlackSimulator() as slack, running(slack) as adapter:
        channel, alice = slack.channel("general"), slack.person("alice")
        channel.members.discard(alice.id)
        await adapter.whisper(place_of(channel), PersonId(alice.key), card("Not in there"))
        await adapter.whisper(slack_place(TEAM), PersonId(alice.key), card("From our page"))
        await adapter.whisper(slack_place(TEAM, "D404"), PersonId(alice.key), card("Between two others"))
        await adapter.whisper(place_of(alice.direct), PersonId(alice.key), card("Where they wrote"))

        expected = ["Not in there", "From our page", "Between two others", "Where they wrote"]
        written = [message.words for message in slack.messages(alice.direct) if not message.only_for]
        assert len(written) == len(expected)
        assert all(part in words for part, words in zip(expected, written, strict=True))


async def test_a_file_is_handed_over_once_also_when_nobody_said_that_it_was():
    diff = File(name="T142.diff", data=b"-a\n+b\n", title="Changes of T142", language="diff")
    async with SlackSimulator() as slack, running(slack) as adapter:
        channel = slack.channel("general")
        root = await adapter.post(place_of(channel), card(), key="T142:card")
        slack.faults.reset("files.completeUploadExternal", after=True)
        with pytest.raises(OutcomeUnknownError):
            await adapter.upload(root.thread, diff, key="event:1")
        await adapter.upload(root.thread, diff, key="event:1", again=True)

        files = [file for message in slack.messages(channel) for file in message.files]
        assert [slack.workspace.files[file].data for file in files] == [b"-a\n+b\n"]
        assert slack.workspace.files[files[0]].snippet == "diff"


async def test_a_file_that_slack_does_not_take_is_surely_not_handed_over():
    async with SlackSimulator() as slack, running(slack) as adapter:
        slack.faults.error("files.getUploadURLExternal", "storage_limit_reached")
        with pytest.raises(NotReachableError):
            await adapter.upload(place_of(slack.channel("general")), File(name="a.log", data=b"a"), key="event:1")

        assert slack.messages() == []


async def test_an_empty_file_is_handed_over_too():
    async with SlackSimulator() as slack, running(slack) as adapter:
        await adapter.upload(place_of(slack.channel("general")), File(name="empty.log", data=b""), key="event:1")

        assert [file.name for file in slack.workspace.files.values() if file.shared] == ["empty.log"]


async def test_a_form_comes_too_late_for_a_trigger_that_is_old_or_used():
    async with SlackSimulator() as slack, running(slack) as adapter:
        alice = slack.person("alice")
        old, used = (slack.workspace.trigger(alice.id) for _ in range(2))
        await adapter.ask(used, FORM)
        slack.passes(30)

        for trigger in (old, used, "never"):
            with pytest.raises(FormExpiredError):
                await adapter.ask(trigger, FORM)


async def test_a_message_is_acknowledged_once_and_the_second_time_is_success():
    async with SlackSimulator() as slack, running(slack) as adapter:
        channel, alice = slack.channel("general"), slack.person("alice")
        message = await alice.says("use Decimal", channel)
        await adapter.acknowledge(place_of(channel), message.ts)
        await adapter.acknowledge(place_of(channel), message.ts)

        assert message.reactions == ["eyes"]
        with pytest.raises(MessageGoneError):
            await adapter.acknowledge(place_of(channel), "1.000000")


async def test_without_agents_sessions_a_thread_shows_a_line_and_slack_is_asked_once():
    async with SlackSimulator(agent_features=False) as slack, running(slack) as adapter:
        root = await adapter.post(place_of(slack.channel("general")), card(), key="T142:card")
        await adapter.set_status(root.thread, "Running tests")
        await adapter.set_status(root.thread, "")
        await adapter.set_status(root.place, "no thread, nothing to say it at")

        assert slack.workspace.statuses[root.place.channel, root.message] == ""
        assert sum(call.method == "agents.sessions.setStatus" for call in slack.calls) == 1
        assert adapter.capabilities.status


async def test_names_are_asked_once_and_missing_ones_are_ids():
    async with SlackSimulator() as slack, running(slack) as adapter:
        alice, channel = slack.person("alice"), slack.channel("api")
        names = await asyncio.gather(*(adapter.name_of(PersonId(alice.key)) for _ in range(20)))

        assert set(names) == {"alice"}
        assert sum(call.method == "users.info" for call in slack.calls) == 1
        assert await adapter.name_of(person_id(TEAM, "U404")) == "U404"
        assert await adapter.channel_name(place_of(channel)) == "#api"
        assert await adapter.channel_name(slack_place(TEAM, "C404")) == "C404"


async def test_calls_work_before_and_after_running_too():
    async with SlackSimulator() as slack:
        async with running(slack) as adapter:
            pass
        posted = await adapter.post(place_of(slack.channel("general")), card(), key="T142:card")

        assert posted.message
