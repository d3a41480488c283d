"""Questions in plain words: which messages are one, and what is answered to them."""

import re
from collections.abc import Mapping

from adapters.chat.card import Action, Card, Code, Section, Text, Weight
from adapters.chat.text import one_line
from bot.asked_before import may_go_on
from bot.cards.answer import ANSWER
from bot.commands.answers import answered
from bot.commands.command import Command, written
from bot.commands.context import Asker, Context
from bot.commands.estimate import estimate
from bot.commands.grammar import is_command
from bot.commands.known import any_of, known_to, last_query, remember
from bot.commands.registry import Handler
from bot.commands.reply import Private, Reply
from bot.commands.verbs import Verb
from core.costs.query import Query
from core.costs.reader import Reading
from core.costs.words.following import follows
from core.costs.words.known import Known
from core.costs.words.reading import Partly, may_ask, read_question
from core.domain.access import Act, may

EXAMPLES = (
    "how much did we spend this week?",
    "which agent spent the most today?",
    "compare builder and reviewer in october",
    "what did T142 cost and why?",
    "show me failed tasks since friday",
    "are we going to stay under budget?",
    "what was unusual this week?",
    "which role could use a cheaper model?",
    "what is waiting for me?",
)


_AHEAD = re.compile(
    r"(?:about )?(?:what|how (?:much|long|expensive)) (?:would|will|might|could) (?:it|that|this)"
    r" (?:cost|take|be)(?: us)? to (?P<work>\S.+)",
    re.IGNORECASE | re.DOTALL,
)
"""A question about work that is not done yet is an estimate, and starts nothing."""
_DOING = {
    **{f"{verb}ing": verb for verb in ("fix", "add", "build", "implement", "refactor", "review", "test")},
    **{
        f"{verb[:-1]}ing": verb
        for verb in ("write", "migrate", "update", "upgrade", "remove", "rename", "change", "replace")
    },
}
_AHEAD_DOING = re.compile(
    rf"(?:about )?(?:what|how (?:much|long)) (?:would|will|might|could) (?P<doing>{'|'.join(_DOING)}) (?P<what>\S.*?)"
    r" (?:cost|take)(?: us)?\s*\?*",
    re.IGNORECASE | re.DOTALL,
)
"""The same, asked as `what would fixing issue #12 cost?`."""


def work_ahead(text: str) -> str:
    """The work that `text` asks about before it is done, as a request; '' for any other text."""
    text = text.strip()
    if found := _AHEAD.fullmatch(text):
        return found["work"].rstrip("?! ")
    if found := _AHEAD_DOING.fullmatch(text):
        return f"{_DOING[found['doing'].lower()]} {found['what']}"
    return ""


async def heard(text: str, asker: Asker, context: Context, *, task: str = "", addressed: bool = True) -> Command | None:
    """The command that answers `text`, when it is a question of this kind; None for everything else.

    What was not said to us, in the thread of a task, must be understood wholly, and follow-ups there end with a
    question mark: everything else is meant for the agents.
    """
    if addressed and (ahead := work_ahead(text)):
        return Command(verb=Verb.ESTIMATE, text=ahead)
    if not may_ask(text) or is_command(text):
        return None
    known = await known_to(asker, context, task=task)
    found = read_question(text, known)
    asks = isinstance(found, Query) or (isinstance(found, Partly) and addressed)
    if not asks and (addressed or text.rstrip().endswith("?")):
        asks = await _after_last(text, asker, context, known) is not None
    if not asks:
        return None
    return Command(verb=Verb.ASK, text=text.strip(), options={"about": (task,)} if task else {})


async def ask(command: Command, asker: Asker, context: Context) -> Reply:
    """The answer to a question in plain words, with what was understood under it."""
    if ahead := work_ahead(command.text):
        return await estimate(Command(verb=Verb.ESTIMATE, text=ahead), asker, context)
    known = await known_to(asker, context, task=command.option("about"))
    query = await query_asked(command.text, asker, context, known)
    if query is None:
        return Private(card=_not_understood(command.text, read_question(command.text, known), asker))
    await remember(query, asker, context)
    return await answered(query, asker, context, known)


async def query_asked(text: str, asker: Asker, context: Context, known: Known) -> Query | None:
    """The typed query of a question: by rules, as a follow-up, else by the model that is configured; None for none."""
    found = read_question(text, known)
    query = found if isinstance(found, Query) else await _after_last(text, asker, context, known)
    if query is None and context.questions is not None:
        last = await last_query(asker, context)
        masked = context.seen.mask(text)
        query = await context.questions.read(Reading(text=masked, known=known, asker=asker.person.id, last=last))
    return query


async def goes_on(text: str, asker: Asker, context: Context) -> bool:
    """Whether `text`, which nobody said to us, follows the asker's last question in this thread."""
    if not may_go_on(text, asker.place) or not may_ask(text):
        return False
    last = await last_query(asker, context)
    return last is not None and follows(text, last, await known_to(asker, context)) is not None


async def _after_last(text: str, asker: Asker, context: Context, known: Known) -> Query | None:
    last = await last_query(asker, context)
    return follows(text, last, known) if last is not None else None


def _not_understood(text: str, found: Query | Partly | None, asker: Asker) -> Card:
    """What can be asked, and the way to hand the words over as work."""
    unknown = found.unknown if isinstance(found, Partly) else ()
    apart_by = found.apart_by if isinstance(found, Partly) else ()
    sections: list[Section] = []
    if unknown:
        words = any_of(f"“{one_line(word, width=40)}”" for word in unknown)
        sections.append(Text(text=f"I do not know what {words} stands for."))
    if apart_by:
        ways = any_of(f"by {group.value}" for group in apart_by)
        sections.append(Text(text=f"I tell figures apart in one way at a time: ask {ways}."))
    sections.append(Text(text="I answer questions about money and tasks, for example:"))
    sections.append(Code(text="\n".join(EXAMPLES)))
    may_submit = any(may(access, Act.SUBMIT) for access in asker.access.values())
    request = Action(label="Hand it over as work", command=written(Command(verb=Verb.SUBMIT, text=text)))
    if may_submit:
        sections.append(Text(text="If you want it done instead, hand it over.", weight=Weight.NEXT))
    return Card(
        key=ANSWER,
        title="I did not understand that question.",
        sections=tuple(sections),
        actions=(request,) if may_submit else (),
        about="I did not understand that question.",
    )


HANDLERS: Mapping[Verb, Handler] = {Verb.ASK: ask}
