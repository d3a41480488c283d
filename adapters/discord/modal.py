"""Forms as modals: a label for each field, with the field's name as the id of its input."""

from collections.abc import Sequence
from typing import assert_never

from adapters.chat.card import Option
from adapters.chat.form import FileField, Form, FormField, SelectField, TextField
from adapters.chat.measure import fitted, units
from adapters.chat.payload import Payload
from adapters.chat.text import one_line, printable
from adapters.discord import limits, markup
from adapters.discord.components import label, text_display

_TEXT_INPUT, _SELECT, _RADIO, _FILES = 4, 3, 21, 19
_SHORT, _PARAGRAPH = 1, 2
_INTRO = 1_000
_AT_A_GLANCE = 5
"""So many options stand one under the other; more of them are a menu."""


def modal(form: Form) -> Payload:
    """`form` as a modal to open; its token comes back as the modal's id."""
    files = [_files(form.files)] if form.files is not None else []
    parts = [*map(_field, _fitting(form.fields, room=limits.MODAL_PARTS - len(files))), *files][: limits.MODAL_PARTS]
    intro = printable(form.intro[:_INTRO]).strip()
    if intro and len(parts) < limits.MODAL_PARTS:
        parts = [text_display(markup.prose(intro)), *parts]
    return {
        "custom_id": form.token,
        "title": fitted(one_line(form.title), limit=limits.MODAL_TITLE) or "Orchestrator",
        "components": parts or [text_display("Nothing is needed.")],
    }


def _fitting(fields: Sequence[FormField], *, room: int) -> Sequence[FormField]:
    """At most `room` of `fields`, or all when that is impossible: a choice that is made already gives way first."""
    if len(fields) <= room:
        return fields
    made = [each for each in fields if isinstance(each, SelectField) and each.optional and each.value]
    gone = made[-(len(fields) - room) :]
    return [each for each in fields if each not in gone]


def _files(field: FileField) -> Payload:
    asked = {
        "type": _FILES,
        "custom_id": field.name,
        "min_values": 0,
        "max_values": max(1, min(field.most, limits.FILES)),
        "required": False,
    }
    title = fitted(one_line(field.label), limit=limits.LABEL) or field.name
    return label(title, asked, hint=fitted(one_line(field.hint), limit=limits.LABEL_HINT))


def _field(field: FormField) -> Payload:
    match field:
        case TextField():
            made = _text_input(field)
        case SelectField():
            made = _select(field) if _can_be_chosen(field) else _typed_choice(field)
        case _:
            assert_never(field)
    title = fitted(one_line(field.label), limit=limits.LABEL) or field.name
    return label(title, made, hint=fitted(one_line(_hint(field)), limit=limits.LABEL_HINT))


def _hint(field: FormField) -> str:
    """What helps to fill it in: with a choice that must be typed, also what there is to choose from."""
    if not isinstance(field, SelectField) or _can_be_chosen(field):
        return field.hint
    named = "One of: " + ", ".join(_value(option) for option in field.options) if field.options else ""
    return " ".join(part for part in (field.hint, named) if part)


def _text_input(field: TextField) -> Payload:
    longest = min(max(1, field.max_length), limits.INPUT)
    value = fitted(printable(field.value[: limits.INPUT]), limit=longest)
    made: dict[str, object] = {
        "type": _TEXT_INPUT,
        "custom_id": field.name,
        "style": _PARAGRAPH if field.multiline else _SHORT,
        "max_length": longest,
        "required": not field.optional,
    }
    return made | ({"value": value} if value else {})


def _typed_choice(field: SelectField) -> Payload:
    """An input instead of a select that Discord could not show, or whose values it could not bring back."""
    return _text_input(TextField(name=field.name, label=field.label, value=field.value, optional=field.optional))


def _select(field: SelectField) -> Payload:
    options = list({_value(option): option for option in field.options}.values())
    return {
        "type": _RADIO if 1 < len(options) <= _AT_A_GLANCE else _SELECT,
        "custom_id": field.name,
        "required": not field.optional,
        "options": [_option(option, chosen=bool(field.value) and _value(option) == field.value) for option in options],
    }


def _option(option: Option, *, chosen: bool) -> Payload:
    shown: dict[str, object] = {
        "label": fitted(one_line(option.label), limit=limits.OPTION) or _value(option),
        "value": _value(option),
    }
    description = fitted(one_line(option.description), limit=limits.OPTION)
    return shown | ({"description": description} if description else {}) | ({"default": True} if chosen else {})


def _value(option: Option) -> str:
    return option.value or option.label


def _can_be_chosen(field: SelectField) -> bool:
    """Whether Discord can show every option, and bring its value back as it is."""
    values = {_value(option) for option in field.options}
    return 0 < len(values) <= limits.OPTIONS and all(
        value.strip() and units(value) <= limits.OPTION for value in values
    )
