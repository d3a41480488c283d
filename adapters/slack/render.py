"""Neutral cards as Slack shows them: blocks, and the words beside them for notifications and screen readers."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain, groupby
from typing import assert_never

from adapters.chat.card import Card, Choices, Code, Fields, Markdown, Meter, Section, StepList, Table, Text, Tone
from adapters.chat.measure import fitted
from adapters.chat.text import one_line
from adapters.slack import blocks, limits, mrkdwn, rich
from adapters.slack.blocks import Block
from adapters.slack.ids import team_and_user
from adapters.slack.measure import weight
from adapters.slack.render_actions import action_blocks, choices_blocks, tokens_of
from adapters.slack.render_markdown import markdown_blocks
from adapters.slack.render_steps import step_blocks
from adapters.slack.render_table import table_blocks
from adapters.slack.render_text import (
    aside_blocks,
    code_blocks,
    fields_blocks,
    meter_blocks,
    muted,
    readable,
    text_blocks,
)
from adapters.slack.surface import Surface
from core.domain.identity import PersonId

_SIGN = {Tone.NEUTRAL: "", Tone.WORKING: "🔵", Tone.WAITING: "🟠", Tone.GOOD: "🟢", Tone.BAD: "🔴"}
_NATIVE_ID = re.compile(r"[UW][A-Z0-9]{2,30}")
_STATUS = 120
_LINK = 60
_FACT = 120
_FALLBACK = 500
"""Characters of a notification; nobody's screen shows more."""
_ABOUT = 120
"""Columns of a title where it is only said in passing."""
_MENTIONS = 20
_BOLD = 120
"""Characters of an answer that can be bold."""
_FOOT_WEIGHT = 4_000
"""What the buttons may weigh, so that something is left for the rest."""
_ROOMS = (6_000, 4_000, 2_500, 1_500, 800, 400, 200, 100)
"""Bytes each section may have, tried one after the other until the whole card fits: what is long is cut first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A message as Slack takes it: `text` is what chat.postMessage and chat.update want beside `blocks`."""

    blocks: tuple[Block, ...]
    text: str


def rendered(card: Card, *, surface: Surface = Surface.MESSAGE) -> Rendered:
    """`card` as a message, within Slack's limits whatever is in it.

    With `Surface.VIEW` it is made of the oldest blocks alone, for a workspace that refuses the new ones.
    """
    return Rendered(blocks=tuple(identified(card_blocks(card, surface=surface), prefix=card.key)), text=fallback(card))


def card_blocks(
    card: Card,
    *,
    surface: Surface = Surface.MESSAGE,
    most: int = limits.MESSAGE_BLOCKS,
    heaviest: int = limits.MESSAGE_WEIGHT,
) -> list[Block]:
    """The blocks of `card`: at most `most`, that weigh at most `heaviest`; long parts are folded, then cut."""
    card = replace(card, sections=tuple(readable(section) for section in card.sections))
    head, foot = _head(card), _foot(card)
    for room in _ROOMS:
        parts = _parts(card, room=room, surface=surface)
        whole = [*head, *chain.from_iterable(parts), *foot]
        if len(whole) <= most and weight(whole) <= heaviest:
            return whole or [muted("Nothing to show.")]
    parts = _parts(card, room=_ROOMS[-1], surface=surface)
    return _shortened(head, parts, foot, most=most, heaviest=heaviest)


def fallback(card: Card) -> str:
    """One line for notifications and screen readers, escaped; it calls whom the card calls."""
    told = (one_line(part, width=_FALLBACK) for part in (card.title, card.status))
    words = one_line(card.about, width=_FALLBACK) or " · ".join(part for part in told if part)
    called = "".join(f"<@{native}> " for native in _called(card.mentions))
    return called + mrkdwn.escaped(fitted(words or "Orchestrator", limit=_FALLBACK))


def identified(parts: Iterable[Block], *, prefix: str) -> list[Block]:
    """The blocks with ids that stay the same from edit to edit."""
    prefix = fitted(one_line(prefix, width=limits.BLOCK_ID), limit=limits.BLOCK_ID - 20)
    return [block if "block_id" in block else block | {"block_id": f"{prefix}/{at}"} for at, block in enumerate(parts)]


def _head(card: Card) -> list[Block]:
    """Title, the line that says where it stands, and who is called."""
    if not _is_large(card):
        return [*_said(card.title), *_stands(card)]
    title = one_line(card.title, width=limits.HEADER)
    return [*([blocks.header(title)] if title else []), *_stands(card), *_calls(card)]


def _said(title: str) -> list[Block]:
    """The title of an answer of a few words: often it is all there is, so nothing of it is cut."""
    text = one_line(title, width=limits.MRKDWN)
    return [blocks.rich_text([rich.paragraph(rich.prose(text, bold=len(text) <= _BOLD))])] if text else []


def _calls(card: Card) -> list[Block]:
    people = [part for native in _called(card.mentions) for part in (rich.user(native), rich.span(" "))]
    return [blocks.rich_text([rich.paragraph(people[:-1])])] if people else []


def _stands(card: Card) -> list[Block]:
    line = _standing(card)
    return [blocks.context(blocks.mrkdwn(line))] if line else []


def _standing(card: Card) -> str:
    """`🔵 *Working* · 2m 41s · $0.31 · example.com/pull/12`."""
    status = mrkdwn.literal(card.status, limit=_STATUS)
    facts = [mrkdwn.literal(fact, limit=_FACT) for fact in card.footer[: limits.CONTEXT_ELEMENTS]]
    link = mrkdwn.address_link(card.url, width=_LINK)
    said = any(field.value == card.url for part in card.sections if isinstance(part, Fields) for field in part.fields)
    parts = [f"{_SIGN[card.tone]}  *{status}*".strip() if status else "", *facts, "" if said else link]
    return "  ·  ".join(part for part in parts if part)


def _foot(card: Card) -> list[Block]:
    """The buttons, as many as leave room for what they are about."""
    if not _is_large(card):
        return _calls(card)
    taken = frozenset(token for part in card.sections if isinstance(part, Choices) for token in tokens_of(part))
    for number in range(len(card.actions), 0, -1):
        foot = action_blocks(card.actions[:number], about=one_line(card.title, width=_ABOUT), taken=taken)
        if weight(foot) <= _FOOT_WEIGHT:
            return foot
    return []


def _is_large(card: Card) -> bool:
    """Whether the card is a thing of its own, and not an answer of a few words."""
    return bool(card.actions) or any(not isinstance(section, Text | Markdown | Code) for section in card.sections)


def _called(people: Sequence[PersonId]) -> list[str]:
    """The ids of who is to be called and is in Slack."""
    natives = (team_and_user(person)[1] for person in people)
    return list(dict.fromkeys(native for native in natives if _NATIVE_ID.fullmatch(native)))[:_MENTIONS]


def _parts(card: Card, *, room: int, surface: Surface) -> list[list[Block]]:
    """The blocks of each section, which have about `room` bytes each; tables that belong together are one."""
    parts: list[list[Block]] = []
    has_table = False
    for tables, sections in groupby(card.sections, key=lambda section: isinstance(section, Table)):
        if tables:
            grouped = [section for section in sections if isinstance(section, Table)]
            caption = one_line(card.title, width=_ABOUT)
            parts.append(table_blocks(grouped, room=room, surface=surface, first=not has_table, caption=caption))
            has_table = True
        else:
            parts += [_section(section, card=card, room=room, surface=surface) for section in sections]
    return parts


def _section(section: Section, *, card: Card, room: int, surface: Surface) -> list[Block]:
    match section:
        case Text():
            return text_blocks(section, room=room, surface=surface, loud=_is_large(card))
        case Markdown():
            return markdown_blocks(section, room=room, surface=surface)
        case Meter():
            return meter_blocks(section)
        case Fields():
            aside = any(isinstance(other, StepList) for other in card.sections)
            return aside_blocks(section, room=room) if aside else fields_blocks(section, room=room)
        case StepList():
            return step_blocks(section, room=room, surface=surface)
        case Table():
            return table_blocks([section], room=room, surface=surface, first=False, caption="")
        case Code():
            return code_blocks(section, room=room, surface=surface)
        case Choices():
            return choices_blocks(section, room=room, about=one_line(card.title, width=_ABOUT))
        case _:
            assert_never(section)


def _shortened(
    head: list[Block], parts: Sequence[Sequence[Block]], foot: list[Block], *, most: int, heaviest: int
) -> list[Block]:
    """The card with as many of its sections as fit, and how many do not."""
    note = muted(f"… {len(parts)} more parts")
    kept = head[:most]
    foot = foot[: max(0, most - len(kept) - 1)]
    room, places = heaviest - weight([*kept, note, *foot]), most - len(kept) - len(foot) - 1
    for left, part in zip(range(len(parts), 0, -1), parts, strict=True):
        if len(part) > places or weight(part) > room:
            return [*kept, muted(f"… {left} more {'part' if left == 1 else 'parts'}"), *foot]
        kept = [*kept, *part]
        room, places = room - weight(part), places - len(part)
    return [*kept, *foot]
