"""The pictures: every sample card as a message, our page, and a form."""

from collections.abc import Callable
from dataclasses import dataclass

from adapters.chat.card import Card
from adapters.slack.render import rendered
from adapters.slack.views import home, modal
from bot.forms.decisions import deny_form
from core.domain.identity import PersonId
from tests.platforms.sample_cards import sample_approval, sample_cards, sample_home
from tests.platforms.slack.drawing.page import home_page, message_page, modal_page

ALICE, BOB = PersonId("slack:T0/U0ALICE"), PersonId("slack:T0/U0BOB")

Draw = Callable[[str], str]
"""The page of a picture in a theme."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One picture: its file's name, and the page in a theme."""

    name: str
    draw: Draw


def pictures() -> tuple[Picture, ...]:
    """Every picture there is."""
    form = deny_form(sample_approval(), token="tok")
    return (
        *(_message(name, card) for name, card in sample_cards(alice=ALICE, bob=BOB).items()),
        Picture(name="home", draw=lambda theme: home_page(home(sample_home()), theme=theme)),
        Picture(name="deny", draw=lambda theme: modal_page(modal(form), theme=theme)),
    )


def _message(name: str, card: Card) -> Picture:
    shown = [rendered(card).blocks]
    whisper = name == "refused"
    return Picture(name=name, draw=lambda theme: message_page(shown, theme=theme, whisper=whisper))
