"""What is to be handed over: the request, where, and how the work is to be done."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.domain.errors import InvalidInputError
from core.domain.project import PlanGate
from core.domain.task import Priority
from core.domain.workflow import Mode
from core.planning.handling import Handling

if TYPE_CHECKING:
    from decimal import Decimal

    from core.domain.identity import PersonId, Place, ProjectName
    from core.domain.task import Task
    from core.orchestrator import Orchestrator
    from core.preview.values import Preview


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """One request. '' and None mean: as the project, the request or the role says."""

    request: str
    project: "ProjectName"
    workflow: str = ""
    model: str = ""
    priority: Priority = Priority.NORMAL
    mode: Mode = Mode.AUTO
    include_analyst: bool = False
    plan_gate: PlanGate | None = None
    budget_usd: "Decimal | None" = None
    """The most it may cost; None means what the project says."""
    template: str = ""

    async def submitted(
        self,
        orchestrator: "Orchestrator",
        *,
        by: "PersonId",
        place: "Place | None" = None,
        key: str = "",
        others: "Collection[ProjectName] | None" = (),
    ) -> "Task":
        """Hand it over; the same `key` again gives the task there is. `others` as in `Orchestrator.preview`."""
        return await orchestrator.submit(
            self.request,
            project=self.project,
            by=by,
            place=place,
            key=key,
            others=others,
            **self._handling(),
        )

    async def previewed(
        self,
        orchestrator: "Orchestrator",
        *,
        by: "PersonId",
        others: "Collection[ProjectName] | None" = (),
    ) -> "Preview":
        """What would come of it, with nothing begun; `others` as in `Orchestrator.preview`."""
        return await orchestrator.preview(
            self.request,
            project=self.project,
            by=by,
            others=others,
            **self._handling(),
        )

    def _handling(self) -> Handling:
        return Handling(
            workflow=self.workflow,
            model=self.model,
            priority=self.priority,
            mode=self.mode,
            include_analyst=self.include_analyst,
            plan_gate=self.plan_gate,
            budget_usd=self.budget_usd,
            template=self.template,
        )


def given(values: Sequence[str]) -> dict[str, str | list[str]]:
    """`KEY=VALUE` texts by key; a key that is there more than once has a list."""
    found: dict[str, str | list[str]] = {}
    for text in values:
        key, equals, value = text.partition("=")
        key = key.strip()
        if not equals or not key:
            raise InvalidInputError(f"{text!r} sets nothing.", hint="Write --set KEY=VALUE, such as --set issue=123.")
        known = found.get(key)
        if known is None:
            found[key] = value
        else:
            found[key] = [*(known if isinstance(known, list) else [known]), value]
    return found
