"""Stored text keeps what it was given, and says nothing that a database refuses."""

from dataclasses import MISSING, fields
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Literal, get_args, get_origin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.event import Event, NoticeRaised, TaskSubmitted
from core.domain.identity import TaskId
from core.domain.unusual import Oddity, Unusual
from core.domain.workflow import Workflow
from core.store import codec
from tests.support.values import NOON, WORKFLOW

AWKWARD = st.sampled_from(["\x00", "\x1a", "\ud800", "\udfff", "\\u0000", "0000", "a"])
ANY_TEXT = st.lists(AWKWARD | st.characters(exclude_categories=[]), max_size=8).map("".join)


def storable(text: str) -> bool:
    text.encode()  # raises for unpaired surrogates
    return "\x00" not in text


@given(ANY_TEXT)
def test_escaped_text_is_storable_and_comes_back(text: str) -> None:
    stored = codec.escaped_text(text)
    assert storable(stored)
    assert codec.unescaped_text(stored) == text


@given(ANY_TEXT, ANY_TEXT)
def test_two_different_texts_are_never_stored_alike(one: str, two: str) -> None:
    assert (codec.escaped_text(one) == codec.escaped_text(two)) == (one == two)


def test_ordinary_text_is_stored_as_it_is() -> None:
    assert codec.escaped_text("Größe: 3\n\ttab 🎉 \x7f") == "Größe: 3\n\ttab 🎉 \x7f"
    assert codec.to_json({"ö": "🎉"}) == '{"ö":"🎉"}'


@given(st.dictionaries(ANY_TEXT, ANY_TEXT))
def test_json_is_storable_and_comes_back_but_for_split_pairs(value: dict[str, str]) -> None:
    def joined(text: str) -> str:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")

    stored = codec.to_json(value)
    assert storable(stored)
    assert codec.from_json(stored) == {joined(key): joined(each) for key, each in value.items()}


def test_a_pair_of_surrogates_comes_back_as_the_character_it_means() -> None:
    assert codec.from_json(codec.to_json("\ud83d\ude00")) == "😀"


def sample(hint: Any, text: str) -> Any:
    """A value of the type `hint`; `text` for everything that is a string by another name."""
    if get_origin(hint) is Literal:
        return get_args(hint)[-1]
    if get_origin(hint) is tuple:
        return (text, "b")
    numbers: dict[Any, Any] = {int: 3, float: 2.5, bool: True, Decimal: Decimal("0.10")}
    samples = {**numbers, datetime: NOON + timedelta(microseconds=7)}
    if hint in samples:
        return samples[hint]
    return an_unusual_task(text) if hint is Unusual else text


def an_unusual_task(text: str) -> Unusual:
    """What an event holds that says something of a task."""
    usd = Decimal("0.10")
    return Unusual(
        key=text, kind=Oddity.TASK, project=text, task=TaskId(text), about=text, found=usd, usual=usd, over=5, at=NOON
    )


def given_fields(kind: Any, text: str) -> dict[str, Any]:
    """What must be said of a value of this kind."""
    return {
        field.name: sample(field.type, text)
        for field in fields(kind)
        if field.name != "type" and field.default is MISSING
    }


@pytest.mark.parametrize("kind", get_args(Event), ids=lambda kind: kind.__name__)
@given(text=st.text())
def test_every_kind_of_event_comes_back(kind: type[Any], text: str) -> None:
    event = kind(**given_fields(kind, text))
    assert codec.decode_event(codec.encode_event(event)) == event


def test_an_event_of_an_unknown_kind_or_shape_is_none() -> None:
    assert codec.decode_event('{"type":"task_teleported"}') is None
    assert codec.decode_event('{"type":"notice_raised"}') is None
    assert codec.decode_event('{"text":"x"}') is None


def test_what_a_newer_program_added_to_an_event_is_ignored() -> None:
    assert codec.decode_event('{"type":"notice_raised","text":"x","colour":"red"}') == NoticeRaised(text="x")


def test_a_field_an_older_program_did_not_write_gets_its_default() -> None:
    assert (
        codec.decode(Workflow, '{"name":"w","description":"","steps":[{"name":"a","role":"b"}]}').steps[0].needs == ()
    )


def test_an_unpaired_surrogate_survives_in_an_event() -> None:
    event = TaskSubmitted(title="\ud800\x00", by="console:\udfff")  # pyright: ignore[reportArgumentType]
    assert codec.decode_event(codec.encode_event(event)) == event


def test_a_workflow_snapshot_comes_back_equal() -> None:
    assert codec.decode(Workflow, codec.encode(Workflow, WORKFLOW)) == WORKFLOW
