"""Reading what a person typed as the answers to an agent's questions."""

from collections.abc import Sequence

from core.domain.approval import Approval, Question
from core.domain.errors import InvalidInputError


def answers_of(approval: Approval, given: Sequence[str]) -> dict[str, str]:
    """Question text → answer, in the order of the questions; a number stands for the offered answer it counts.

    InvalidInputError when there are more answers than questions, or a number that is not offered.
    """
    if len(given) > len(approval.questions):
        count = len(approval.questions)
        raise InvalidInputError(
            f"{approval.id} asks {count} question{'' if count == 1 else 's'}, but {len(given)} answers were given.",
            hint="Give one answer per question.",
        )
    return {q.text: _chosen(q, text) for q, text in zip(approval.questions, given, strict=False)}


def _chosen(question: Question, text: str) -> str:
    text = text.strip()
    if not (question.choices and text.isascii() and text.isdigit()):
        return text
    if not 1 <= int(text[:4]) <= len(question.choices):
        raise InvalidInputError(f"There is no answer {text[:10]}.", hint=f"Choose from 1 to {len(question.choices)}.")
    return question.choices[int(text) - 1].label
