"""Paragraphs, code, facts and meters as blocks."""

from collections.abc import Callable
from dataclasses import replace

from adapters.chat.card import Choices, Code, Field, Fields, Markdown, Meter, Section, Text, Weight
from adapters.chat.folding import ENDLESS, beginning, left_out
from adapters.chat.text import one_line, printable
from adapters.slack import blocks, limits, mrkdwn, rich
from adapters.slack.blocks import Block
from adapters.slack.measure import weight
from adapters.slack.surface import Surface

SEEN_BYTES = 1_500
"""How much of a long text or of long code is seen before it is unfolded."""
_SEEN_LINES = 24
_LONGEST = 20_000
"""Characters of a text that are looked at: more than a message can hold."""
_A_LITTLE_BYTES, _A_LITTLE_LINES = 400, 6
"""What is not worth folding."""
_METER_CELLS = 12
_ASIDE = 300
"""Characters of a fact that is told in passing."""
_LABEL = 60
_LEAST_ROOM = 60


def readable(section: Section) -> Section:
    """`section` with its long text fit to be shown, and no longer than anybody could see of it."""
    match section:
        case Text() | Markdown() | Code() | Choices():
            text = printable(section.text[:_LONGEST])
            return replace(section, text=text + ENDLESS if len(section.text) > _LONGEST else text)
        case _:
            return section


def text_blocks(section: Text, *, room: int, surface: Surface, loud: bool = True) -> list[Block]:
    """A paragraph; a long one is folded after its beginning. What can be done next is bold where the card is `loud`."""
    text = section.text.strip()
    if not text:
        return []
    match section.weight:
        case Weight.MUTED:
            return [muted(text, room=room)]
        case Weight.PROBLEM:
            return _folding(text, room=room, surface=surface, make=lambda part: rich.quote(rich.prose(part)))
        case Weight.NEXT:
            return _folding(
                text, room=room, surface=surface, make=lambda part: rich.paragraph(rich.prose(part, bold=loud))
            )
        case Weight.NORMAL:
            return _folding(text, room=room, surface=surface, make=lambda part: rich.paragraph(rich.prose(part)))


def code_blocks(section: Code, *, room: int, surface: Surface) -> list[Block]:
    """Text to the letter; long code is folded after its first lines."""
    text = section.text.strip("\n").rstrip()
    return _folding(text, room=room, surface=surface, make=rich.preformatted) if text else []


def muted(text: str, *, room: int = limits.MRKDWN) -> Block:
    """Small, calm text, shown as it is; `text` must not be empty."""
    room = max(_LEAST_ROOM, room)
    kept, rest = beginning(text, room=room)
    shown = f"{kept.rstrip()}\n{left_out(rest)}".strip() if rest else kept
    return blocks.context(blocks.plain(shown))


def meter_blocks(section: Meter) -> list[Block]:
    """`Budget  ▰▰▰▰▱▱▱▱▱▱▱▱  $3.50 of $5.00`."""
    share = section.share if section.share == section.share else 0.0  # not a number is no share
    full = min(_METER_CELLS, max(0, round(min(1.0, max(0.0, share)) * _METER_CELLS)))
    bar = "▰" * full + "▱" * (_METER_CELLS - full)
    parts = (one_line(section.label, width=_LABEL), bar, one_line(section.text, width=_LABEL * 2))
    sign = "⚠️  " if share >= 1 else ""
    return [blocks.context(blocks.plain(sign + "  ".join(part for part in parts if part)))]


def fields_blocks(section: Fields, *, room: int) -> list[Block]:
    """A line for each fact."""
    facts = [field for field in section.fields if one_line(field.value, width=_LABEL)]
    each = max(_LEAST_ROOM, min(limits.FIELD, room // max(1, len(facts))) - _LABEL)
    return [blocks.section(text) for text in _joined([_fact(field, limit=each) for field in facts])]


def aside_blocks(section: Fields, *, room: int) -> list[Block]:
    """Facts as small, calm text: for cards that are about something else."""
    facts = [field for field in section.fields if one_line(field.value, width=_LABEL)]
    each = max(_LEAST_ROOM, min(_ASIDE, room // max(1, len(facts))) - _LABEL)
    elements = [blocks.mrkdwn(_fact(field, limit=each)) for field in facts]
    most = limits.CONTEXT_ELEMENTS
    return [blocks.context(*elements[at : at + most]) for at in range(0, len(elements), most)]


def _folding(text: str, *, room: int, surface: Surface, make: Callable[[str], Block]) -> list[Block]:
    """`text` by `make`; when it is long its beginning, then the rest folded away, then how much more there is."""
    if weight(text) <= min(room, SEEN_BYTES + _A_LITTLE_BYTES) and text.count("\n") < _SEEN_LINES + _A_LITTLE_LINES:
        return [blocks.rich_text([make(text)])]
    seen, rest = beginning(text, room=max(_LEAST_ROOM, min(room, SEEN_BYTES)), lines=_SEEN_LINES)
    made = [blocks.rich_text([make(seen)])]
    if not rest.strip():
        return made
    folded, hidden = beginning(rest, room=room - weight(seen)) if surface is Surface.MESSAGE else ("", rest)
    if not folded.strip():
        return [*made, muted(left_out(rest))]
    inside = [blocks.rich_text([make(folded)]), *([muted(left_out(hidden))] if hidden.strip() else [])]
    return [*made, blocks.container(left_out(rest), inside)]


def _fact(field: Field, *, limit: int) -> str:
    """`*Project:*  shop`."""
    label = mrkdwn.literal(field.label, limit=_LABEL)
    if field.at is not None:
        value = mrkdwn.moment(field.at, fallback=field.value)
    else:
        value = mrkdwn.linked(field.value, limit=limit)
    colon = "" if label.endswith(("…", ":", "?", "`")) else ":"
    return f"*{label}{colon}*  {value}" if label else value


def _joined(lines: list[str]) -> list[str]:
    """As many lines in one text as Slack takes."""
    texts: list[str] = []
    for line in lines:
        if texts and len(texts[-1]) + len(line) + 1 <= limits.MRKDWN // 2:
            texts[-1] += f"\n{line}"
        else:
            texts.append(line)
    return texts
