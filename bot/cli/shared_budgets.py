"""Budgets that tasks share, on the command line: set, taken away, and listed with what is left."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from bot.cards.budgets import shown_end
from bot.cards.forecast import shown_likely
from bot.cli import parse
from bot.cli.invocation import Invocation
from bot.cli.perform import print_json
from bot.cli.persons import me
from bot.commands.budget_words import percents_in
from bot.commands.forecast import outlook_document
from config.chat_ids import one_person
from core.budgets.names import scope_name
from core.domain.cost import shown_usd
from core.domain.errors import InvalidInputError, NotFoundError
from core.domain.identity import PersonId, Place
from core.domain.limit import UNIT_WORDS, BudgetScope
from core.domain.period import PeriodUnit
from core.forecasts.daily import Forecasts
from core.house_budgets import HouseBudgets

if TYPE_CHECKING:
    from bot.compose import Program
    from core.budgets.allowance import Allowance
    from core.forecasts.projection import Outlook

_EXAMPLE = "For example: orchestrator budget set --project api --monthly 200"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What was typed: whom it limits, and how much in which period ('' where nothing was said)."""

    project: str
    person: str
    role: str
    model: str
    amounts: Mapping[str, str]
    """`daily`, `weekly`, `monthly` → amount, or `none`."""
    owners: tuple[str, ...]
    warn_at: str


async def change(called: Invocation, wanted: Wanted, *, remove: bool) -> None:
    """Set what is wanted, or take it away; InvalidInputError and NotFoundError say what to do."""
    async with called.program() as program:
        scope = _scope(program, wanted)
        amounts = {unit: parse.budget(text) for unit in PeriodUnit if (text := wanted.amounts[UNIT_WORDS[unit]])}
        budgets = program.orchestrator.budgets
        if remove:
            known = [each.budget.unit for each in await budgets.standing() if each.budget.scope == scope]
            amounts = {unit: None for unit in known if not amounts or unit in amounts}
            if not amounts:
                raise NotFoundError("budget", f"of {scope_name(scope)}", hint="See: orchestrator budget list")
        if not amounts:
            raise InvalidInputError("How much, and in which period?", hint=_EXAMPLE)
        owners = [_person(each) for each in wanted.owners] or None
        for unit, usd in amounts.items():
            await budgets.set(scope, unit, usd, by=me(), owners=owners, warn_at=percents_in(wanted.warn_at))
            await _note(program, f"{scope.key}/{unit.value}", usd)


async def tell(called: Invocation, *, as_json: bool) -> None:
    """Print how every budget stands."""
    async with called.onlooker() as seen:
        book = seen.settings.budget_book
        standing = await HouseBudgets(seen.store, book).standing()
        ahead = await Forecasts(seen.store, clock=seen.clock).of_budgets(standing, book)
        zones, usual = book.zones, seen.settings.time_zone
    if as_json:
        print_json([{**_document(each), "forecast": outlook_document(ahead[each.budget.key])} for each in standing])
        return
    _print(standing, ahead, zones=zones, usual=usual)


def _print(
    standing: "list[Allowance]", ahead: "Mapping[str, Outlook]", *, zones: Mapping[str, str], usual: str
) -> None:
    from rich.text import Text

    from bot.cli.tables import listing, page

    console = page()
    if not standing:
        console.print(f"There are no budgets but those of tasks. {_EXAMPLE}")
        return
    table = listing()
    for name in ("budget", "spent", "of", "left", "likely", "begins anew", "told besides"):
        table.add_column(name, overflow="fold")
    for each in standing:
        left = f"passed by {shown_usd(each.passed_by_usd)}" if each.passed_by_usd else shown_usd(each.left_usd)
        cells = (
            f"{scope_name(each.budget.scope)}, {UNIT_WORDS[each.budget.unit]}",
            f"{shown_usd(each.spent_usd)} ({each.percent} %)",
            shown_usd(each.limit_usd),
            left,
            shown_likely(ahead[each.budget.key]),
            shown_end(each.period.end, zones.get(each.budget.scope.project, usual)),
            ", ".join(each.budget.owners),
        )
        table.add_row(*(Text(cell, style="red" if each.used_up else "") for cell in cells))
    console.print(table)


def _document(stands: "Allowance") -> dict[str, Any]:
    budget = stands.budget
    return {
        "key": budget.key,
        "project": budget.scope.project or None,
        "person": budget.scope.person or None,
        "role": budget.scope.role or None,
        "model": budget.scope.model or None,
        "period": budget.unit.value,
        "begin": stands.period.begin.isoformat(),
        "end": stands.period.end.isoformat(),
        "limit_usd": float(stands.limit_usd),
        "raised_by_usd": float(stands.extra_usd),
        "spent_usd": float(stands.spent_usd),
        "left_usd": float(stands.left_usd),
        "passed_by_usd": float(stands.passed_by_usd),
        "percent": stands.percent,
        "warn_at": list(budget.warn_at),
        "owners": list(budget.owners),
    }


def _scope(program: "Program", wanted: Wanted) -> BudgetScope:
    if wanted.project:
        program.settings.project(wanted.project)
    if wanted.role:
        names = [wanted.project] if wanted.project else list(program.settings.projects)
        known = {role for name in names for role in program.data.roles(program.settings.project(name).name)}
        if wanted.role not in known:
            raise InvalidInputError(f"There is no role {wanted.role}.", hint=f"Roles: {', '.join(sorted(known))}.")
    person = _person(wanted.person) if wanted.person else ""
    return BudgetScope(project=wanted.project, person=person, role=wanted.role, model=wanted.model)


def _person(text: str) -> PersonId:
    """A person as in the settings; InvalidInputError otherwise."""
    if text == "me":
        return me()
    try:
        return PersonId(one_person(text))
    except ValueError as error:
        raise InvalidInputError(str(error), hint="Name one person as in the settings.") from error


async def _note(program: "Program", subject: str, usd: Decimal | None) -> None:
    async with program.store.transaction() as uow:
        await uow.audit.append(
            actor=me(),
            act="budget",
            subject=subject,
            place=Place(platform="console"),
            allowed=True,
            detail="no limit" if usd is None else shown_usd(usd),
        )
