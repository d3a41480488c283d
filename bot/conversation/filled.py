"""A command and what was filled into its form, put together: what is then run for the person; pure."""

from collections.abc import Mapping
from dataclasses import replace

from bot.commands.grammar import Command, Verb
from bot.forms.budgets import COUNTS, NAME, PERIOD
from bot.forms.decisions import CHANGE, REASON
from bot.forms.tasks import AMOUNT, BUDGET, MODEL, PRIORITY, PROJECT, REQUEST, STEP, WORDS_FIELD, WORKFLOW
from bot.forms.template import template_values

_TEXT = {
    Verb.NEW: REQUEST,
    Verb.DENY: REASON,
    Verb.REVISE: CHANGE,
    Verb.STEER: WORDS_FIELD,
    Verb.FORK: WORDS_FIELD,
    Verb.BUDGET: AMOUNT,
}
"""The field that holds a command's free words."""
_READS_FILES = frozenset({Verb.NEW, Verb.STEER, Verb.FORK, Verb.REVISE})
"""Commands whose words agents read."""
_OPTIONS = (PROJECT, WORKFLOW, PRIORITY, MODEL, STEP, BUDGET, PERIOD, COUNTS, NAME)


def completed(command: Command, values: Mapping[str, str], *, attached: str = "") -> Command:
    """`command` with `values` in it, and `attached` behind its words.

    InvalidInputError for a template's values that cannot be read.
    """
    text = values.get(_TEXT.get(command.verb, ""), command.text).strip()
    if attached and command.verb in _READS_FILES:
        text = f"{text}\n\n{attached}".strip()
    match command.verb:
        case Verb.SUBMIT:
            given = tuple(f"{name}={value}" for name, value in template_values(values).items())
            cost = {BUDGET: (values[BUDGET].strip(),)} if values.get(BUDGET, "").strip() else {}
            return replace(command, options={**command.options, **cost, "set": (*command.every("set"), *given)})
        case Verb.ANSWER:
            return replace(command, options={**command.options, **{name: (value,) for name, value in values.items()}})
        case _:
            chosen = {name: (values[name].strip(),) for name in _OPTIONS if values.get(name, "").strip()}
            verb = Verb.SUBMIT if command.verb is Verb.NEW else command.verb
            return replace(command, verb=verb, text=text, options={**command.options, **chosen})


def words_in(values: Mapping[str, str]) -> str:
    """What a person wrote, so that it can be given back when nothing came of it."""
    return "\n\n".join(text.strip() for text in values.values() if len(text.split()) > 1)
