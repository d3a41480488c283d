"""Plain lines where there is no terminal: one for each change, none twice, no escapes."""

import os
from dataclasses import dataclass
from typing import TextIO

from adapters.chat.card import Card, Fields, Markdown, Meter, StepList, StepRow, Text
from adapters.console.glyphs import Glyphs
from adapters.console.limits import PLAIN_WIDTH
from adapters.console.render import card_lines
from adapters.console.steps import step_name
from adapters.console.surface import CardSource, Prompt
from core.domain.task import StepState

_LONGEST_LINE = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a reader has been told about one card."""

    status: str = ""
    steps: tuple[tuple[str, StepState, int], ...] = ()
    texts: frozenset[str] = frozenset()


class PlainPage:
    """A surface for pipes, files and logs."""

    def __init__(self, *, output: TextIO, glyphs: Glyphs, prefix: str) -> None:
        self._output = output
        self._glyphs = glyphs
        self._prefix = prefix
        self._told: dict[str, Told] = {}
        self._asked: Prompt | None = None

    def show(self, card: Card) -> None:
        """The whole card, as lines."""
        self._write(card_lines(card, glyphs=self._glyphs, width=PLAIN_WIDTH, prefix=self._prefix))

    def say(self, text: str) -> None:
        """One line."""
        self._write((self._glyphs.sentence(text),))

    def follow(self, key: str, source: CardSource) -> None:
        """A line for each thing that is new since the last time."""
        card = source()
        lines, self._told[key] = news(card, self._told.get(key), glyphs=self._glyphs)
        self._write(lines)

    def leave(self, key: str) -> None:
        """Forget what was told."""
        self._told.pop(key, None)

    def ask(self, prompt: Prompt | None) -> None:
        """The card when it is a new one, then the question; what is typed is not ours to show."""
        before, self._asked = self._asked, prompt
        if prompt is None:
            return
        if prompt.card is not None and (before is None or before.card != prompt.card):
            self.show(prompt.card)
        if before is None or (before.label, before.complaint) != (prompt.label, prompt.complaint):
            self._write(tuple(self._glyphs.line(text) for text in (prompt.complaint, prompt.label) if text))

    def _write(self, lines: tuple[str, ...]) -> None:
        try:
            self._output.write("".join(f"{line}\n" for line in lines))
            self._output.flush()
        except BrokenPipeError:
            # nobody reads any more; the work goes on, and the interpreter must not complain when it closes the stream
            with open(os.devnull, "w") as nowhere:  # noqa: PTH123 - a descriptor is wanted, not a path
                os.dup2(nowhere.fileno(), self._output.fileno())


def news(card: Card, told: Told | None, *, glyphs: Glyphs) -> tuple[tuple[str, ...], Told]:
    """The lines that tell what is new on `card`, and what has then been told."""
    before = told or Told()
    steps = tuple(row for section in card.sections if isinstance(section, StepList) for row in section.rows)
    lines = [] if told else [glyphs.line(card.title, width=_LONGEST_LINE)]
    lines += [_of(card, _step(row, glyphs=glyphs), glyphs=glyphs) for row in steps if _is_news(row, before)]
    if card.status != before.status:
        lines.append(_of(card, " · ".join((card.status, *(fact for fact in card.footer if fact))), glyphs=glyphs))
    texts = [text for text in _texts(card) if text not in before.texts]
    lines += [_of(card, text, glyphs=glyphs) for text in dict.fromkeys(texts)]
    now = Told(status=card.status, steps=tuple(map(_standing, steps)), texts=before.texts.union(texts))
    return tuple(lines), now


def _is_news(row: StepRow, told: Told) -> bool:
    """Whether the step moved; that it has not begun yet goes without saying."""
    return _standing(row) not in told.steps and (row.state is not StepState.PENDING or bool(told.steps))


def _standing(row: StepRow) -> tuple[str, StepState, int]:
    return row.name, row.state, row.round


def _step(row: StepRow, *, glyphs: Glyphs) -> str:
    """The step, and what came out of it once something did."""
    what = f"{glyphs.steps[row.state]} {step_name(row, glyphs=glyphs)} ({row.role}) {row.state.value}"
    if row.state in {StepState.PENDING, StepState.RUNNING}:
        return what
    outcome = f"{what}: {row.activity}" if row.activity else what
    return " · ".join(part for part in (outcome, row.duration, row.cost) if part)


def _texts(card: Card) -> list[str]:
    """Every line of text and every fact on the card."""
    lines: list[str] = []
    for section in card.sections:
        if isinstance(section, StepList):
            lines += [f"{row.name} tries again at {row.again_at}" for row in section.rows if row.again_at]
        elif isinstance(section, Text | Markdown):
            lines += [line for line in section.text.split("\n") if line.strip()]
        elif isinstance(section, Fields):
            lines += [f"{field.label}: {field.value}" for field in section.fields]
        elif isinstance(section, Meter):
            lines.append(f"{section.label}: {section.text}")
    return lines


def _of(card: Card, text: str, *, glyphs: Glyphs) -> str:
    return glyphs.line(f"{card.key} {text}", width=_LONGEST_LINE)
