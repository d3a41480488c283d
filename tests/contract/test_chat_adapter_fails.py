"""What every chat adapter keeps to, whatever its platform: how calls fail, and that nothing stands twice."""

import pytest

from adapters.chat.errors import (
    ChatUnavailableError,
    OutcomeUnknownError,
    RateLimitedError,
)
from adapters.chat.file import File
from tests.support.chat_stage import Stage
from tests.support.chat_words import CARD


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
