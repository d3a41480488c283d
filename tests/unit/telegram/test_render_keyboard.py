"""Buttons in rows for a phone, and dangerous ones that take two presses."""

import pytest

from adapters.chat.card import Action, ActionStyle, Card
from adapters.telegram.keyboard import (
    PUTS_BACK,
    Button,
    Keyboard,
    asking_back,
    from_payload,
    keyboard_of,
    payload,
    put_back,
)

pytestmark = pytest.mark.telegram

PAUSE = Action(label="Pause", token="p")
CANCEL = Action(label="Cancel task", token="c", style=ActionStyle.DANGER)
DENY = Action(label="Deny…", token="d", style=ActionStyle.DANGER)


def keyboard(*actions: Action) -> Keyboard:
    """The buttons of a card with these actions."""
    return keyboard_of(Card(key="T1", title="T1", actions=actions))


def labels(shown: Keyboard) -> list[list[str]]:
    """What the buttons say."""
    return [[button.text for button in row] for row in shown]


def test_buttons_stand_side_by_side_while_their_words_can_be_read() -> None:
    named = [Action(label=label, token=label) for label in ("One", "Two", "Three", "Four", "Always for this task")]
    assert labels(keyboard(*named)) == [["One", "Two", "Three"], ["Four"], ["Always for this task"]]


def test_what_is_minor_stands_at_the_end() -> None:
    look = Action(label="View log", token="l", minor=True)
    assert labels(keyboard(look, PAUSE)) == [["Pause"], ["View log"]]


def test_styles_are_those_of_telegram() -> None:
    yes = Action(label="Approve", token="a", style=ActionStyle.PRIMARY)
    assert payload(keyboard(yes, PAUSE, DENY)) == {
        "inline_keyboard": [
            [
                {"text": "Approve", "callback_data": "a", "style": "success"},
                {"text": "Pause", "callback_data": "p"},
                {"text": "Deny…", "callback_data": "d", "style": "danger"},
            ]
        ]
    }


def test_a_message_without_buttons_has_no_keyboard() -> None:
    assert payload(keyboard(Action(label="Typed only", command="status"))) is None


def test_a_dangerous_button_takes_two_presses() -> None:
    shown = keyboard(PAUSE, CANCEL)
    asked = asking_back(shown, "?c")
    assert labels(asked) == [["Pause"], ["Yes: Cancel task", "Not now"]]
    assert [(button.data, button.style) for button in asked[1]] == [("c", "danger"), (PUTS_BACK, "")]
    assert labels(put_back(asked)) == [["Pause"], ["Cancel task"]]
    assert put_back(asked)[1] == (Button(text="Cancel task", data="?c"),)


def test_a_dangerous_button_that_opens_a_form_takes_one() -> None:
    assert keyboard(DENY)[0][0].data == "d"


@pytest.mark.parametrize("data", ["c", "p", "?p", "?other", ""])
def test_no_other_press_asks_back(data: str) -> None:
    shown = keyboard(PAUSE, CANCEL)
    assert asking_back(shown, data) == shown
    assert put_back(shown) == shown


def test_a_keyboard_is_the_same_when_it_comes_back_with_a_press() -> None:
    shown = (*keyboard(PAUSE, CANCEL), (Button(text="Open ↗", url="https://x.example"),))
    assert from_payload(payload(shown) or {}) == shown
    assert from_payload({}) == ()


def test_a_token_has_one_button() -> None:
    assert labels(keyboard(PAUSE, Action(label="Again", token="p"))) == [["Pause"]]
