"""Answers about money and tasks at the terminal: on the screen, as a document, and drawn into a file."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.chat_context import context_of
from bot.cli.chart import chart_path, drawing_into, write_chart
from bot.cli.invocation import Invocation
from bot.cli.perform import print_json
from bot.cli.persons import myself
from bot.commands.budget_answer import budget_document
from bot.commands.command import Command
from bot.commands.context import Asker, Context
from bot.commands.cost_views import DOCUMENTS, VIEW_OF, chosen, over_usual_time
from bot.commands.costs import costs, query_of
from bot.commands.known import known_to
from bot.commands.questions import ask, query_asked
from bot.commands.reply import Private, Reply
from bot.commands.unpriced import unpriced
from bot.commands.verbs import Verb
from bot.compose import Program
from bot.cost_documents import figures_document, listed_document
from bot.terminal import terminal
from core.costs.asking import Asking
from core.costs.query import Query, Subject
from core.costs.words.known import Known
from core.domain.errors import InvalidInputError
from core.domain.identity import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """In which form an answer is wanted."""

    chart: str = ""
    """Where its picture goes; '' for none."""
    dark: bool = False
    as_json: bool = False


async def tell_costs(called: Invocation, text: str, options: Mapping[str, tuple[str, ...]], form: Form) -> None:
    """What `costs` answers to these words and options."""
    path = chart_path(form.chart, dark=form.dark)
    command = Command(verb=Verb.COSTS, text=text, options=options)
    async with called.program() as program:
        chat, asker = await _here(program, path, form)
        reply = await costs(command, asker, chat) if path is not None or not form.as_json else None
        if form.as_json:
            known = await known_to(asker, chat)
            query = await query_of(command, asker, chat, known)
            make = DOCUMENTS.get(chosen(command.options))
            print_json(await make(query, asker, chat, known) if make else await _document(query, chat, known))
        if reply is not None:
            await _hand_out(reply, path, shown=not form.as_json)


async def tell_answer(called: Invocation, question: str, form: Form) -> None:
    """What is answered to a question in plain words."""
    path = chart_path(form.chart, dark=form.dark)
    async with called.program() as program:
        chat, asker = await _here(program, path, form)
        if path is not None or not form.as_json:
            reply = await ask(Command(verb=Verb.ASK, text=question), asker, chat)
            await _hand_out(reply, path, shown=not form.as_json)
        if form.as_json:
            known = await known_to(asker, chat)
            query = await query_asked(question, asker, chat, known)
            print_json(await _answer(query, asker, chat, known))


async def _here(program: Program, path: Path | None, form: Form) -> tuple[Context, Asker]:
    """Commands as they work in a chat, for the person at this terminal."""
    chat = context_of(program)
    asker = await chat.asker(myself(), Place(platform="console"), event_id="")
    return drawing_into(chat, path, dark=form.dark), asker


async def _hand_out(reply: Reply, path: Path | None, *, shown: bool) -> None:
    """The card on the screen, and its picture in the file."""
    if shown and isinstance(reply, Private):
        terminal().show(reply.card)
    if path is not None:
        await write_chart(reply, path)


async def _answer(query: Query | None, asker: Asker, chat: Context, known: Known) -> dict[str, Any]:
    """The answer to a question for scripts, also of those that a view of `costs` tells."""
    if query is not None and query.subject is Subject.BUDGET:
        return await budget_document(query, asker, chat, known)
    view = VIEW_OF.get(query.subject, "") if query is not None else ""
    if query is None or not view:
        return await _document(query, chat, known)
    asked = query if query.period or query.said else over_usual_time(query, known, view=view)
    return await DOCUMENTS[view](asked, asker, chat, known)


async def _document(query: Query | None, chat: Context, known: Known) -> dict[str, Any]:
    """The answer for scripts; InvalidInputError for what has none."""
    if query is None:
        raise InvalidInputError("I did not understand that question.", hint="Ask without --json for what can be asked.")
    zone = known.zone_of(query.where.projects)
    asking = Asking(chat.seen.store, clock=chat.seen.clock)
    if query.subject is Subject.FIGURES:
        found = figures_document(await asking.figures(query, projects=None, zone=zone))
        guessed = await unpriced(query, chat, projects=None, zone=zone)
        return found | {"fallback_priced": [{"model": model, "usd": f"{usd:f}"} for model, usd in guessed.items()]}
    if query.subject is Subject.TASKS:
        return listed_document(await asking.tasks(query, projects=None, zone=zone))
    raise InvalidInputError("There is no JSON for that question.", hint="Ask it without --json.")
