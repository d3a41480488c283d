"""Asking for a decision: what to ask next, and what a typed line means; pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from adapters.chat.card import Card, Choices
from adapters.chat.text import printable


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """Yes or no, why, and the answer to each question by its text; `revise` sends it back to be made again."""

    approved: bool
    revise: bool = False
    reason: str = ""
    answers: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True, kw_only=True)
class Unanswered:
    """Nobody is there to answer, so it stays open; `hint` says how to answer later."""

    hint: str


Answer = Decided | Unanswered


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialogue:
    """How far the asking has got."""

    card: Card
    asking: Literal["decision", "reason", "change", "question"]
    answers: Mapping[str, str] = field(default_factory=dict[str, str])
    complaint: str = ""
    """Why the last line was no answer."""

    @property
    def open_questions(self) -> tuple[Choices, ...]:
        """The questions not answered yet."""
        return tuple(question for question in _questions(self.card) if question.text not in self.answers)

    @property
    def prompt(self) -> str:
        """What stands before the line that is typed."""
        match self.asking:
            case "decision":
                change = ", [c]hange" if _revisable(self.card) else ""
                return f"Approve {self.card.key}? [y]es{change}, [n]o, [d]etails:"
            case "reason":
                return "Why not? (the agent reads it; Enter for no reason):"
            case "change":
                return "What has to change? (it is made again, and you are asked again):"
            case "question":
                return _question_prompt(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class DetailsWanted:
    """The whole card should be shown; then `dialogue` goes on."""

    dialogue: Dialogue


def opened(card: Card) -> Dialogue:
    """The dialogue about `card`: its questions when it has any, else yes or no."""
    return Dialogue(card=card, asking="question" if _questions(card) else "decision")


def replied(dialogue: Dialogue, line: str) -> Dialogue | DetailsWanted | Decided:
    """What comes after `line` was entered. Nothing is ever approved by an empty line."""
    line = printable(line).strip()
    dialogue = replace(dialogue, complaint="")
    match dialogue.asking:
        case "decision":
            return _decision(dialogue, line)
        case "reason":
            return Decided(approved=False, reason=line)
        case "change":
            return _changed(dialogue, line)
        case "question":
            return _answer(dialogue, line)


def _decision(dialogue: Dialogue, line: str) -> Dialogue | DetailsWanted | Decided:
    word, _, reason = line.partition(" ")
    match word.lower().rstrip(",:"):
        case "y" | "yes" | "approve":
            return Decided(approved=True, reason=reason.strip())
        case "c" | "change" | "revise" if _revisable(dialogue.card):
            asked = replace(dialogue, asking="change")
            return _changed(asked, reason.strip()) if reason.strip() else asked
        case "n" | "no" | "deny" if reason.strip():
            return Decided(approved=False, reason=reason.strip())
        case "n" | "no" | "deny":
            return replace(dialogue, asking="reason")
        case "d" | "details":
            return DetailsWanted(dialogue=dialogue)
        case _:
            keys = "y, c, n or d" if _revisable(dialogue.card) else "y, n or d"
            return replace(dialogue, complaint=f"Please type {keys}. Ctrl-D leaves it for later.")


def _changed(dialogue: Dialogue, line: str) -> Dialogue | Decided:
    if not line:
        return replace(dialogue, complaint="Please say what has to change. Ctrl-D leaves it for later.")
    return Decided(approved=False, revise=True, reason=line)


def _revisable(card: Card) -> bool:
    """Whether it can be sent back with words."""
    return any(action.command.startswith("revise ") for action in card.actions)


def _answer(dialogue: Dialogue, line: str) -> Dialogue | Decided:
    question = dialogue.open_questions[0]
    if not line:
        return replace(dialogue, complaint="Please type an answer. Ctrl-D leaves it for later.")
    chosen = _chosen(question, line)
    if chosen is None:
        return replace(dialogue, complaint=f"Please choose from 1 to {len(question.options)}, or type an answer.")
    answered = replace(dialogue, answers={**dialogue.answers, question.text: chosen})
    return answered if answered.open_questions else Decided(approved=True, answers=answered.answers)


def _chosen(question: Choices, line: str) -> str | None:
    """The labels behind numbers, or the line itself; None for a number that is not offered."""
    parts = [part for part in line.replace(",", " ").split() if part]
    numbers = [int(part) for part in parts if part.isascii() and part.isdigit() and len(part) < 4]
    if not question.options or len(numbers) != len(parts) or (len(numbers) > 1 and not question.multiple):
        return line
    if not all(1 <= number <= len(question.options) for number in numbers):
        return None
    return ", ".join(question.options[number - 1].label for number in dict.fromkeys(numbers))


def _question_prompt(dialogue: Dialogue) -> str:
    questions = _questions(dialogue.card)
    question = dialogue.open_questions[0]
    which = f"Question {len(dialogue.answers) + 1} of {len(questions)}: " if len(questions) > 1 else ""
    if not question.options:
        return f"{which}Your answer:"
    return f"{which}{'Numbers' if question.multiple else 'A number'} or your own answer:"


def _questions(card: Card) -> tuple[Choices, ...]:
    return tuple(section for section in card.sections if isinstance(section, Choices))
