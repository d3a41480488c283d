"""Forms as modals, and cards as a home page.

A modal carries the form's token as its private metadata; the id of an input's block, and of the input, is the field's
name.
"""

from collections.abc import Sequence
from typing import assert_never

from adapters.chat.card import Card, Option
from adapters.chat.form import Form, FormField, SelectField, TextField
from adapters.chat.measure import fitted, units
from adapters.chat.text import one_line, printable
from adapters.slack import blocks, limits, rich
from adapters.slack.blocks import Block
from adapters.slack.render import card_blocks, identified
from adapters.slack.render_text import muted
from adapters.slack.surface import Surface

CALLBACK_ID = "form"
_CLOSE = "Close"
_HINT = 300
_HOME_CARD_BLOCKS = 30
"""Blocks one card may take, so that others are seen too."""


def modal(form: Form) -> Block:
    """`form` as a modal to open."""
    intro = printable(form.intro[: limits.MRKDWN]).strip()
    parts = [blocks.rich_text([rich.paragraph(rich.prose(fitted(intro, limit=limits.MRKDWN)))])] if intro else []
    inputs = [_input(field) for field in form.fields]
    return {
        "type": "modal",
        "callback_id": CALLBACK_ID,
        "private_metadata": form.token,
        "title": _short(form.title, instead="Orchestrator"),
        "submit": _short(form.submit, instead="Send"),
        "close": _short(_CLOSE, instead=_CLOSE),
        "blocks": [*identified(parts, prefix="intro"), *inputs][: limits.VIEW_BLOCKS],
    }


def home(cards: Sequence[Card]) -> Block:
    """`cards` one under the other as a home page."""
    made: list[Block] = []
    for left, (at, card) in zip(range(len(cards), 0, -1), enumerate(cards), strict=True):
        room = limits.VIEW_BLOCKS - len(made) - 2
        if room < 4:
            made.append(muted(f"… {left} more"))
            break
        part = card_blocks(card, surface=Surface.VIEW, most=min(room, _HOME_CARD_BLOCKS))
        between = [blocks.divider()] if made else []
        made += identified([*between, *part], prefix=f"{at}/{card.key}")
    shown = made or [muted("Nothing here yet.")]
    return {"type": "home", "blocks": identified(shown, prefix="home")}


def _input(field: FormField) -> Block:
    match field:
        case TextField():
            element = _text_input(field)
        case SelectField():
            element = _select(field) if _can_be_chosen(field) else _typed_choice(field)
        case _:
            assert_never(field)
    hint = one_line(_hint(field), width=_HINT)
    shown: Block = {
        "type": "input",
        "block_id": field.name,
        "label": blocks.plain_json(one_line(field.label, width=_HINT) or field.name, limit=limits.LABEL),
        "element": element,
        "optional": field.optional,
    }
    return shown | ({"hint": blocks.plain_json(hint, limit=limits.LABEL)} if hint else {})


def _hint(field: FormField) -> str:
    """What helps to fill it in: with a choice that must be typed, also what there is to choose from."""
    if not isinstance(field, SelectField) or _can_be_chosen(field):
        return field.hint
    return " ".join(part for part in (field.hint, _named(field.options)) if part)


def _text_input(field: TextField) -> Block:
    longest = min(max(1, field.max_length), limits.INPUT)
    value = fitted(printable(field.value[: limits.INPUT]), limit=longest)
    element: Block = {
        "type": "plain_text_input",
        "action_id": field.name,
        "multiline": field.multiline,
        "max_length": longest,
    }
    return element | ({"initial_value": value} if value else {})


def _typed_choice(field: SelectField) -> Block:
    """An input instead of a select whose values Slack could not bring back."""
    return _text_input(TextField(name=field.name, label=field.label, value=field.value))


def _select(field: SelectField) -> Block:
    options = list({_value(option): option for option in field.options}.values())
    chosen = next((option for option in options if _value(option) == field.value), None) if field.value else None
    element: Block = {"type": "static_select", "action_id": field.name}
    if len(options) <= limits.OPTIONS:
        element["options"] = [_option(option) for option in options]
    else:
        element["option_groups"] = _groups(options)
    return element | ({"initial_option": _option(chosen)} if chosen else {})


def _groups(options: Sequence[Option]) -> list[Block]:
    """More options than Slack takes in one list, in numbered parts."""
    starts = range(0, min(len(options), limits.OPTIONS**2), limits.OPTIONS)
    parts = [(start, options[start : start + limits.OPTIONS]) for start in starts]
    return [
        {
            "label": blocks.plain_json(f"{start + 1} to {start + len(part)}", limit=limits.OPTION),
            "options": [_option(option) for option in part],
        }
        for start, part in parts
    ]


def _option(option: Option) -> Block:
    shown: Block = {
        "text": blocks.plain_json(one_line(option.label, width=limits.OPTION) or _value(option), limit=limits.OPTION),
        "value": _value(option),
    }
    description = one_line(option.description, width=limits.OPTION)
    return shown | ({"description": blocks.plain_json(description, limit=limits.OPTION)} if description else {})


def _value(option: Option) -> str:
    return option.value or option.label


def _can_be_chosen(field: SelectField) -> bool:
    """Whether Slack can bring every value back as it is."""
    values = [_value(option) for option in field.options]
    return bool(values) and all(value.strip() and units(value) <= limits.OPTION for value in values)


def _named(options: Sequence[Option]) -> str:
    return "One of: " + ", ".join(one_line(_value(option), width=_HINT) for option in options) if options else ""


def _short(text: str, *, instead: str) -> Block:
    return blocks.plain_json(one_line(text, width=limits.MODAL_TITLE) or instead, limit=limits.MODAL_TITLE)
