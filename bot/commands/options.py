"""Options of a command: taken from the beginning and the end of what was typed, and from nowhere else."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from bot.commands.verbs import Option
from bot.commands.words import Word, unquoted, words_of
from core.domain.errors import InvalidInputError

NEAR = 0.75
"""How alike (0 to 1, difflib's ratio) two words are before one is taken for a slip of the other."""

DASHES = ("--", "–", "—")
"""What an option may begin with."""

# phones and word processors make one long dash of two short ones
_LONG = re.compile(r"(?:--|[–—])([A-Za-z][A-Za-z-]*)(?:=(.*))?", re.DOTALL)
_SHORT = {"-p": "project", "-m": "model", "-w": "workflow", "-s": "set"}
"""As on the command line; only at the beginning, where nothing else can be meant."""
_END = "--"

Given = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """What was typed, taken apart: `text` is to the letter what is neither option nor blank around it."""

    text: str
    options: Given = field(default_factory=dict[str, "tuple[str, ...]"])
    leading: bool = False
    """Whether options stood at the beginning."""
    literal: bool = False
    """Whether `--` said that everything after it is text."""


def split(text: str, known: Sequence[Option]) -> Split:
    """Take the options in `known` from both ends of `text`.

    Whatever is in quotes, in code or in the middle is text; so is an unknown option, unless it is nearly a known one:
    then InvalidInputError asks. It is raised too for a value that is missing or not one of the choices.
    """
    reading = _Reading(text, known)
    reading.take_beginning()
    if not reading.literal:
        reading.take_end()
    return reading.split()


class _Reading:
    """One text on its way to being split; `first` and `last` bound the words that are left."""

    def __init__(self, text: str, known: Sequence[Option]) -> None:
        self._text = text
        self._words = words_of(text)
        self._known = {option.name: option for option in known}
        self._given: list[tuple[str, str]] = []
        self._first = 0
        self._last = len(self._words)
        self.literal = False
        self._leading = False

    def take_beginning(self) -> None:
        """Take options until the first word that is none; `--` ends them."""
        while self._first < self._last:
            word = self._words[self._first].text
            if word == _END:
                self._first += 1
                self.literal = True
                return
            width = self._width(self._first, short=True)
            if not width:
                self._ask_if_near(self._first)
                return
            self._take(self._first, short=True)
            self._first += width
            self._leading = True

    def take_end(self) -> None:
        """Take the longest row of options that ends with the last word."""
        begin = self._row_begin()
        for behind in (1, 2):
            if begin - behind >= self._first:
                self._ask_if_near(begin - behind, before_value=behind > 1)
        at = begin
        while at < self._last:
            width = self._width(at)
            self._take(at)
            at += width
        self._last = begin

    def split(self) -> Split:
        """What was found."""
        options: dict[str, tuple[str, ...]] = {}
        for name, value in self._given:
            options[name] = (*options.get(name, ()), value)
        if self._first == self._last:
            text = ""
        else:
            text = self._text[self._words[self._first].begin : self._words[self._last - 1].end]
        return Split(text=text, options=options, leading=self._leading, literal=self.literal)

    def _row_begin(self) -> int:
        begin = at = self._last
        fits = {self._last}
        # a value may stand between two options, so one word more is looked at before giving up
        while at > self._first and begin - at <= 1:
            at -= 1
            width = self._width(at)
            if width and at + width in fits:
                fits.add(at)
                begin = at
        return begin

    def _width(self, at: int, *, short: bool = False) -> int:
        """How many words the option at `at` takes: 1, 2 with a value apart, 0 when there is no (whole) option."""
        name, value = _named(self._words[at], short=short)
        option = self._known.get(name)
        if option is None:
            return 0
        if not option.takes_value or value is not None:
            return 1
        following = at + 1 < self._last and not _named(self._words[at + 1], short=short)[0]
        return 2 if following and self._words[at + 1].text != _END else 0

    def _take(self, at: int, *, short: bool = False) -> None:
        name, value = _named(self._words[at], short=short)
        option = self._known[name]
        if not option.takes_value:
            if value is not None:
                raise InvalidInputError(f"--{name} takes no value.", hint=f"Write --{name} alone.")
            self._given.append((name, ""))
            return
        raw = self._words[at + 1].text if value is None else value
        meant = unquoted(raw)
        if option.choices:
            meant = _choice(option, meant)
        elif name == "set" and meant == raw:
            key, equals, rest = meant.partition("=")
            meant = f"{key}{equals}{unquoted(rest)}"
        self._given.append((name, meant))

    def _ask_if_near(self, at: int, *, before_value: bool = False) -> None:
        """InvalidInputError when the word at `at` looks like a slip of an option, or like one without its value."""
        name, value = _named(self._words[at])
        if not name or (before_value and value is not None):
            return
        option = self._known.get(name)
        if option is not None:
            if option.takes_value and value is None and not before_value:
                raise InvalidInputError(f"--{name} needs a value.", hint=f"{_values(option)} {_AS_TEXT}")
            return
        known = [each.name for each in self._known.values() if each.takes_value or not before_value]
        near = get_close_matches(name, known, n=2, cutoff=NEAR)
        if near:
            meant = " or ".join(f"--{each}" for each in near)
            raise InvalidInputError(f"There is no option --{name[:40]}.", hint=f"Did you mean {meant}? {_AS_TEXT}")


_AS_TEXT = "If it belongs to your text, put it in `backticks`."


def _named(word: Word, *, short: bool = False) -> tuple[str, str | None]:
    """Name and value of an option as it is written; ('', None) for any other word."""
    if short and word.text in _SHORT:
        return _SHORT[word.text], None
    match = _LONG.fullmatch(word.text)
    return (match[1].lower().rstrip("-"), match[2]) if match else ("", None)


def _choice(option: Option, meant: str) -> str:
    lowered = meant.lower()
    if lowered not in option.choices:
        raise InvalidInputError(f"--{option.name} cannot be {meant[:40]!r}.", hint=f"{_values(option)} {_AS_TEXT}")
    return lowered


def _values(option: Option) -> str:
    if option.choices:
        return f"It can be {', '.join(option.choices[:-1])} or {option.choices[-1]}."
    return f"For example: --{option.name} {_SAMPLE.get(option.name, 'NAME')}."


_SAMPLE = {
    "set": "issue=123",
    "from": "build",
    "at": "build",
    "to": "T142.3",
    "limit": "20",
    "tail": "50",
    "task": "T142",
    "person": "alice",
}
