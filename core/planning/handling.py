"""How a request is to be handled, as far as somebody says so; what is not said the project or the request decides."""

from decimal import Decimal
from typing import TypedDict

from core.domain.project import PlanGate
from core.domain.task import Priority
from core.domain.workflow import Mode


class Handling(TypedDict, total=False):
    """The options that a request can be looked at and begun with, each by its own keyword."""

    workflow: str
    """By its name; '' for the project's, or the one that suits the request."""
    model: str
    """What every agent works with; '' for what its role says."""
    priority: Priority
    """Whose agents start first; NORMAL."""
    mode: Mode
    """Whether steps may run side by side; AUTO."""
    include_analyst: bool
    """Whether somebody looks first also where that is left out as a rule."""
    plan_gate: PlanGate | None
    """When the plan is shown to a person first; None for what the project says."""
    budget_usd: Decimal | None
    """The most that all its agents may cost together; None for what the project says."""
    template: str
    """Which template the request was filled from; '' for none."""
