"""The pictures: every sample card as a message, forms, and the question a dangerous button asks back."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from adapters.chat.card import Card
from adapters.discord.confirmation import question
from adapters.discord.modal import modal
from adapters.discord.render import rendered
from bot.forms.decisions import deny_form
from bot.forms.tasks import NewTask, new_task_form
from core.domain.identity import PersonId, ProjectName
from tests.platforms.discord.drawing.page import message_page, modal_page
from tests.platforms.sample_cards import sample_approval, sample_cards

ALICE, BOB = PersonId("discord:1000000000000000001"), PersonId("discord:1000000000000000002")

Draw = Callable[[str], str]
"""The page of a picture in a theme."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One picture: its file's name, and the page in a theme."""

    name: str
    draw: Draw


def pictures() -> tuple[Picture, ...]:
    """Every picture there is."""
    form: Any = modal(deny_form(sample_approval(), token="tok"))
    begin = NewTask(projects=(ProjectName("shop"),), request="fix what this trace says", workflows=("solo", "bug_fix"))
    new: Any = modal(new_task_form(begin, token="tok"))
    asked: Any = question(
        "Cancel task", "tok", about="T142 · Fix issue #123: bulk discount missing at exactly 10 items"
    )["components"]
    return (
        *(_message(name, card) for name, card in sample_cards(alice=ALICE, bob=BOB).items()),
        Picture(name="sure", draw=lambda theme: message_page([asked], theme=theme, whisper=True)),
        Picture(name="deny", draw=lambda theme: modal_page(form, theme=theme)),
        Picture(name="new", draw=lambda theme: modal_page(new, theme=theme)),
    )


def _message(name: str, card: Card) -> Picture:
    shown: Any = [rendered(card).components]
    whisper = name == "refused"
    return Picture(name=name, draw=lambda theme: message_page(shown, theme=theme, whisper=whisper))
