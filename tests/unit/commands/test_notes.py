"""Hints of the core speak of the command line; in a chat they are spelt as people type them there."""

import pytest

from adapters.chat.card import Text, Weight
from bot.access import Refusal
from bot.commands.notes import error_note, refusal_note
from bot.commands.spelling import as_typed_here
from core.domain.errors import ConflictError
from core.domain.identity import PersonId

pytestmark = pytest.mark.slack


@pytest.mark.parametrize(
    ("text", "here"),
    [
        ("Go on with: orchestrator resume T142", "Go on with: /orchestrate resume T142"),
        ("See: orchestrator task 142", "See: /orchestrate task T142"),
        ('For example: orchestrator run "fix issue #1".', 'For example: /orchestrate "fix issue #1".'),
        ("orchestrator approve A17 --answer '…'", "/orchestrate approve A17 --answer '…'"),
        ("T1 has not ended: it is awaiting_approval.", "T1 has not ended: it is waiting for an answer."),
        ("Check it: orchestrator doctor", "Check it: orchestrator doctor"),
        ("orchestrator.toml has no projects", "orchestrator.toml has no projects"),
    ],
)
def test_commands_in_hints_are_those_of_the_chat(text: str, here: str) -> None:
    assert as_typed_here(text) == here


def test_an_error_is_one_line_and_what_to_do() -> None:
    card = error_note(ConflictError("T142 is paused already.", hint="Go on with: orchestrator resume T142"))
    assert card.title == "T142 is paused already."
    assert card.sections == (Text(text="Go on with: /orchestrate resume T142", weight=Weight.NEXT),)


def test_a_refusal_names_whom_to_ask_or_says_that_nobody_is_named() -> None:
    ada = PersonId("slack:T1/UADA")
    assert refusal_note(Refusal(text="No.", ask=(ada,))).mentions == (ada,)
    (hint,) = refusal_note(Refusal(text="No.")).sections
    assert isinstance(hint, Text)
    assert hint.text == "Whoever set me up can change that."
