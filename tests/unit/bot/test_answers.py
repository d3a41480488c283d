"""Typed answers: words as they are, numbers for what is offered."""

import pytest

from bot.answers import answers_of
from core.domain.approval import ApprovalKind, Choice, Question
from core.domain.errors import InvalidInputError
from tests.support.values import an_approval

COLOUR = Question(text="Which colour?", choices=(Choice(label="red"), Choice(label="blue")))
NAME = Question(text="Which name?")
ASKED = an_approval(kind=ApprovalKind.QUESTION, questions=(COLOUR, NAME))


@pytest.mark.parametrize(
    ("given", "answers"),
    [
        (["2", "7"], {"Which colour?": "blue", "Which name?": "7"}),
        (["green"], {"Which colour?": "green"}),
        ([" 1 "], {"Which colour?": "red"}),
        ([], {}),
    ],
)
def test_numbers_stand_for_offered_answers_only(given: list[str], answers: dict[str, str]) -> None:
    assert answers_of(ASKED, given) == answers


@pytest.mark.parametrize("number", ["0", "3", "99999999999999999999"])
def test_a_number_that_is_not_offered_is_refused(number: str) -> None:
    with pytest.raises(InvalidInputError, match="There is no answer") as caught:
        answers_of(ASKED, [number])

    assert caught.value.hint == "Choose from 1 to 2."


def test_more_answers_than_questions_are_refused() -> None:
    with pytest.raises(InvalidInputError, match="A1 asks 2 questions, but 3 answers were given"):
        answers_of(ASKED, ["1", "x", "y"])
