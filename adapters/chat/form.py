"""A form: fields a person fills in, as neutral values; where there are no forms each field is asked in turn."""

from dataclasses import dataclass
from typing import Literal

from adapters.chat.card import Option


@dataclass(frozen=True, slots=True, kw_only=True)
class TextField:
    """Text; `value` stands there already."""

    type: Literal["text"] = "text"
    name: str
    """Its key in FormSubmitted.values."""
    label: str
    value: str = ""
    hint: str = ""
    optional: bool = False
    multiline: bool = False
    max_length: int = 3000
    """Characters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectField:
    """One of several; the answer is the option's `value`, or its label when it has none."""

    type: Literal["select"] = "select"
    name: str
    label: str
    options: tuple[Option, ...]
    value: str = ""
    """The one chosen at first; '' for none."""
    hint: str = ""
    optional: bool = False


FormField = TextField | SelectField


@dataclass(frozen=True, slots=True, kw_only=True)
class FileField:
    """Files from a person's machine, none or up to `most`; they come back in FormSubmitted.files."""

    name: str
    label: str
    hint: str = ""
    most: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What is asked. `token` is opaque, at most 40 bytes, and comes back in FormSubmitted; at most five fields."""

    token: str
    title: str
    """At most 24 characters."""
    fields: tuple[FormField, ...]
    submit: str = "Send"
    intro: str = ""
    files: FileField | None = None
    """What may be attached. A platform that cannot ask for files leaves it out, as its capabilities say."""
