"""What every chat adapter keeps to, whatever its platform: the program relies on each of these."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import replace

import pytest

from adapters.chat.card import Action, Card, Code, Markdown, Option, StepList, StepRow, Text
from adapters.chat.errors import (
    ChatUnavailableError,
    FormExpiredError,
    MessageGoneError,
    NotReachableError,
    OutcomeUnknownError,
    RateLimitedError,
)
from adapters.chat.file import File
from adapters.chat.form import Form, SelectField, TextField
from adapters.chat.inbound import ButtonPressed, CommandReceived, FormSubmitted, HomeOpened, Inbound, MessageReceived
from core.domain.task import StepState
from tests.platforms.slack.simulator import SlackSimulator
from tests.support.chat_memory import MemoryStage
from tests.support.chat_slack import SlackStage
from tests.support.chat_stage import Stage

pytestmark = pytest.mark.slack

CARD = Card(key="T1:card", title="Fix the parser", sections=(Text(text="Looking at it."),))
TOKEN = "t" * 40
ASKING = replace(CARD, actions=(Action(token=TOKEN, label="Approve", command="approve A1"),))
FORM = Form(
    token="f" * 40,
    title="Why not?",
    fields=(
        TextField(name="reason", label="Reason", multiline=True),
        SelectField(name="next", label="Then", options=(Option(label="Stop", value="stop"), Option(label="Go on"))),
        TextField(name="note", label="Note", optional=True, value="as before"),
    ),
)


@pytest.fixture(params=["memory", "slack by socket", "slack by http"])
async def stage(request: pytest.FixtureRequest) -> AsyncIterator[Stage]:
    """Each adapter, running."""
    async with AsyncExitStack() as platforms:
        stage = await made(request.param, platforms)
        await stage.start()
        yield stage
        await stage.leave()


async def made(name: str, platforms: AsyncExitStack) -> Stage:
    """The stage of this name; its platform ends with `platforms`."""
    if name == "memory":
        return MemoryStage()
    slack = await platforms.enter_async_context(SlackSimulator(pace=20))
    return SlackStage(slack, http=name.endswith("http"))


def message(text: str) -> Callable[[Inbound], bool]:
    """Whether a message with this text came in."""
    return lambda inbound: isinstance(inbound, MessageReceived) and inbound.text == text


# what comes in


async def test_a_reply_in_the_thread_of_a_card_comes_from_the_place_the_card_named(stage: Stage) -> None:
    posted = await stage.adapter.post(stage.channel, CARD, key="T1:card")
    await stage.writes(stage.alice, posted.thread, "use tabs")
    heard = await stage.running.ears.until(message("use tabs"))
    assert isinstance(heard, MessageReceived)
    assert (heard.place, heard.person, heard.direct) == (posted.thread, stage.alice, False)


async def test_a_card_posted_to_a_thread_stands_in_it(stage: Stage) -> None:
    first = await stage.adapter.post(stage.channel, CARD, key="T1:card")
    second = await stage.adapter.post(first.thread, replace(CARD, title="A second one"), key="A1:card")
    assert second.thread == first.thread
    assert any("A second one" in text for text in stage.stands(first.thread))


async def test_its_own_messages_are_not_heard(stage: Stage) -> None:
    posted = await stage.adapter.post(stage.channel, CARD, key="T1:card")
    await stage.adapter.post(posted.thread, CARD, key="A1:card")
    await stage.adapter.edit(posted, replace(CARD, title="Fixed the parser"))
    await stage.adapter.direct(stage.alice.id, CARD, key="A1:direct")
    await stage.adapter.upload(posted.thread, File(name="a.diff", data=b"+1"), key="T1:diff")
    await stage.writes(stage.alice, posted.thread, "the last word")
    await stage.running.ears.until(message("the last word"))
    assert len(stage.running.ears.heard) == 1


async def test_a_happening_that_is_delivered_twice_has_the_same_event_id(stage: Stage) -> None:
    posted = await stage.adapter.post(stage.channel, ASKING, key="T1:card")
    for happening in (
        stage.writes(stage.alice, posted.thread, "use tabs"),
        stage.presses(stage.alice, posted, "Approve"),
        stage.commands(stage.alice, stage.channel, "status"),
    ):
        stage.running.ears.heard.clear()
        await happening
        await stage.repeats()
        await stage.running.ears.until(lambda _: True, times=2)
        assert len({each.event_id for each in stage.running.ears.heard}) == 1


async def test_a_mention_is_one_happening_and_says_that_we_are_meant(stage: Stage) -> None:
    await stage.writes(stage.alice, stage.channel, "@app what does T1 do?")
    heard = await stage.running.ears.until(message("what does T1 do?"))
    assert isinstance(heard, MessageReceived)
    assert heard.mentions_us
    assert len({each.event_id for each in stage.running.ears.heard}) == 1


async def test_what_is_written_to_us_alone_can_be_answered_where_it_was_written(stage: Stage) -> None:
    await stage.writes_directly(stage.alice, "hello")
    heard = await stage.running.ears.until(message("hello"))
    assert isinstance(heard, MessageReceived)
    assert heard.direct
    await stage.adapter.post(heard.place, replace(CARD, title="Good morning"), key="event:1")
    assert any("Good morning" in text for text in stage.read_directly(stage.alice))


async def test_a_command_keeps_its_text(stage: Stage) -> None:
    text = 'fix issue #123: `a < b && c`, "really" https://example.com/a?b=1&c=2'
    await stage.commands(stage.alice, stage.channel, text)
    heard = await stage.running.ears.until(lambda inbound: isinstance(inbound, CommandReceived))
    assert isinstance(heard, CommandReceived)
    assert (heard.text, heard.person, heard.place.channel) == (text, stage.alice, stage.channel.channel)


async def test_a_token_of_forty_bytes_comes_back_with_the_button(stage: Stage) -> None:
    posted = await stage.adapter.post(stage.channel, ASKING, key="T1:card")
    await stage.presses(stage.bob, posted, "Approve")
    heard = await stage.running.ears.until(lambda inbound: isinstance(inbound, ButtonPressed))
    assert isinstance(heard, ButtonPressed)
    assert (heard.token, heard.person, heard.message) == (TOKEN, stage.bob, posted.message)


async def test_a_button_of_an_earlier_life_is_handed_over_for_the_program_to_say_what_it_is(stage: Stage) -> None:
    posted = await stage.adapter.post(stage.channel, ASKING, key="T1:card")
    await stage.leave()
    await stage.start()
    await stage.presses(stage.alice, posted, "Approve")
    heard = await stage.running.ears.until(lambda inbound: isinstance(inbound, ButtonPressed))
    assert isinstance(heard, ButtonPressed)
    assert heard.token == TOKEN


async def test_a_hearing_that_takes_long_holds_nobody_else_up(stage: Stage) -> None:
    stage.running.ears.held = message("slow")
    slow = asyncio.create_task(stage.writes_directly(stage.alice, "slow"))
    await stage.running.ears.until(message("slow"))
    await stage.writes_directly(stage.bob, "quick")
    await stage.running.ears.until(message("quick"))
    stage.running.ears.let_go()
    await slow


async def test_what_happened_while_the_connection_was_lost_comes_in_afterwards(stage: Stage) -> None:
    await stage.loses_connection()
    missed = asyncio.create_task(stage.writes_directly(stage.alice, "are you there?"))
    await missed
    await stage.comes_back()
    await stage.running.ears.until(message("are you there?"))
    assert len({each.event_id for each in stage.running.ears.heard}) == 1


# forms


async def test_a_form_opens_for_who_pressed_and_its_values_come_back_by_name(stage: Stage) -> None:
    trigger = await trigger_of(stage)
    await stage.adapter.ask(trigger, FORM)
    assert (stage.form(stage.alice), stage.form(stage.bob)) == (FORM.title, "")
    await stage.submits(stage.alice, {"reason": "too risky\nfor now", "next": "stop"})
    heard = await stage.running.ears.until(lambda inbound: isinstance(inbound, FormSubmitted))
    assert isinstance(heard, FormSubmitted)
    assert (heard.token, heard.person) == (FORM.token, stage.alice)
    assert heard.values == {"reason": "too risky\nfor now", "next": "stop", "note": "as before"}


async def test_a_form_that_comes_too_late_has_expired(stage: Stage) -> None:
    trigger = await trigger_of(stage)
    stage.passes(seconds=10)
    with pytest.raises(FormExpiredError):
        await stage.adapter.ask(trigger, FORM)


async def test_a_trigger_opens_one_form_only(stage: Stage) -> None:
    trigger = await trigger_of(stage)
    await stage.adapter.ask(trigger, FORM)
    with pytest.raises(FormExpiredError):
        await stage.adapter.ask(trigger, FORM)


async def test_a_trigger_nobody_made_opens_nothing(stage: Stage) -> None:
    with pytest.raises(FormExpiredError):
        await stage.adapter.ask("nobody's", FORM)


# what goes out


async def test_an_edit_takes_the_place_of_what_stood_there(stage: Stage) -> None:
    posted = await stage.adapter.post(stage.channel, CARD, key="T1:card")
    await stage.adapter.edit(posted, replace(CARD, title="Fixed the parser"))
    texts = stage.stands(stage.channel)
    assert len(texts) == 1
    assert "Fixed the parser" in texts[0]
    assert "Fix the parser" not in texts[0]


async def test_an_edit_to_what_stands_there_already_succeeds(stage: Stage) -> None:
    posted = await stage.adapter.post(stage.channel, CARD, key="T1:card")
    await stage.adapter.edit(posted, CARD)
    await stage.adapter.edit(posted, CARD)


async def test_an_edit_of_a_deleted_message_says_that_it_is_gone(stage: Stage) -> None:
    posted = await stage.adapter.post(stage.channel, CARD, key="T1:card")
    await stage.deletes(posted)
    with pytest.raises(MessageGoneError):
        await stage.adapter.edit(posted, CARD)


async def test_a_post_to_a_thread_that_was_deleted_says_that_it_is_gone(stage: Stage) -> None:
    posted = await stage.adapter.post(stage.channel, CARD, key="T1:card")
    await stage.deletes(posted)
    with pytest.raises(MessageGoneError):
        await stage.adapter.post(posted.thread, CARD, key="A1:card")


async def test_too_much_at_once_says_when_to_come_again(stage: Stage) -> None:
    stage.slows_down(retry_after_s=7)
    with pytest.raises(RateLimitedError) as caught:
        await stage.adapter.post(stage.channel, CARD, key="T1:card")
    assert caught.value.retry_after_s == 7
    assert stage.stands(stage.channel) == []
    await stage.adapter.post(stage.channel, CARD, key="T1:card")


async def test_a_platform_out_of_order_is_told_apart_from_a_refusal(stage: Stage) -> None:
    stage.breaks()
    with pytest.raises((ChatUnavailableError, OutcomeUnknownError)):
        await stage.adapter.post(stage.channel, CARD, key="T1:card")
    await stage.adapter.post(stage.channel, CARD, key="T1:card", again=True)
    assert len(stage.stands(stage.channel)) == 1


@pytest.mark.parametrize("done", [True, False], ids=["posted", "not posted"])
async def test_a_card_whose_answer_got_lost_stands_once_after_another_attempt(stage: Stage, done: bool) -> None:
    root = await stage.adapter.post(stage.channel, CARD, key="T1:card")
    for place in (stage.channel, root.thread):
        before = len(stage.stands(place))
        stage.loses_answer(done=done)
        with pytest.raises(OutcomeUnknownError):
            await stage.adapter.post(place, CARD, key=f"{place.thread}:card")
        posted = await stage.adapter.post(place, CARD, key=f"{place.thread}:card", again=True)
        assert posted == await stage.adapter.post(place, CARD, key=f"{place.thread}:card", again=True)
        assert len(stage.stands(place)) == before + 1
        await stage.adapter.edit(posted, CARD)


@pytest.mark.parametrize("done", [True, False], ids=["sent", "not sent"])
async def test_a_direct_message_whose_answer_got_lost_arrives_once(stage: Stage, done: bool) -> None:
    stage.loses_answer(done=done)
    with pytest.raises(OutcomeUnknownError):
        await stage.adapter.direct(stage.bob.id, CARD, key="A1:direct")
    await stage.adapter.direct(stage.bob.id, CARD, key="A1:direct", again=True)
    assert len(stage.read_directly(stage.bob)) == 1


@pytest.mark.parametrize("done", [True, False], ids=["shown", "not shown"])
async def test_a_file_whose_answer_got_lost_is_there_once(stage: Stage, done: bool) -> None:
    root = await stage.adapter.post(stage.channel, CARD, key="T1:card")
    file = File(name="T1.diff", data="+ größer\n".encode(), title="What T1 changed", language="diff")
    stage.loses_answer(done=done)
    with pytest.raises(OutcomeUnknownError):
        await stage.adapter.upload(root.thread, file, key="T1:diff")
    await stage.adapter.upload(root.thread, file, key="T1:diff", again=True)
    assert sum("T1.diff + größer" in text for text in stage.stands(root.thread)) == 1


async def test_messages_with_other_keys_are_not_taken_for_an_earlier_attempt(stage: Stage) -> None:
    await stage.adapter.post(stage.channel, CARD, key="T1:card")
    await stage.adapter.post(stage.channel, CARD, key="T2:card", again=True)
    assert len(stage.stands(stage.channel)) == 2


async def test_somebody_who_cannot_be_written_to_is_not_reachable(stage: Stage) -> None:
    stage.shuts_out(stage.bob)
    with pytest.raises(NotReachableError):
        await stage.adapter.direct(stage.bob.id, CARD, key="A1:direct")


async def test_a_whisper_is_seen_by_one_person(stage: Stage) -> None:
    root = await stage.adapter.post(stage.channel, CARD, key="T1:card")
    await stage.adapter.whisper(root.thread, stage.bob.id, replace(CARD, title="Only for you"))
    seen = [*stage.whispered(stage.bob), *stage.read_directly(stage.bob)]
    assert any("Only for you" in text for text in seen)
    assert not any("Only for you" in text for text in [*stage.whispered(stage.alice), *stage.stands(root.thread)])


async def test_long_text_arrives_whole_or_says_that_something_is_missing(stage: Stage) -> None:
    lines = "\n".join(f"line {number} of the log" for number in range(4000))
    steps = tuple(
        StepRow(name=f"step {number}", role="builder", state=StepState.RUNNING, activity="Edits a file " * 30)
        for number in range(80)
    )
    sections = (Text(text=lines), Code(text=lines, language="diff"), Markdown(text=lines), StepList(rows=steps))
    for section in sections:
        posted = await stage.adapter.post(stage.channel, replace(CARD, sections=(section,)), key=f"{section.type}:card")
        text = "\n".join(stage.stands(posted.thread))
        whole = all(f"line {number} " in text or f"step {number}" in text for number in (0, 40, 79))
        end = "line 3999" in text or section.type == "step_list"
        assert (whole and end) or "more" in text or "…" in text
        await stage.adapter.edit(posted, replace(CARD, sections=(section,)))


async def test_hostile_text_changes_nothing_around_it(stage: Stage) -> None:
    hostile = "<!channel> <@U0001> *bold* _x_ ```` ` & &amp; <b> \u202e\n\n# head @everyone [a](http://b)" * 3
    card = replace(CARD, title=hostile, status=hostile, sections=(Text(text=hostile), Code(text=hostile)))
    posted = await stage.adapter.post(stage.channel, card, key="T1:card")
    await stage.adapter.edit(posted, card)


async def test_a_page_of_ours_is_shown_to_who_opened_it(stage: Stage) -> None:
    await stage.opens_home(stage.alice)
    heard = await stage.running.ears.until(lambda inbound: isinstance(inbound, HomeOpened))
    await stage.adapter.show_home(heard.person.id, (replace(ASKING, title="Your tasks"),))
    assert "Your tasks" in stage.home(stage.alice)
    assert "Your tasks" not in stage.home(stage.bob)


async def test_a_streamed_answer_stands_whole_at_its_end(stage: Stage) -> None:
    root = await stage.adapter.post(stage.channel, CARD, key="T1:card")
    async with stage.adapter.stream(root.thread, stage.alice.id, key="event:1") as stream:
        for number in range(5):
            await stream.write(f"sentence {number}. ")
    text = "\n".join(stage.stands(root.thread))
    assert "sentence 0. sentence 1. sentence 2. sentence 3. sentence 4." in text


async def test_what_is_shown_without_words_may_be_shown_twice(stage: Stage) -> None:
    root = await stage.adapter.post(stage.channel, CARD, key="T1:card")
    await stage.writes(stage.alice, root.thread, "use tabs")
    heard = await stage.running.ears.until(message("use tabs"))
    assert isinstance(heard, MessageReceived)
    for _ in range(2):
        await stage.adapter.acknowledge(heard.place, heard.message)
        await stage.adapter.set_status(root.thread, "works on it")
    for _ in range(2):
        await stage.adapter.set_status(root.thread, "")


async def test_people_have_their_names(stage: Stage) -> None:
    assert await stage.adapter.name_of(stage.alice.id) == "alice"
    assert await stage.adapter.channel_name(stage.channel) in {"#api", "api"}


# starting and stopping


async def test_cancelling_ends_it_and_leaves_nothing_and_it_may_run_again(stage: Stage) -> None:
    await stage.leave()
    await stage.leave()
    assert not {task for task in asyncio.all_tasks() if task.get_name().startswith(stage.adapter.platform)}
    await stage.start()
    await stage.writes_directly(stage.alice, "hello again")
    await stage.running.ears.until(message("hello again"))


async def trigger_of(stage: Stage) -> str:
    """What alice's press on a button gives us to open a form with."""
    posted = await stage.adapter.post(stage.channel, ASKING, key="T1:card")
    await stage.presses(stage.alice, posted, "Approve")
    heard = await stage.running.ears.until(lambda inbound: isinstance(inbound, ButtonPressed))
    assert isinstance(heard, ButtonPressed)
    return heard.trigger
