"""A command with its typed options as the text that says the same in every chat; what is asked while it is typed."""

from collections.abc import Sequence
from dataclasses import dataclass

from adapters.chat.payload import Payload, maps_at, text_at
from adapters.discord.command_tree import BY_NAME, COMMAND, FREE, Part, Suggests


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """`verb` and the text behind it; the verb is '' where the text itself says what is wanted."""

    verb: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Typing:
    """Somebody is filling in a value: of which kind, and what stands there by now."""

    kind: Suggests
    typed: str


def parse_command(data: Payload) -> Typed | None:
    """What the slash command in `data` says; None for a command that is not ours."""
    chosen = _chosen(data)
    if chosen is None:
        return None
    name, options = text_at(chosen, "name"), _given(chosen)
    known = BY_NAME.get(name)
    if known is None:
        # of an older version of us: its values are the best there is
        return Typed(verb=name, text=" ".join(_text(value) for value in options.values()).strip())
    alone = not any(part.name in options for part in known.parts if part.suggests is Suggests.TASK)
    given = [
        (part, said)
        for part in known.parts
        if part.name in options and (said := _said(part, options[part.name], alone=alone))
    ]
    return Typed(verb="" if name == FREE else known.verb or name, text=_line(given))


def parse_typing(data: Payload) -> Typing | None:
    """What suggestions are wanted for; None when there are none for it."""
    chosen = _chosen(data)
    known = BY_NAME.get(text_at(chosen, "name")) if chosen is not None else None
    if chosen is None or known is None:
        return None
    focused = next((each for each in maps_at(chosen, "options") if each.get("focused") is True), None)
    part = next((part for part in known.parts if focused and part.name == text_at(focused, "name")), None)
    if focused is None or part is None or not part.suggests:
        return None
    return Typing(kind=part.suggests, typed=_text(focused.get("value")))


def _line(given: Sequence[tuple[Part, str]]) -> str:
    """What was filled in, one behind the other.

    Beside flags the words come last and are only words: neither an unclosed code fence in them, nor a flag in what
    somebody pasted, undoes what was chosen.
    """
    words = [said for part, said in given if part.is_prose]
    flags = [said for part, said in given if part.flag]
    if not (words and flags):
        return " ".join(said for _, said in given)
    about = [said for part, said in given if not (part.is_prose or part.flag)]
    return " ".join([*about, *flags, "--", *words])


def _chosen(data: Payload) -> Payload | None:
    if text_at(data, "name") != COMMAND:
        return None
    return next(iter(maps_at(data, "options")), None)


def _given(chosen: Payload) -> dict[str, object]:
    return {text_at(each, "name"): each.get("value") for each in maps_at(chosen, "options")}


def _said(part: Part, value: object, *, alone: bool) -> str:
    """`--project web`, or the words as they are; `alone` says that no task is named."""
    if part.switch:
        return f"--{part.name}" if value is True else ""
    text = _text(value)
    if part.alone and alone and text:
        return f"{part.alone} ${text}" if text[0].isdigit() else f"{part.alone} {text}"
    if not part.flag:
        return text
    return f"--{part.name} {_quoted(text)}" if text else ""


def _quoted(text: str) -> str:
    """`text` as one word."""
    if not any(character.isspace() for character in text):
        return text
    return f'"{text.replace(chr(34), chr(39))}"'


def _text(value: object) -> str:
    return str(value).strip() if isinstance(value, str | int | float) else ""
