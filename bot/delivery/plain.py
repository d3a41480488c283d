"""The least a card can be: for a platform that calls the whole one malformed."""

from dataclasses import replace

from adapters.chat.card import Card, Text, Weight
from bot.cards.words import SENTENCE, TITLE, line

_ACTIONS = 5


def plain_card(card: Card) -> Card:
    """Title, status and buttons of `card`, and where the rest can be read."""
    hint = "The details could not be shown here. See them with /orchestrate, or on the command line."
    asked = [part.text for part in card.sections if isinstance(part, Text) and part.weight is Weight.NEXT]
    sections = (*(Text(text=line(text, SENTENCE)) for text in asked[:1]), Text(text=hint, weight=Weight.MUTED))
    actions = tuple(replace(action, label=line(action.label, 40)) for action in card.actions[:_ACTIONS])
    return Card(
        key=card.key,
        title=line(card.title, TITLE),
        status=card.status,
        tone=card.tone,
        url=card.url,
        sections=sections,
        actions=actions,
        mentions=card.mentions,
    )
