"""A form that is asked field by field: answers, what does not fit, what is left as it is; kept as text all the time."""

from dataclasses import replace

import pytest

from adapters.chat.card import Option
from adapters.chat.form import Form, SelectField, TextField
from adapters.telegram.asked import forced_reply, question
from adapters.telegram.asking import (
    Asking,
    Wrong,
    answered,
    asking_of,
    cancels,
    data_of,
    is_answered,
    kept,
    pressed,
    skip_label,
)

pytestmark = pytest.mark.telegram

TEXT = TextField(name="reason", label="Why?", max_length=10)
CHOICE = SelectField(name="then", label="Then", options=(Option(label="Stop", value="stop"), Option(label="Go on")))
ASKING = Asking(
    form=Form(token="t" * 40, title="Why not?", fields=(TEXT, CHOICE)),
    channel="-1001",
    thread="t5",
    user=5001,
    name="Alice",
    until=1000.0,
)


def only(field: TextField | SelectField) -> Asking:
    return replace(ASKING, form=replace(ASKING.form, fields=(field,)))


def test_it_comes_back_from_its_text_as_it_was() -> None:
    asking = replace(ASKING, index=1, values={"reason": "ü\n🎉"}, question=7, taken=("update:1",))
    assert asking_of(kept(asking)) == asking


def test_an_answer_is_kept_under_the_fields_name_and_the_next_field_is_asked() -> None:
    found = answered(ASKING, " too slow ")
    assert isinstance(found, Asking)
    assert (found.values, found.index, found.question) == ({"reason": "too slow"}, 1, 0)


def test_a_typed_answer_to_a_choice_counts_by_label_or_value_whatever_its_case() -> None:
    for typed, value in (("STOP", "stop"), ("go on", "Go on")):
        found = answered(only(CHOICE), typed)
        assert isinstance(found, Asking)
        assert found.values == {"then": value}
        assert is_answered(found)


@pytest.mark.parametrize(("field", "text"), [(TEXT, "  "), (TEXT, "x" * 11), (CHOICE, "maybe")])
def test_what_does_not_fit_says_what_would(field: TextField | SelectField, text: str) -> None:
    found = answered(only(field), text)
    assert isinstance(found, Wrong)
    assert found.says


def test_a_press_chooses_and_one_of_an_earlier_question_does_nothing() -> None:
    second = replace(ASKING, index=1, values={"reason": "slow"})
    found = pressed(second, data_of(second, 0))
    assert found is not None
    assert found.values == {"reason": "slow", "then": "stop"}
    assert pressed(second, data_of(ASKING, 0)) is None
    assert pressed(second, data_of(second, 9)) is None
    assert pressed(second, "form:1:x") is None


@pytest.mark.parametrize(
    ("field", "label", "value"),
    [
        (replace(TEXT, value="as before"), "Keep “as before”", "as before"),
        (replace(TEXT, optional=True), "Skip", ""),
        (replace(CHOICE, value="stop"), "Keep “Stop”", "stop"),
        (TEXT, "", ""),
    ],
)
def test_what_stands_there_already_can_be_kept(field: TextField | SelectField, label: str, value: str) -> None:
    asking = only(field)
    assert skip_label(field) == label
    if label:
        found = pressed(asking, data_of(asking, None))
        assert found is not None
        assert found.values[field.name] == value


@pytest.mark.parametrize(("text", "leaves"), [("/cancel", True), ("/Cancel@our_bot", True), ("/cancel T1", False)])
def test_a_bare_cancel_leaves_the_form(text: str, leaves: bool) -> None:
    assert cancels(text) is leaves


def test_the_reply_box_opens_only_where_others_read_and_nothing_can_be_pressed_instead() -> None:
    assert forced_reply(ASKING)
    assert forced_reply(replace(ASKING, channel="D5001")) is None
    assert forced_reply(only(replace(TEXT, optional=True))) is None
    assert forced_reply(only(CHOICE)) is None
    assert question(ASKING).keyboard == ()
    assert question(only(CHOICE)).keyboard


def test_what_buttons_bring_back_is_short_enough() -> None:
    long = replace(CHOICE, options=tuple(Option(label="x" * 300, value="y" * 300) for _ in range(50)))
    for row in question(only(long)).keyboard:
        for button in row:
            assert len(button.data.encode()) <= 64
