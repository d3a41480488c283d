"""What people write to set a shared budget, read: amounts, periods, per cent; pure."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from bot.commands.command import Command
from bot.commands.options import split
from bot.commands.spelling import SLASH
from bot.commands.verbs import Verb
from bot.commands.vocabulary import ENTRIES
from core.domain.budget import usd_of
from core.domain.errors import InvalidInputError
from core.domain.limit import UNIT_WORDS
from core.domain.period import PeriodUnit

NO_LIMIT = frozenset({"none", "off", "unlimited", "no"})
EXAMPLE = f"For example: {SLASH} budget set --project api --monthly 200"
_FILLING = frozenset({"per", "a", "an", "each", "every", "of", "to", "at", "usd", "dollars", "in", "budget", "limit"})
_UNITS: Mapping[str, PeriodUnit] = {
    **{word: unit for unit, word in UNIT_WORDS.items()},
    **{unit.value: unit for unit in PeriodUnit},
    **{f"{unit.value}s": unit for unit in PeriodUnit},
    "today": PeriodUnit.DAY,
}


def units_in(text: str) -> tuple[tuple[PeriodUnit, ...], tuple[str, ...]]:
    """The periods that `text` names, and the words that are neither one nor filling."""
    words = [word.lower().strip(".,;") for word in text.replace("/", " ").split()]
    units = tuple(dict.fromkeys(_UNITS[word] for word in words if word in _UNITS))
    return units, tuple(word for word in words if word and word not in _UNITS and word not in _FILLING)


def with_options(command: Command) -> Command:
    """`command` with the options that stand between its words: `set --project api 5 daily`."""
    found = split(command.text, ENTRIES[Verb.BUDGET].options)
    return replace(command, text=found.text, options={**command.options, **found.options})


def amounts_in(command: Command) -> dict[PeriodUnit, Decimal | None]:
    """What may be spent in which period, from `--monthly 200`, `200 monthly` or `200 per month`; None for no limit.

    {} when nothing is said of that. InvalidInputError when it cannot be read.
    """
    given = {unit: _amount(command.option(word)) for unit, word in UNIT_WORDS.items() if command.has(word)}
    units, others = units_in(f"{command.text} {command.option('period')}")
    if not units and not others:
        return given
    if len(units) != 1 or len(others) != 1:
        raise InvalidInputError(f"How much in which period is {command.text[:40]!r}?", hint=f"{EXAMPLE}.")
    return given | {units[0]: _amount(others[0])}


def percents_in(text: str) -> tuple[int, ...] | None:
    """`50,80` or `50 80 %` as per cent, ascending; None for nothing. InvalidInputError for anything else."""
    words = text.replace(",", " ").replace("%", " ").split()
    if not words:
        return None
    if not all(word.isascii() and word.isdigit() and 1 <= int(word[:4]) <= 99 for word in words):
        raise InvalidInputError(
            f"--warn-at cannot be {text[:40]!r}.", hint="Write per cent from 1 to 99, such as 50,75,90."
        )
    return tuple(sorted({int(word) for word in words}))


def _amount(text: str) -> Decimal | None:
    return None if text.strip().lower() in NO_LIMIT else usd_of(text)
