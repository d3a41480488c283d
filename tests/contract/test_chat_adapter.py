"""What every chat adapter keeps to, whatever its platform: what comes in, starting and stopping."""

import asyncio
from dataclasses import replace

from adapters.chat.file import File
from adapters.chat.inbound import ButtonPressed, CommandReceived, MessageReceived
from tests.support.chat_stage import Stage
from tests.support.chat_words import ASKING, CARD, TOKEN, message


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


async def test_cancelling_ends_it_and_leaves_nothing_and_it_may_run_again(stage: Stage) -> None:
    await stage.leave()
    await stage.leave()
    assert not {task for task in asyncio.all_tasks() if task.get_name().startswith(stage.adapter.platform)}
    await stage.start()
    await stage.writes_directly(stage.alice, "hello again")
    await stage.running.ears.until(message("hello again"))
