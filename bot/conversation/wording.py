"""How commands are told where they are typed in another way than everywhere else."""

import re
from dataclasses import replace

from adapters.chat.card import Card, Code, Section, Text
from bot.commands.notes import NOTE
from bot.commands.spelling import SLASH

_FREE = re.compile(rf"{SLASH} (?=\S)")


def as_typed_after(card: Card, word: str) -> Card:
    """`card` for a platform on which free words are typed after `word`: `/orchestrate say fix issue #123`.

    What is shown because it must be seen exactly, such as a command to be approved, stays as it is.
    """
    if not word:
        return card

    def told(text: str) -> str:
        return _FREE.sub(f"{SLASH} {word} ", text)

    def section(each: Section) -> Section:
        if isinstance(each, Text) or (isinstance(each, Code) and card.key == NOTE):
            return replace(each, text=told(each.text))
        return each

    return replace(card, title=told(card.title), about=told(card.about), sections=tuple(map(section, card.sections)))
