"""`help`: every command with an example, or one of them in detail."""

from collections.abc import Mapping
from difflib import get_close_matches

from adapters.chat.card import Card, Code, Field, Fields, Section, Text, Weight
from bot.commands.context import Asker, Context
from bot.commands.grammar import Command, Verb, named_verb
from bot.commands.notes import NOTE, note_card
from bot.commands.registry import Handler
from bot.commands.reply import Private, Reply
from bot.commands.spelling import SLASH
from bot.commands.verbs import TYPED, Target, Words
from bot.commands.vocabulary import ENTRIES

_GROUPS = (
    ("Look", (Verb.STATUS, Verb.TASKS, Verb.TASK, Verb.AGENTS, Verb.AGENT, Verb.LOGS, Verb.DIFF, Verb.COMPARE)),
    ("Decide", (Verb.APPROVE, Verb.DENY, Verb.REVISE, Verb.ANSWER)),
    (
        "Stay in charge",
        (
            Verb.STEER,
            Verb.CANCEL,
            Verb.PAUSE,
            Verb.RESUME,
            Verb.RETRY,
            Verb.ADDRESS,
            Verb.PUBLISH,
            Verb.REWIND,
            Verb.FORK,
            Verb.KEEP,
            Verb.PRIORITY,
        ),
    ),
    ("Pull requests of others", (Verb.REVIEW,)),
    ("Money", (Verb.COSTS, Verb.ASK, Verb.BUDGET, Verb.ESTIMATE)),
    ("Set up", (Verb.NEW, Verb.TEMPLATE, Verb.SCHEDULE, Verb.PROJECT, Verb.NOTIFY, Verb.AUDIT, Verb.WHOAMI, Verb.HELP)),
)


async def guide(command: Command, _asker: Asker, _context: Context) -> Reply:
    """All commands, or the one that is named."""
    return Private(card=help_card(command.text))


def help_card(about: str = "") -> Card:
    """The card of `help`, or of `help VERB`; an unknown word gets the nearest one."""
    word = about.split(maxsplit=1)[0].lower() if about.strip() else ""
    if not word:
        return _overview()
    verb = named_verb(word)
    if verb is None:
        close = get_close_matches(word, [each.value for each in TYPED], n=1)
        hint = f"Did you mean: help {close[0]} ?" if close else "Type help for all commands."
        return note_card(f"There is no command {word[:40]!r}.", hint=hint)
    entry = ENTRIES[verb]
    sections = (
        Text(text=f"{entry.says[:1].upper()}{entry.says[1:]}."),
        Code(text=f"{SLASH} {entry.usage}"),
        Text(text="For example", weight=Weight.MUTED),
        Code(text="\n".join(f"{SLASH} {example}" for example in entry.examples)),
    )
    return Card(key=NOTE, title=f"{SLASH} {'' if verb is Verb.SUBMIT else verb.value}".rstrip(), sections=sections)


def _overview() -> Card:
    begin = ENTRIES[Verb.SUBMIT].examples[:2]
    sections: list[Section] = [
        Text(text="Say what you want done:"),
        Code(text="\n".join(f"{SLASH} {example}" for example in begin)),
    ]
    for name, verbs in _GROUPS:
        shown = tuple(Field(label=_short(verb), value=ENTRIES[verb].says) for verb in verbs)
        sections += [Text(text=name, weight=Weight.MUTED), Fields(fields=shown)]
    more = "In a task's thread, just write: its agents hear it. More about one command: help retry"
    sections.append(Text(text=more, weight=Weight.NEXT))
    return Card(key=NOTE, title="How to talk to me", sections=tuple(sections))


def _short(verb: Verb) -> str:
    """`deny A17 …`: the verb, what it is about, and whether more may follow."""
    entry = ENTRIES[verb]
    words = entry.examples[0].split()
    whole = 3 if entry.target is Target.TASKS else 2
    more = len(words) > whole or (entry.words is not Words.NONE and entry.target is not Target.NONE)
    return " ".join(words[:whole]) + (" …" if more else "")


HANDLERS: Mapping[Verb, Handler] = {Verb.HELP: guide}
