"""Forms about approvals: why not, what has to change, and the answers to an agent's questions."""

from collections.abc import Mapping

from adapters.chat.form import Form, TextField
from bot.cards.decided import ends_its_task
from bot.cards.words import block, line
from bot.forms.files import FILES
from bot.forms.sizes import FIELDS, HINT, INTRO, LABEL, TITLE, WORDS
from core.domain.approval import Approval, Question

REASON = "reason"
CHANGE = "words"
_ANSWER = "answer"
_ENDS = "The task ends here. What was done is kept on its branch."


def deny_form(approval: Approval, *, token: str) -> Form:
    """Why not; the reason may be left out. Its field is `REASON`."""
    return Form(
        token=token,
        title=line(f"Deny {approval.id}", TITLE),
        intro=block(approval.title, INTRO),
        fields=(
            TextField(
                name=REASON,
                label="Why not?",
                hint=_ENDS if ends_its_task(approval.kind) else "The agent reads it, and goes on with it in mind.",
                optional=True,
                multiline=True,
                max_length=WORDS,
            ),
        ),
        submit="Deny",
    )


def change_form(approval: Approval, *, token: str) -> Form:
    """What has to change before it is asked again. Its field is `CHANGE`."""
    return Form(
        token=token,
        title=line(f"Change {approval.id}", TITLE),
        intro=block(approval.title, INTRO),
        fields=(
            TextField(
                name=CHANGE,
                label="What has to change?",
                hint="It is made again with your words, and you are asked again.",
                multiline=True,
                max_length=WORDS,
            ),
        ),
        submit="Send back",
        files=FILES,
    )


def answer_form(approval: Approval, *, token: str) -> Form:
    """A field for each question, with what is offered; `answers_in` reads it."""
    asked = approval.questions[:FIELDS]
    one = len(asked) == 1
    return Form(
        token=token,
        title=line(f"Answer {approval.id}", TITLE),
        intro=block(asked[0].text if one else "", INTRO),
        fields=tuple(
            TextField(
                name=f"{_ANSWER}{number}",
                label="Your answer" if one else line(question.text, LABEL) or f"Question {number}",
                hint=_offered(question),
                multiline=True,
                max_length=WORDS,
            )
            for number, question in enumerate(asked, 1)
        ),
        submit="Answer",
    )


def answers_in(approval: Approval, values: Mapping[str, str]) -> dict[str, str]:
    """Question → answer, from what was filled into `answer_form`; numbers stand for the answers they count.

    Questions beyond those the form could hold are answered with what was said about them all: the last field.
    """
    answers: dict[str, str] = {}
    last = ""
    for number, question in enumerate(approval.questions, 1):
        last = values.get(f"{_ANSWER}{number}", last).strip()
        answers[question.text] = chosen(question, last)
    return answers


def chosen(question: Question, text: str) -> str:
    """The offered answers behind `2` or `1, 3`, or the text itself when it is anything else."""
    parts = text.replace(",", " ").split()
    if not question.choices or not parts or not all(part.isascii() and part.isdigit() for part in parts):
        return text.strip()
    numbers = [int(part[:4]) for part in parts]
    if (len(numbers) > 1 and not question.multiple) or not all(1 <= each <= len(question.choices) for each in numbers):
        return text.strip()
    return ", ".join(question.choices[each - 1].label for each in dict.fromkeys(numbers))


def _offered(question: Question) -> str:
    """`1 prices · 2 rates`, and that other words will do."""
    if not question.choices:
        return ""
    how = "numbers, or your own words" if question.multiple else "a number, or your own words"
    offered = " · ".join(f"{number} {line(each.label, 40)}" for number, each in enumerate(question.choices, 1))
    return line(f"{offered} ({how})", HINT)
