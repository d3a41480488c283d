"""The bill of a task: what each agent used and cost, and the sum."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.chat.card import Card, Column, Section, Table, Text, Tone, Weight
from bot.cards.agent import short_model
from bot.cards.words import line
from core.domain.cost import Bill, TokenUsage, shown_usd

if TYPE_CHECKING:  # the store's library takes long to load
    from core.views import TaskView

_MISMATCHES = 5
_COLUMNS = (
    Column(label="Agent"),
    Column(label="Model"),
    Column(label="Calls", number=True),
    Column(label="Tokens in", number=True),
    Column(label="Tokens out", number=True),
    Column(label="Cost", number=True),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BillLine:
    """What all runs of one role with one model used together."""

    role: str
    model: str
    runs: int
    bill: Bill


def bill_card(view: "TaskView") -> Card:
    """The bill of a task so far; tokens in count those read from and written to the cache."""
    sections: list[Section] = [
        Table(
            columns=_COLUMNS,
            rows=tuple(_cells(_agent(each), each.model, each.bill) for each in bill_lines(view)),
            total=_cells("Total", "", view.bill),
        )
    ]
    cached = view.bill.usage.cache_read_tokens
    if cached:
        sections.append(Text(text=f"{cached:,} of the tokens in were read from the cache.", weight=Weight.MUTED))
    if view.mismatches:
        from core.views import mismatch_words

        sections += [Text(text=mismatch_words(each)) for each in view.mismatches[-_MISMATCHES:]]
    return Card(
        key=f"{view.task.id}.bill",
        title=f"{view.task.id} · Bill",
        status=shown_usd(view.bill.cost_usd),
        tone=Tone.NEUTRAL,
        sections=tuple(sections),
    )


def short_bill(view: "TaskView") -> Table:
    """The bill of a task in the columns that fit a phone: who, with which model, for how much."""
    return Table(
        columns=(Column(label="Agent"), Column(label="Model"), Column(label="Cost", number=True)),
        rows=tuple(
            (_agent(each), line(short_model(each.model), 40), shown_usd(each.bill.cost_usd))
            for each in bill_lines(view)
        ),
        total=("Total", "", shown_usd(view.bill.cost_usd)),
    )


def bill_lines(view: "TaskView") -> tuple[BillLine, ...]:
    """One line for each role and model, in the order they first worked; runs that called no model are left out."""
    lines: dict[tuple[str, str], BillLine] = {}
    for part in (part for step in view.steps for part in step.runs if part.bill.calls):
        key = (part.run.role, part.run.model)
        known = lines.get(key) or BillLine(role=key[0], model=key[1], runs=0, bill=Bill())
        lines[key] = BillLine(role=key[0], model=key[1], runs=known.runs + 1, bill=_sum(known.bill, part.bill))
    return tuple(lines.values())


def _sum(first: Bill, second: Bill) -> Bill:
    return Bill(
        calls=first.calls + second.calls,
        usage=first.usage + second.usage,
        cost_usd=first.cost_usd + second.cost_usd,
    )


def _agent(part: BillLine) -> str:
    role = line(part.role, 40)
    return f"{role} ×{part.runs}" if part.runs > 1 else role


def _cells(agent: str, model: str, bill: Bill) -> tuple[str, ...]:
    return (
        agent,
        line(model, 60),
        f"{bill.calls:,}",
        f"{_tokens_in(bill.usage):,}",
        f"{bill.usage.output_tokens:,}",
        shown_usd(bill.cost_usd),
    )


def _tokens_in(usage: TokenUsage) -> int:
    return usage.input_tokens + usage.cache_read_tokens + usage.cache_write_tokens
