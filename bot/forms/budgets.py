"""Forms about budgets that tasks share: a new one, and by how much one is raised."""

from collections.abc import Sequence
from decimal import Decimal

from adapters.chat.card import Option
from adapters.chat.form import Form, SelectField, TextField
from bot.cards.words import line
from bot.forms.sizes import LABEL, OPTIONS, TITLE
from bot.forms.tasks import AMOUNT, PROJECT
from core.domain.limit import UNIT_WORDS
from core.domain.period import PeriodUnit

PERIOD = "period"
COUNTS = "counts"
NAME = "which"
COUNTS_PERSON = "person"
_COUNTS = ((COUNTS_PERSON, "One person"), ("role", "One role of agents"), ("model", "One model"))
_AMOUNT_COLUMNS = 12


def budget_form(*, projects: Sequence[str], project: str, every: str, token: str) -> Form:
    """Fields `PROJECT`, `PERIOD`, `AMOUNT`, `COUNTS`, `NAME`; `every` stands for all projects, '' to offer none."""
    options = [Option(label=line(name, LABEL), value=name) for name in projects[:OPTIONS]]
    if every:
        options.insert(0, Option(label="All projects together", value=every))
    known = {option.value for option in options}
    return Form(
        token=token,
        title="A budget",
        intro="When it is used up, work that draws on it stops, and a person is asked.",
        fields=(
            SelectField(
                name=PROJECT,
                label="Project",
                options=tuple(options[:OPTIONS]),
                value=project if project in known else options[0].value if options else "",
            ),
            SelectField(
                name=PERIOD,
                label="In each",
                options=tuple(Option(label=unit.value.capitalize(), value=UNIT_WORDS[unit]) for unit in PeriodUnit),
                value=UNIT_WORDS[PeriodUnit.MONTH],
            ),
            TextField(
                name=AMOUNT,
                label="May cost (US dollars)",
                hint="For example: 200. To take a budget away: none",
                max_length=_AMOUNT_COLUMNS,
            ),
            SelectField(
                name=COUNTS,
                label="Counts only",
                options=tuple(Option(label=label, value=value) for value, label in _COUNTS),
                hint="Left empty, it counts everything in the project.",
                optional=True,
            ),
            TextField(
                name=NAME,
                label="Which person, role or model?",
                hint="For example: alice, builder or opus",
                optional=True,
                max_length=100,
            ),
        ),
        submit="Set",
    )


def raise_form(name: str, *, wanted: Decimal, token: str) -> Form:
    """By how much the budget called `name` is raised; `wanted` stands there already. Its field is `AMOUNT`."""
    return Form(
        token=token,
        title=line("Raise a budget", TITLE),
        intro=line(f"It holds until the period of {name} ends.", 200),
        fields=(
            TextField(
                name=AMOUNT,
                label="Raise it by (US dollars)",
                value=f"{wanted:.2f}" if wanted >= Decimal("0.01") else f"{wanted:f}",
                hint="For example: 5.00",
                max_length=_AMOUNT_COLUMNS,
            ),
        ),
        submit="Raise",
    )
