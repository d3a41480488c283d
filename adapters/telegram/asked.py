"""How a question of a form looks: its title, what is asked, and buttons for what can be pressed instead of typed."""

from adapters.chat.form import SelectField
from adapters.chat.measure import fitted, units
from adapters.chat.text import one_line, printable
from adapters.telegram.asking import CANCEL, Asking, data_of, offered, skip_label
from adapters.telegram.ids import chat_of
from adapters.telegram.keyboard import Button, Keyboard
from adapters.telegram.page import Entity, Page

_WORDS = 3000
_LABEL = 40
_PLACEHOLDER = 60
"""Characters; Telegram takes 64 (ForceReply.input_field_placeholder)."""


def question(asking: Asking, *, wrong: str = "") -> Page:
    """The message that asks for the field whose turn it is; in a group it calls who is asked."""
    field, form = asking.field, asking.form
    entities: list[Entity] = []
    text = ""
    if in_group(asking):
        text = f"{asking.name}, "
        entities.append(_entity("text_mention", 0, units(asking.name), user=_user(asking)))
    entities.append(_entity("bold", units(text), units(form.title)))
    text += form.title
    if len(form.fields) > 1:
        text += f" ({asking.index + 1} of {len(form.fields)})"
    intro = printable(form.intro) if asking.index == 0 else ""
    lines = [intro, field.label, printable(field.hint), _how(asking), wrong]
    text = "\n".join([text, *filter(None, lines)])
    return Page(text=fitted(text, limit=_WORDS), entities=tuple(entities), keyboard=_buttons(asking))


def answer_shown(asking: Asking, value: str) -> Page:
    """The question once it is answered: short, and without buttons."""
    field = asking.field
    shown = next((each.label for each in offered(field) if (each.value or each.label) == value), value)
    return Page(text=f"{field.label}: {one_line(shown, width=200) or '–'}")


def forced_reply(asking: Asking) -> dict[str, object] | None:
    """What opens the answer to the question by itself; None where buttons stand, or nobody else reads.

    Telegram takes either this or buttons under a message.
    """
    if not in_group(asking) or offered(asking.field) or skip_label(asking.field):
        return None
    placeholder = one_line(asking.field.label, width=_PLACEHOLDER)
    return {"force_reply": True, "selective": True, "input_field_placeholder": placeholder or "Your answer"}


def in_group(asking: Asking) -> bool:
    """Whether others read along."""
    return chat_of(asking.channel) < 0


def _how(asking: Asking) -> str:
    if forced_reply(asking):
        return "Answer this message. To leave it, answer /cancel."
    if not isinstance(asking.field, SelectField) and in_group(asking):
        return "Answer this message with your words, or press a button."
    return ""


def _buttons(asking: Asking) -> Keyboard:
    if forced_reply(asking):
        return ()
    field = asking.field
    rows = [
        (Button(text=one_line(option.label, width=_LABEL) or "–", data=data_of(asking, number)),)
        for number, option in enumerate(offered(field))
    ]
    skip = one_line(skip_label(field), width=_LABEL)
    last = (Button(text=skip, data=data_of(asking, None)),) if skip else ()
    return (*rows, (*last, Button(text="Cancel", data=CANCEL)))


def _user(asking: Asking) -> dict[str, object]:
    return {"id": asking.user, "is_bot": False, "first_name": asking.name}


def _entity(kind: str, offset: int, length: int, **more: object) -> Entity:
    return {"type": kind, "offset": offset, "length": length, **more}
