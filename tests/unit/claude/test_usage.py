"""Usage is told once per message, with the final numbers."""

from typing import Any

from adapters.claude.usage import UsageMeter, token_usage
from core.agents.runner import ModelAnswered
from core.domain.cost import TokenUsage

EARLY = {"input_tokens": 100, "output_tokens": 1, "cache_read_input_tokens": 7, "cache_creation_input_tokens": 3}


def start(message_id: str) -> dict[str, Any]:
    return {"type": "message_start", "message": {"id": message_id, "model": "m", "usage": EARLY}}


def delta(output_tokens: int) -> dict[str, Any]:
    return {"type": "message_delta", "usage": {"output_tokens": output_tokens, "input_tokens": None}}


STOP = {"type": "message_stop"}


def feed(meter: UsageMeter, *events: dict[str, Any]) -> list[ModelAnswered]:
    return [told for event in events if (told := meter.stream_event(event)) is not None]


def test_the_final_numbers_count_not_the_early_ones() -> None:
    told = feed(UsageMeter(), start("m1"), {"type": "ping"}, delta(20), delta(42), STOP)

    assert [answer.message_id for answer in told] == ["m1"]
    assert told[0].usage == TokenUsage(input_tokens=100, output_tokens=42, cache_read_tokens=7, cache_write_tokens=3)


def test_a_whole_message_seen_in_the_stream_is_not_told_again() -> None:
    meter = UsageMeter()
    feed(meter, start("m1"))
    during = meter.whole_message(message_id="m1", model="m", usage=EARLY)
    told = feed(meter, delta(5), STOP)
    after = meter.whole_message(message_id="m1", model="m", usage=EARLY)

    assert (during, after, meter.rest()) == (None, None, None)
    assert len(told) == 1


def test_a_message_that_did_not_stream_is_told_when_the_next_begins_or_at_the_end() -> None:
    meter = UsageMeter()

    assert meter.whole_message(message_id="m1", model="m", usage=EARLY) is None
    next_begins = meter.whole_message(message_id="m2", model="m", usage=EARLY)
    at_the_end = meter.rest()

    assert next_begins is not None
    assert at_the_end is not None
    assert (next_begins.message_id, at_the_end.message_id) == ("m1", "m2")


def test_a_message_broken_in_the_middle_is_paid_for_too() -> None:
    meter = UsageMeter()

    told = feed(meter, start("m1"), start("m2"), delta(9), STOP)

    assert [answer.message_id for answer in told] == ["m1", "m2"]
    assert meter.total == TokenUsage(input_tokens=200, output_tokens=10, cache_read_tokens=14, cache_write_tokens=6)


def test_numbers_that_are_missing_or_strange_count_as_nothing() -> None:
    assert token_usage({"input_tokens": None, "output_tokens": "many"}) == TokenUsage()
