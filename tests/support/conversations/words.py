"""Who and what there is in the room: its workspace and channel, its people, and what a card says."""

from adapters.chat.card import Card, Choices, Code, Markdown, Text
from core.domain.identity import Person, PersonId

SPACE = "T1"
CHANNEL = "CSHOP"


def person(name: str) -> Person:
    """Somebody of workspace T1."""
    return Person(id=PersonId(f"slack:{SPACE}/U{name.upper()}"), name=name)


def texts(card: Card) -> str:
    """Everything a card says, as one text."""
    said = [card.title, card.status]
    for part in card.sections:
        match part:
            case Text() | Markdown() | Code():
                said.append(part.text)
            case Choices():
                said += [part.text, *(option.label for option in part.options)]
            case _:
                pass
    return "\n".join(each for each in said if each)
