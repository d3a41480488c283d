"""Buttons, the menu of minor actions, and offered answers as components."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from adapters.chat.card import Action, ActionStyle, Choices, Option, Section
from adapters.chat.folding import beginning
from adapters.chat.measure import fitted
from adapters.chat.payload import Payload
from adapters.chat.text import one_line
from adapters.discord import components, limits, markup
from adapters.discord.confirmation import asking

COMMAND = "/orchestrate"
MENU = "menu"
"""The id of the menu of minor actions; which was chosen is the value of the chosen option, its token."""
MENUS = r"menu(?::(?P<first>[A-Za-z0-9_-]{1,64}))?"
"""What the ids of our menus look like."""
_ROWS = 3
"""Rows of buttons; more would fill the screen."""
_AS_BUTTONS = 10
"""Answers that are buttons; more of them are a menu."""
_EXPLAINED = 8
"""Answers that have a line each."""
_TYPED = 200
_ANSWER = 300
_LEAST_ROOM = 60


def action_rows(actions: Sequence[Action], *, taken: frozenset[str] = frozenset()) -> list[Payload]:
    """The buttons of a card in their order, the minor ones in a menu at the end; those without a token as commands.

    `taken` are tokens that have a button already.
    """
    pressable = _once(actions, taken=taken)
    minor = [action for action in pressable if action.minor][: limits.OPTIONS]
    major = [action for action in pressable if not action.minor][: _ROWS * limits.ROW]
    primary = next((action for action in major if action.style is ActionStyle.PRIMARY), None)
    made = rows_of([_button(action, primary=action is primary) for action in major])
    if minor:
        options = [(_label(action.label), action.token, "") for action in minor]
        made.append(components.row([components.select(MENU, options, placeholder="More …")]))
    typed = [action for action in actions if not action.token and action.command and not action.minor]
    return made + _typed(typed)


def rows_of(buttons: Sequence[Payload]) -> list[Payload]:
    """Buttons five in a row."""
    return [components.row(buttons[at : at + limits.ROW]) for at in range(0, len(buttons), limits.ROW)]


def choices_parts(section: Choices, *, room: int) -> list[Payload]:
    """A question with a button for each answer; those that need explaining have a line each."""
    question, rest = beginning(section.text.strip(), room=max(_LEAST_ROOM, room))
    shown = markup.bold(question.strip()) if "\n" not in question.strip() else markup.prose(question)
    made = [components.text_display(shown + ("…" if rest else ""))] if question.strip() else []
    options = [option for option in section.options if option.label.strip()]
    pressable = list({option.token: option for option in options if option.token}.values())
    if len(pressable) < len(options):
        text = "\n".join(_line(option, room=room) for option in options[: limits.OPTIONS])
        return [*made, *([components.text_display(text)] if text else []), *rows_of(_answers(pressable))]
    if any(option.description.strip() for option in pressable) and len(pressable) <= _EXPLAINED:
        each = max(_LEAST_ROOM, min(_ANSWER, room // max(1, len(pressable))))
        return made + [
            components.section(_line(option, room=each), components.button("Choose", token=option.token))
            for option in pressable
        ]
    if len(pressable) <= _AS_BUTTONS:
        return made + rows_of(_answers(pressable))
    offered = [(_label(option.label), option.token, one_line(option.description)) for option in pressable]
    # no other menu has the first answer's token; the chosen one's value is the token that counts
    menu = components.select(f"{MENU}:{pressable[0].token}", offered[: limits.OPTIONS], placeholder="Choose an answer")
    return [*made, components.row([menu])]


def once(sections: Iterable[Section]) -> list[Section]:
    """The sections, with each token on the first answer that has it: Discord takes an id only once."""
    seen: set[str] = set()
    kept: list[Section] = []
    for section in sections:
        if not isinstance(section, Choices):
            kept.append(section)
            continue
        options: list[Option] = []
        for option in section.options:
            options.append(replace(option, token="") if option.token in seen else option)
            seen.add(option.token)
        kept.append(replace(section, options=tuple(options)))
    return kept


def tokens_of(sections: Iterable[Section]) -> frozenset[str]:
    """The tokens that the answers have."""
    choices = (section for section in sections if isinstance(section, Choices))
    return frozenset(option.token for section in choices for option in section.options if option.token)


def _answers(options: Sequence[Option]) -> list[Payload]:
    return [components.button(_label(option.label), token=option.token) for option in options[:_AS_BUTTONS]]


def _line(option: Option, *, room: int) -> str:
    label = markup.bold(fitted(one_line(option.label), limit=max(_LEAST_ROOM, room // 2)))
    description = markup.escaped(fitted(one_line(option.description), limit=max(_LEAST_ROOM, room // 2)))
    return f"{label}\n{description}" if description else label


def _button(action: Action, *, primary: bool) -> Payload:
    """A dangerous button is red, and asks back; one that opens a form, as its label that ends with … says, need not."""
    label, token, style = _label(action.label), action.token, components.SECONDARY
    if action.style is ActionStyle.DANGER:
        style = components.DANGER
        token = token if label.endswith("…") else asking(token)
    elif primary:
        style = components.SUCCESS
    return components.button(label, token=token, style=style)


def _typed(actions: Sequence[Action]) -> list[Payload]:
    """What to type where there is nothing to press."""
    lines = [
        f"{_label(each.label).rstrip('…')}: {COMMAND} say {one_line(each.typed or each.command, width=_TYPED)}"
        for each in actions
    ]
    return [components.text_display(markup.small(markup.escaped("\n".join(lines))))] if lines else []


def _label(text: str) -> str:
    return fitted(one_line(text), limit=limits.BUTTON) or "Go"


def _once(actions: Sequence[Action], *, taken: frozenset[str]) -> list[Action]:
    """The actions that can be pressed; a token that came before is left out, as Discord wants each only once."""
    seen = set(taken)
    kept: list[Action] = []
    for action in actions:
        if action.token and action.token not in seen:
            seen.add(action.token)
            kept.append(action)
    return kept
