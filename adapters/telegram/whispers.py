"""A card as the few words that fit the answer to a press."""

from adapters.chat.card import Card, Text
from adapters.chat.text import printable


def whispered(card: Card) -> str:
    """All that `card` says as plain text; '' when it holds more than words, or something to press."""
    if card.actions or card.url or any(not isinstance(each, Text) for each in card.sections):
        return ""
    texts = [each.text for each in card.sections if isinstance(each, Text)]
    return printable("\n".join(filter(None, [card.title, card.status, *texts, " · ".join(card.footer)]))).strip()
