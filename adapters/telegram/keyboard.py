"""Buttons under a message, in rows a phone can show, and how a dangerous one asks back.

Telegram has no question before a press counts. So a dangerous button brings back its token behind `ASKS`, and takes two
presses: whoever gets such a press shows `asking_back(keyboard, data)` in the place of the message's keyboard, and again
at each edit of the message while the question stands. That is the same keyboard with a row in the place of the button:
`Yes: Cancel task` brings back the bare token, as any button, and `Not now` brings back `PUTS_BACK`, upon which
`put_back(keyboard)` has the button again. Both are worked out from the keyboard that came with the press, so
nothing must be remembered for them to be right.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rich.cells import cell_len

from adapters.chat.card import Action, ActionStyle, Card, Choices
from adapters.chat.text import one_line
from adapters.telegram import limits

ASKS = "?"
"""What the data of a button begins with that asks back first; what follows is its token."""
PUTS_BACK = "!"
"""The data of the button that leaves a dangerous thing alone."""
_YES = "Yes: "
_NOT_NOW = "Not now"
_WIDEST = 30
"""Columns of the labels in one row that a phone shows without cutting them."""
_MOST_IN_ROW = 3
_STYLES = {ActionStyle.NORMAL: "", ActionStyle.PRIMARY: "success", ActionStyle.DANGER: "danger"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """One button: either `data` or `url` is not empty. `style` is '', `primary`, `success` or `danger`."""

    text: str
    data: str = ""
    url: str = ""
    style: str = ""


Keyboard = tuple[tuple[Button, ...], ...]
"""Rows of buttons."""


def keyboard_of(card: Card, *, links: Sequence[Button] = ()) -> Keyboard:
    """The buttons of `card`: offered answers, actions, `links` to open, and at the end what is minor."""
    answers = [
        Button(text=_label(option.label), data=option.token)
        for section in card.sections
        if isinstance(section, Choices)
        for option in section.options
    ]
    actions = [_button(action) for action in card.actions if not action.minor]
    minor = [_button(action) for action in card.actions if action.minor]
    seen: set[str] = set()
    groups = (_once(group, seen) for group in (answers, actions, links, minor))
    return tuple(row for group in groups for row in _rows(group))[: limits.BUTTONS // _MOST_IN_ROW]


def asking_back(keyboard: Keyboard, data: str) -> Keyboard:
    """`keyboard` with the question in the place of the button that brings back `data`."""
    rows: list[tuple[Button, ...]] = []
    for row in keyboard:
        pressed = next((button for button in row if button.data == data and data.startswith(ASKS)), None)
        if pressed is None:
            rows.append(row)
            continue
        others = tuple(button for button in row if button is not pressed)
        rows += [others] if others else []
        yes = Button(text=_YES + pressed.text, data=data.removeprefix(ASKS), style="danger")
        rows.append((yes, Button(text=_NOT_NOW, data=PUTS_BACK)))
    return tuple(rows)


def put_back(keyboard: Keyboard) -> Keyboard:
    """`keyboard` with the button in the place of its question, in a row of its own."""
    return tuple(_put_back(row) for row in keyboard)


def payload(keyboard: Keyboard) -> dict[str, Any] | None:
    """The keyboard as the Bot API takes it (InlineKeyboardMarkup), None for no buttons."""
    rows = [[_as_json(button) for button in row] for row in keyboard if row]
    return {"inline_keyboard": rows} if rows else None


def from_payload(markup: Mapping[str, Any]) -> Keyboard:
    """The keyboard of a message as the Bot API gives it."""
    rows: Sequence[Sequence[Mapping[str, str]]] = markup.get("inline_keyboard") or ()
    return tuple(
        tuple(
            Button(
                text=each.get("text", ""),
                data=each.get("callback_data", ""),
                url=each.get("url", ""),
                style=each.get("style", ""),
            )
            for each in row
        )
        for row in rows
    )


def _put_back(row: tuple[Button, ...]) -> tuple[Button, ...]:
    if not row or row[-1].data != PUTS_BACK:
        return row
    return tuple(
        Button(text=button.text.removeprefix(_YES), data=ASKS + button.data)
        for button in row
        if button.data != PUTS_BACK
    )


def _button(action: Action) -> Button:
    """A dangerous button asks back, in red; one that opens a form, as its label that ends with … says, need not."""
    label = _label(action.label)
    asks = action.style is ActionStyle.DANGER and not label.endswith("…")
    data = (ASKS if asks else "") + action.token if action.token else ""
    return Button(text=label, data=data, style="" if asks else _STYLES[action.style])


def _once(buttons: Iterable[Button], seen: set[str]) -> list[Button]:
    """The buttons that bring something back, each only once; data that is too long none of our tokens can be."""
    kept: list[Button] = []
    for button in buttons:
        target = button.url or button.data.removeprefix(ASKS)
        if target and target not in seen and len(button.data.encode()) <= limits.CALLBACK_DATA:
            seen.add(target)
            kept.append(button)
    return kept


def _rows(buttons: Sequence[Button]) -> list[tuple[Button, ...]]:
    """Buttons side by side as long as their words can be read; all buttons of a row are equally wide."""
    rows: list[list[Button]] = []
    for button in buttons:
        row = [*(rows[-1] if rows else []), button]
        widest = max(cell_len(each.text) for each in row)
        if rows and len(row) <= _MOST_IN_ROW and widest * len(row) <= _WIDEST:
            rows[-1] = row
        else:
            rows.append([button])
    return [tuple(row) for row in rows]


def _label(text: str) -> str:
    return one_line(text, width=limits.BUTTON_TEXT) or "Go"


def _as_json(button: Button) -> dict[str, str]:
    target = {"url": button.url} if button.url else {"callback_data": button.data}
    return {"text": button.text} | target | ({"style": button.style} if button.style else {})
