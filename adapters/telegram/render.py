"""Neutral cards as Telegram shows them: messages with entities, a keyboard under the last, a file for what is too long.

Made for a phone. The first line says what it is about and how it stands, as that is all a notification shows. What can
be pressed is at the end, near the thumb. What is long is folded first, then goes on in further messages, then is a
file; a card with steps is always one message, as it is edited all the time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from adapters.chat.card import Card, Markdown, StepList
from adapters.chat.file import File
from adapters.telegram.keyboard import Keyboard, keyboard_of
from adapters.telegram.markup import NOTHING, Kind, Passage, joined, plain, styled
from adapters.telegram.measure import entities, paged
from adapters.telegram.page import Page
from adapters.telegram.render_file import file_of
from adapters.telegram.render_harmless import harmless
from adapters.telegram.render_head import head, links_of, typed
from adapters.telegram.render_markdown import markdown_passage
from adapters.telegram.render_section import section_shown
from adapters.telegram.render_text import Shown, readable
from core.domain.identity import PersonId

PAGES = 3
"""Messages a card may take."""
_ROOMS = (10_000, 6_000, 3_000, 2_000, 1_200, 700, 400, 200, 100)
"""Bytes each section may have, tried one after the other until the whole card fits: what is long is cut first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A card as Telegram takes it: one message at least, and a file that holds what they leave out, if anything."""

    pages: tuple[Page, ...]
    file: File | None = None


def rendered(card: Card, *, names: Mapping[PersonId, str] | None = None) -> Rendered:
    """`card` as messages, within Telegram's limits whatever is in it; `names` are those of whom it calls."""
    card = replace(card, sections=tuple(readable(section) for section in card.sections))
    markdown = {at: markdown_passage(each.text) for at, each in enumerate(card.sections) if isinstance(each, Markdown)}
    above, below = head(card, names=names or {}), typed(card.actions)
    most = 1 if any(isinstance(section, StepList) for section in card.sections) else PAGES
    keyboard = keyboard_of(card, links=links_of(card))
    shown: list[Shown] = []
    for room in _ROOMS:
        shown = [
            section_shown(section, card=card, room=room, read=markdown.get(at))
            for at, section in enumerate(card.sections)
        ]
        pages = paged(_whole(above, shown, below), most=most)
        if len(pages) <= most:
            cut = [section for section, each in zip(card.sections, shown, strict=True) if each.cut]
            return Rendered(pages=_pages(pages, keyboard), file=file_of(card, cut))
    return Rendered(pages=_pages([_shortened(above, shown, below)], keyboard), file=file_of(card, card.sections))


def drawn_text(markdown: str) -> tuple[Page, ...]:
    """An answer in Markdown as messages, as many as it takes: for what is written piece by piece."""
    passage = harmless(markdown_passage(markdown))
    return _pages(paged(passage, most=max(PAGES, len(markdown))), ())


def _pages(passages: Sequence[Passage], keyboard: Keyboard) -> tuple[Page, ...]:
    """Each passage as a message, the last one with the buttons."""
    said = list(passages) or [plain("Nothing to show.")]
    return tuple(
        Page(
            text=each.text,
            entities=tuple(entity.payload(each.text) for entity in entities(each)),
            keyboard=keyboard if at == len(said) else (),
        )
        for at, each in enumerate(said, start=1)
    )


def _whole(above: Passage, shown: Sequence[Shown], below: Passage) -> Passage:
    """Everything under one another; what heads the next section stands right above it."""
    parts: list[Passage] = [above]
    for each in shown:
        if each.heads:
            parts.append(joined([each.passage, plain("\n")]))
        elif parts[-1].text.endswith("\n"):
            parts[-1] = joined([parts[-1], each.passage])
        else:
            parts.append(each.passage)
    return harmless(joined([*parts, below], "\n\n"))


def _shortened(above: Passage, shown: Sequence[Shown], below: Passage) -> Passage:
    """As many sections as fit one message, and how many do not; without styles when those are too many."""
    pages: list[Passage] = []
    for kept in range(len(shown), -1, -1):
        left = len(shown) - kept
        note = styled(f"… {left} more {'part' if left == 1 else 'parts'}", Kind.ITALIC) if left else NOTHING
        pages = paged(_whole(above, [*shown[:kept], Shown(passage=note)], below), most=1)
        if len(pages) <= 1:
            return pages[0] if pages else NOTHING
    # one block of code is one entity, whatever it says
    return styled(pages[0].text, Kind.PRE)
