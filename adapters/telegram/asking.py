"""A form that is asked field by field: where it stands, what an answer to it means, and how it goes on; pure.

It is kept as text while it is asked, so that a restart in the middle loses no answer.
"""

from dataclasses import dataclass, field, replace
from typing import assert_never

from pydantic import TypeAdapter

from adapters.chat.card import Option
from adapters.chat.form import Form, FormField, SelectField, TextField
from adapters.chat.measure import units

CHOSEN = "form:"
"""Begins what a button of a form brings back: `form:2:0` is the first answer offered for the third field."""
CANCEL = f"{CHOSEN}cancel"
_SKIP = "skip"
_CANCELS = frozenset({"/cancel", "/stop"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """A form that is in front of a person. `until` counts seconds since 1970."""

    form: Form
    channel: str
    thread: str
    user: int
    name: str
    until: float
    index: int = 0
    """Of the field that is asked for now."""
    values: dict[str, str] = field(default_factory=dict[str, str])
    question: int = 0
    """The message that asks for it; 0 while it is being sent."""
    taken: tuple[str, ...] = ()
    """The events that answered: one that is delivered again is no answer to the next question."""
    over: bool = False
    """Whether it is sent, cancelled, or another took its place."""

    @property
    def field(self) -> FormField:
        """What is asked for now."""
        return self.form.fields[self.index]


_ASKING = TypeAdapter(Asking)


def kept(asking: Asking) -> str:
    """`asking` as text; `asking_of` reads it."""
    return _ASKING.dump_json(asking).decode()


def asking_of(text: str) -> Asking:
    """What `kept` was given."""
    return _ASKING.validate_json(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """An answer that does not fit, and what would."""

    says: str


def cancels(text: str) -> bool:
    """Whether somebody who writes this while a form is asked wants to leave it."""
    return text.strip().lower().partition("@")[0] in _CANCELS


def answered(asking: Asking, text: str) -> Asking | Wrong:
    """The form after the question was answered with `text`."""
    match asking.field:
        case TextField(optional=optional, max_length=most):
            if not text.strip() and not optional:
                return Wrong(says="Please write a few words.")
            if units(text) > most:
                return Wrong(says=f"That is too long: {most} characters at most.")
            return _next(asking, text.strip())
        case SelectField(options=options):
            said = text.strip().casefold()
            for option in options:
                if said in {option.label.casefold(), (option.value or option.label).casefold()}:
                    return _next(asking, option.value or option.label)
            return Wrong(says="Please choose one of the buttons.")
        case _:
            assert_never(asking.field)


def pressed(asking: Asking, data: str) -> Asking | None:
    """The form after a button of its question; None for a button of an earlier question."""
    number, _, what = data.removeprefix(CHOSEN).partition(":")
    if number != str(asking.index):
        return None
    if what == _SKIP:
        return _next(asking, _standing(asking.field))
    options = offered(asking.field)
    if not what.isdigit() or int(what) >= len(options):
        return None
    option = options[int(what)]
    return _next(asking, option.value or option.label)


def is_answered(asking: Asking) -> bool:
    """Whether every field has its value."""
    return asking.index >= len(asking.form.fields)


def offered(asked: FormField) -> tuple[Option, ...]:
    """The answers a field offers."""
    return asked.options if isinstance(asked, SelectField) else ()


def skip_label(asked: FormField) -> str:
    """What the button is called that leaves a field as it is; '' when it cannot be left."""
    standing = _standing(asked)
    if standing:
        shown = next((each.label for each in offered(asked) if (each.value or each.label) == standing), standing)
        return f"Keep “{shown}”"
    return "Skip" if asked.optional else ""


def data_of(asking: Asking, what: int | None) -> str:
    """What a button of the question brings back: the number of an offered answer, None to leave the field as it is."""
    return f"{CHOSEN}{asking.index}:{_SKIP if what is None else what}"


def _standing(asked: FormField) -> str:
    return asked.value


def _next(asking: Asking, value: str) -> Asking:
    values = {**asking.values, asking.field.name: value}
    return replace(asking, values=values, index=asking.index + 1, question=0)
