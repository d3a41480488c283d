"""What every chat adapter keeps to, whatever its platform: what goes out, and how it looks."""

from dataclasses import replace

import pytest

from adapters.chat.card import Code, Markdown, StepList, StepRow, Text
from adapters.chat.errors import (
    MessageGoneError,
    NotReachableError,
)
from adapters.chat.inbound import HomeOpened, MessageReceived
from core.domain.task import StepState
from tests.support.chat_stage import Stage
from tests.support.chat_words import ASKING, CARD, message, needs


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


async def test_a_post_to_a_thread_that_was_deleted_says_that_it_is_gone_or_where_it_went_instead(stage: Stage) -> None:
    root = await stage.adapter.post(stage.channel, CARD, key="T1:card")
    await stage.deletes(root)
    try:
        posted = await stage.adapter.post(root.thread, CARD, key="A1:card")
    except MessageGoneError:
        assert stage.stands(stage.channel) == []
    else:
        assert posted.place == stage.channel
        await stage.writes(stage.alice, posted.thread, "use tabs")
        heard = await stage.running.ears.until(message("use tabs"))
        assert heard.place == posted.thread


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
    needs(can=stage.adapter.capabilities.home, what="pages of ours")
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
    needs(can=stage.adapter.capabilities.status, what="status of threads")
    for text in ("works on it", "works on it", "", ""):
        await stage.adapter.set_status(root.thread, text)


async def test_people_have_their_names(stage: Stage) -> None:
    assert await stage.adapter.name_of(stage.alice.id) == stage.alice.name
    assert await stage.adapter.channel_name(stage.channel) in {"#api", "api"}
