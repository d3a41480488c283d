"""Commands about budgets that tasks share: set one, take one away, raise one; by words or by a form."""

from decimal import Decimal

from bot.access import Refusal
from bot.commands.acting import audited, done
from bot.commands.budget_words import EXAMPLE, amounts_in, percents_in, units_in, with_options
from bot.commands.command import Command, written
from bot.commands.context import Asker, Context
from bot.commands.notes import note_card
from bot.commands.reply import AskForm, Reply
from bot.commands.scope import seen_project
from bot.commands.spelling import SLASH
from bot.commands.verbs import Verb
from bot.forms.budgets import COUNTS_PERSON, budget_form, raise_form
from core.budgets.allowance import Allowance
from core.budgets.names import budget_name, scope_name
from core.budgets.raising import raise_step
from core.domain.budget import next_raise, usd_of
from core.domain.cost import shown_usd
from core.domain.errors import InvalidInputError, NotFoundError
from core.domain.identity import Access, PersonId
from core.domain.limit import UNIT_WORDS, BudgetScope
from core.domain.period import PeriodUnit

EVERY = "*"
"""Instead of a project: all of them together."""


async def set_budget(command: Command, asker: Asker, context: Context) -> Reply:
    """Set what a project, person, role or model may cost in a day, week or month; without an amount a form asks."""
    command = with_options(command)
    scope = await _scope(command, asker, context)
    amounts = amounts_in(command)
    refusal = refused_to_limit(scope, asker, context)
    if refusal is not None:
        return await context.refuse(asker, "budget", refusal, subject=scope.key)
    if not amounts:
        return _form(command, asker, context)
    owners = [await _person(name, asker, context) for name in command.every("owner")] or None
    warn_at = percents_in(command.option("warn-at"))
    said: list[str] = []
    for unit, usd in amounts.items():
        told = "no limit" if usd is None else shown_usd(usd)
        async with audited("budget", asker, context, subject=f"{scope.key}/{unit.value}", detail=told):
            stands = await context.orchestrator.budgets.set(
                scope, unit, usd, by=asker.person.id, owners=owners, warn_at=warn_at
            )
        said.append(await _told(scope, unit, stands, context))
    return done(" ".join(said))


async def remove_budget(command: Command, asker: Asker, context: Context) -> Reply:
    """Take a shared budget away: those of the periods that are named, else every one of the scope."""
    command = with_options(command)
    scope = await _scope(command, asker, context)
    units, others = units_in(command.text)
    if others:
        raise InvalidInputError(
            f"Which budget is {command.text[:40]!r}?", hint=f"For example: {SLASH} budget remove monthly --project api"
        )
    refusal = refused_to_limit(scope, asker, context)
    if refusal is not None:
        return await context.refuse(asker, "budget", refusal, subject=scope.key)
    known = [each.budget.unit for each in await context.orchestrator.budgets.standing() if each.budget.scope == scope]
    gone = [unit for unit in known if unit in units or not units]
    if not gone:
        what = scope_name(scope, await _names(scope, context))
        raise NotFoundError("budget", f"of {what}", hint=f"Those there are: {SLASH} budget")
    said: list[str] = []
    for unit in gone:
        async with audited("budget", asker, context, subject=f"{scope.key}/{unit.value}", detail="no limit"):
            await context.orchestrator.budgets.set(scope, unit, None, by=asker.person.id)
        said.append(await _told(scope, unit, None, context))
    return done(" ".join(said))


async def raise_budget(command: Command, asker: Asker, context: Context) -> Reply:
    """Raise the shared budget `--of KEY` until its period ends; without an amount a form asks."""
    key = command.option("of")
    found = next((each for each in await context.orchestrator.budgets.standing() if each.budget.key == key), None)
    if found is None or not concerns(found, asker, context):
        raise NotFoundError("budget", key[:60], hint=f"Those there are: {SLASH} budget")
    refusal = refused_to_limit(found.budget.scope, asker, context)
    if refusal is not None:
        return await context.refuse(asker, "budget", refusal, subject=key)
    name = budget_name(found.budget.scope, found.budget.unit, await _names(found.budget.scope, context))
    if not command.text:
        return AskForm(
            command=written(Command(verb=Verb.BUDGET, part="raise", options={"of": (key,)})),
            make=lambda token: raise_form(name, wanted=offered(found), token=token),
            instead=note_card(f"By how much is {name} raised?", hint=f"Type: {SLASH} budget raise 5 --of {key}"),
        )
    amount = usd_of(command.text)
    async with audited("budget", asker, context, subject=key, detail=f"raised by {shown_usd(amount)}"):
        stands = await context.orchestrator.budgets.raise_by(key, amount, by=asker.person.id)
    until = f"until this {stands.budget.unit.value} ends"
    return done(f"{_begun(name)} is {shown_usd(stands.limit_usd)} now, {until}. What waited for it goes on.")


def offered(stands: Allowance) -> Decimal:
    """By how much a raise is offered."""
    return next_raise(stands.limit_usd, spent=stands.spent_usd, step=raise_step(stands.limit_usd))


def concerns(stands: Allowance, asker: Asker, context: Context) -> bool:
    """Whether the asker may see how this budget stands: their own, those of their projects, and all for an admin."""
    scope = stands.budget.scope
    if context.gate.sees_all(asker.person.id):
        return True
    if scope.project and scope.project not in asker.access:
        return False
    if scope.person:
        admin = scope.project and asker.access[context.gate.projects[scope.project].name] is Access.ADMIN
        return scope.person == asker.person.id or bool(admin)
    return bool(scope.project) or asker.person.id in stands.budget.owners


def refused_to_limit(scope: BudgetScope, asker: Asker, context: Context) -> Refusal | None:
    """Why the asker may not change budgets of `scope`; None when they may."""
    return context.gate.refused_to_limit(asker.person.id, scope)


async def refused_to_raise(key: str, asker: Asker, context: Context) -> Refusal | None:
    """Why the asker may not raise the budget `key`; None when they may, and when it is not there any more."""
    found = next((each for each in await context.orchestrator.budgets.standing() if each.budget.key == key), None)
    return None if found is None else refused_to_limit(found.budget.scope, asker, context)


async def _scope(command: Command, asker: Asker, context: Context) -> BudgetScope:
    """What the budget counts; a project that is not named is the channel's, and all of them for who sees all."""
    counts, name = command.option("counts"), command.option("which")
    named = {counts: name} if counts and name else dict[str, str]()
    person = command.option("person") or named.get(COUNTS_PERSON, "")
    return BudgetScope(
        project=await _project(command, asker, context),
        person=await _person(person, asker, context) if person else "",
        role=await _role(command.option("role") or named.get("role", ""), context),
        model=command.option("model") or named.get("model", ""),
    )


async def _project(command: Command, asker: Asker, context: Context) -> str:
    given = command.option("project")
    if given == EVERY:
        return ""
    if given:
        return await seen_project(given, asker, context, act="budget")
    if asker.bound is not None and asker.bound in asker.access:
        return asker.bound
    if context.gate.sees_all(asker.person.id):
        return ""
    if asker.usual_project is not None:
        return asker.usual_project
    raise InvalidInputError("Which project?", hint=f"{EXAMPLE}.")


async def _role(name: str, context: Context) -> str:
    """A role that some project has; InvalidInputError for any other word."""
    if not name:
        return ""
    known = {role for project in context.gate.projects.values() for role in context.data.roles(project.name)}
    if name.lower() not in known:
        raise InvalidInputError(f"There is no role {name[:40]}.", hint=f"Roles: {', '.join(sorted(known))}.")
    return name.lower()


async def _person(name: str, asker: Asker, context: Context) -> PersonId:
    """Who is meant: `me`, an id as in the settings, or the name of somebody who was seen here."""
    bare = name.strip().lstrip("@")
    if bare.lower() == "me":
        return asker.person.id
    platform, colon, rest = bare.partition(":")
    if colon and platform and rest and "*" not in rest and "/role:" not in rest:
        return PersonId(bare)
    async with context.seen.store.reading() as uow:
        found = await uow.people.called(bare)
    if len(found) == 1:
        return found[0]
    hint = "Write the id, such as slack:T0123/U0456; whoever writes whoami to me is told theirs."
    raise InvalidInputError(f"{'Several people are' if found else 'Nobody I know is'} called {bare[:40]!r}.", hint=hint)


def _form(command: Command, asker: Asker, context: Context) -> AskForm:
    every = context.gate.sees_all(asker.person.id)
    mine = [name for name, access in asker.access.items() if access is Access.ADMIN]
    options = {name: values for name, values in command.options.items() if name != "project"}
    asked = command.option("project") or asker.usual_project or ""
    return AskForm(
        command=written(Command(verb=Verb.BUDGET, part="set", options=options)),
        make=lambda token: budget_form(projects=sorted(mine), project=asked, every=EVERY if every else "", token=token),
        instead=note_card("How much may be spent, on what?", hint=f"{EXAMPLE}, or --daily, --weekly."),
    )


async def _told(scope: BudgetScope, unit: PeriodUnit, stands: Allowance | None, context: Context) -> str:
    what = scope_name(scope, await _names(scope, context))
    if stands is None:
        return f"{_begun(what)} has no {UNIT_WORDS[unit]} budget any more."
    said = f"{_begun(what)} may cost {shown_usd(stands.limit_usd)} a {unit.value}."
    spent = f"{shown_usd(stands.spent_usd)} of it is spent in this one"
    return f"{said} {spent}: work that draws on it waits." if stands.used_up else f"{said} {spent}."


async def _names(scope: BudgetScope, context: Context) -> dict[PersonId, str]:
    if not scope.person:
        return {}
    async with context.seen.store.reading() as uow:
        return await uow.people.names({PersonId(scope.person)})


def _begun(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}" if text.startswith(("the ", "everything")) else text
