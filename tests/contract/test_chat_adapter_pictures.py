"""A picture of costs in every chat: the one that is really drawn, with the words of who cannot see it."""

import pytest

from adapters.charts import MatplotlibCharts
from adapters.chat.file import File
from tests.support.chat_stage import Stage
from tests.support.chat_words import CARD
from tests.support.drawings import DRAWINGS

pytestmark = pytest.mark.money

ALT = "Column chart by day. Costs · this week, $42.10 in all: builder $40.00, “reviewer” & 😀 <b>$2.10</b>."


async def test_a_picture_arrives_with_its_title_and_its_words(stage: Stage) -> None:
    drawn = await MatplotlibCharts(patience_s=300.0).draw(DRAWINGS["a week by six roles"])
    picture = File(name=drawn.name, data=drawn.data, title="Costs · this week", alt=ALT)
    posted = await stage.adapter.post(stage.channel, CARD, key="T1:card")
    await stage.adapter.upload(posted.thread, picture, key="T1:costs")
    (shown,) = [text for text in stage.stands(posted.thread) if "PNG" in text]
    assert ALT in shown


async def test_a_picture_that_may_be_there_already_is_not_shown_twice(stage: Stage) -> None:
    drawn = await MatplotlibCharts(patience_s=300.0).draw(DRAWINGS["a budget that lasts"])
    picture = File(name=drawn.name, data=drawn.data, title="Staying under budget", alt=ALT * 20)
    posted = await stage.adapter.post(stage.channel, CARD, key="T1:card")
    for again in (False, True):
        await stage.adapter.upload(posted.thread, picture, key="T1:costs", again=again)
    assert len([text for text in stage.stands(posted.thread) if "PNG" in text]) == 1
