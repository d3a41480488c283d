"""Buttons, the menu of minor actions, and offered answers as blocks."""

from collections.abc import Iterable, Sequence

from adapters.chat.card import Action, ActionStyle, Choices, Option
from adapters.chat.folding import beginning
from adapters.chat.text import one_line
from adapters.slack import blocks, limits, mrkdwn, rich
from adapters.slack.blocks import Block
from adapters.slack.render_text import muted

COMMAND = "/orchestrate"
MENU = "menu"
"""The action id of the menu of minor actions; which was chosen is the value of the chosen option, its token."""
_LONGEST_MENU = 5
"""Options of an overflow menu (SDK: Overflow)."""
_GO_BACK = "Not now"
_ANSWER = 600
_TYPED = 200
_LEAST_ROOM = 60


def action_blocks(actions: Sequence[Action], *, about: str, taken: frozenset[str] = frozenset()) -> list[Block]:
    """The buttons of a card in their order, the minor ones in a menu at the end; those without a token as commands.

    `about` is said by screen readers and asked back before something dangerous; `taken` are tokens that have a button
    already.
    """
    pressable = _once(actions, taken=taken)
    minor = [action for action in pressable if action.minor][:_LONGEST_MENU]
    shown = [action for action in pressable if action not in minor]
    primary = next((action for action in shown if action.style is ActionStyle.PRIMARY), None)
    elements = [_button(action, about=about, primary=action is primary) for action in shown]
    elements += [blocks.menu(MENU, [(_label(action.label), action.token) for action in minor])] if minor else []
    rows = [blocks.actions(elements[at : at + limits.ACTIONS]) for at in range(0, len(elements), limits.ACTIONS)]
    typed = [action for action in actions if not action.token and action.command and not action.minor]
    return rows + _typed(typed)


def choices_blocks(section: Choices, *, room: int, about: str) -> list[Block]:
    """A question with a button for each answer; those that need explaining have a line each."""
    text = section.text.strip()
    question, rest = beginning(text, room=max(_LEAST_ROOM, room))
    made = [blocks.rich_text([rich.paragraph(rich.prose(question + ("…" if rest else ""), bold=True))])] if text else []
    if all(option.token and not option.description.strip() for option in section.options):
        buttons = [_answer(option, about=about) for option in _distinct(section.options)]
        return made + [
            blocks.actions(buttons[at : at + limits.ACTIONS]) for at in range(0, len(buttons), limits.ACTIONS)
        ]
    each = max(_LEAST_ROOM, min(_ANSWER, room // len(section.options)))
    return made + [_explained(option, room=each, about=about) for option in section.options if option.label.strip()]


def tokens_of(section: Choices) -> Iterable[str]:
    """The tokens that buttons of the answers have."""
    return (option.token for option in section.options if option.token)


def _explained(option: Option, *, room: int, about: str) -> Block:
    label = mrkdwn.literal(option.label, limit=room)
    description = mrkdwn.literal(option.description, limit=room)
    text = f"*{label}*\n{description}" if description else f"*{label}*"
    if not option.token:
        return blocks.section(text)
    button = blocks.button(label="Choose", token=option.token, spoken=f"Choose {_label(option.label)}: {about}")
    return blocks.section_with(text, button)


def _answer(option: Option, *, about: str) -> Block:
    label = _label(option.label)
    return blocks.button(label=label, token=option.token, spoken=f"{label}: {about}")


def _button(action: Action, *, about: str, primary: bool) -> Block:
    """A dangerous button asks back, in red; one that opens a form, as its label that ends with … says, need not."""
    label = _label(action.label)
    danger = action.style is ActionStyle.DANGER
    opens = label.endswith("…")
    question = blocks.confirmation(title=f"{label}?", text=about or label, confirm=label, deny=_GO_BACK)
    return blocks.button(
        label=label,
        token=action.token,
        style="danger" if danger and opens else "primary" if primary else "",
        spoken=f"{label}: {about}",
        confirm=question if danger and not opens else None,
    )


def _typed(actions: Sequence[Action]) -> list[Block]:
    """What to type where there is nothing to press."""
    lines = [
        f"{_label(each.label).rstrip('…')}: {COMMAND} {one_line(each.typed or each.command, width=_TYPED)}"
        for each in actions
    ]
    return [muted("\n".join(lines))] if lines else []


def _label(text: str) -> str:
    return one_line(text, width=limits.BUTTON) or "Go"


def _once(actions: Sequence[Action], *, taken: frozenset[str]) -> list[Action]:
    """The actions that can be pressed; a token that came before is left out, as Slack wants each only once."""
    seen = set(taken)
    kept: list[Action] = []
    for action in actions:
        if action.token and action.token not in seen:
            seen.add(action.token)
            kept.append(action)
    return kept


def _distinct(options: Sequence[Option]) -> list[Option]:
    return list({option.token: option for option in options}.values())
