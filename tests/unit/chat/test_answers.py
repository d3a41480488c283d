"""An answer stands there whole and in order, in as many messages as it takes, whatever the platform says meanwhile."""

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.chat.answer import Answer, AnswerPace
from adapters.chat.errors import ChatError, ChatUnavailableError, MessageGoneError, NotReachableError, RateLimitedError
from adapters.chat.pens import NoStreamError

pytestmark = pytest.mark.slack

PAGE = 8_000
PACE = AnswerPace(every_s=1.0, page=PAGE, rotate_s=240.0)


class Seconds:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Wall:
    """Where messages stand; `troubles` are what the next additions meet."""

    troubles: list[ChatError] = field(default_factory=list)
    pens: list["PaperPen"] = field(default_factory=list)

    def streamed(self, key):
        return self._new(PaperPen(wall=self, key=key, streams=True))

    def edited(self, key):
        return self._new(PaperPen(wall=self, key=key, streams=False))

    def _new(self, pen):
        self.pens.append(pen)
        return pen

    @property
    def written(self):
        return [pen for pen in self.pens if pen.text]


@dataclass
class PaperPen:
    wall: Wall
    key: str
    streams: bool
    text: str = ""
    ended: bool = False

    async def add(self, text):
        assert not self.ended
        trouble = self.wall.troubles.pop(0) if self.wall.troubles else None
        if isinstance(trouble, NoStreamError) and (self.text or not self.streams):
            trouble = None
        if isinstance(trouble, MessageGoneError) and not (self.text and self.streams):
            trouble = None
        if trouble is not None:
            raise trouble
        self.text += text

    async def end(self):
        self.ended = True


trouble = st.sampled_from(
    [
        RateLimitedError("slower", retry_after_s=3), ChatUnavailableError("away"), MessageGoneError("ended"),
        NoStreamError("not here"),
    ]
)  # fmt: skip
pieces = st.lists(st.tuples(st.text("ab \n", min_size=1, max_size=3 * PAGE), st.integers(0, 200)), max_size=6)


@given(pieces=pieces, troubles=st.lists(st.none() | trouble, max_size=8))
async def test_nothing_is_lost_doubled_or_reordered(pieces, troubles):
    wall, clock = Wall(troubles=list(troubles)), Seconds()
    answer = Answer(streamed=wall.streamed, edited=wall.edited, key="event:1", pace=PACE, clock=clock)
    for text, wait_s in pieces:
        await answer.write(text)
        clock.now += wait_s
    wall.troubles.clear()
    await answer.end()

    assert "".join(pen.text for pen in wall.written) == "".join(text for text, _ in pieces)
    assert all(len(pen.text) <= PAGE for pen in wall.written)
    assert len({pen.key for pen in wall.written}) == len(wall.written)


@given(lines=st.lists(st.sampled_from(["```py", "```", "x" * 900, "y" * 4000, ""]), max_size=30))
async def test_no_message_leaves_a_code_block_open_but_the_one_that_was_left_so(lines):
    text, wall = "\n".join(lines), Wall()
    answer = Answer(streamed=wall.streamed, edited=wall.edited, key="event:1", pace=PACE, clock=Seconds())
    await answer.write(text)
    await answer.end()

    assert all(pen.text.count("```") % 2 == 0 for pen in wall.written)
    assert sum(pen.text.count("x") + pen.text.count("y\n") for pen in wall.written) >= text.count("x")


async def test_a_refusal_for_good_is_told_at_once():
    wall = Wall(troubles=[NotReachableError("archived", code="is_archived")])
    answer = Answer(streamed=None, edited=wall.edited, key="event:1", pace=PACE, clock=Seconds())

    with pytest.raises(NotReachableError):
        await answer.write("one")


async def test_a_stream_that_died_in_the_middle_of_code_goes_on_as_code():
    wall, clock = Wall(), Seconds()
    answer = Answer(streamed=wall.streamed, edited=wall.edited, key="event:1", pace=PACE, clock=clock)
    await answer.write("```py\nx = 1\n")
    wall.troubles = [MessageGoneError("ended")]
    clock.now += 2
    await answer.write("y = 2\n```\n")
    await answer.end()

    assert [pen.text for pen in wall.written] == ["```py\nx = 1\n", "```py\ny = 2\n```\n"]


async def test_a_thread_that_is_gone_is_told():
    wall = Wall()

    async def refuse(text: str) -> None:
        raise MessageGoneError("thread_not_found")

    def gone(key: str) -> PaperPen:
        pen = wall.edited(key)
        pen.add = refuse  # type: ignore[method-assign]
        return pen

    answer = Answer(streamed=None, edited=gone, key="event:1", pace=PACE, clock=Seconds())
    with pytest.raises(MessageGoneError):
        await answer.write("one")
