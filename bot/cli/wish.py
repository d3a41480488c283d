"""What is to be handed over: the request, where, and how the work is to be done."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.domain.project import PlanGate
from core.domain.task import Priority
from core.domain.workflow import Mode

if TYPE_CHECKING:
    from core.domain.identity import PersonId, ProjectName
    from core.domain.task import Task
    from core.orchestrator import Orchestrator


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
    template: str = ""

    async def submitted(self, orchestrator: "Orchestrator", *, by: "PersonId") -> "Task":
        """Hand it over."""
        return await orchestrator.submit(
            self.request,
            project=self.project,
            by=by,
            workflow=self.workflow,
            model=self.model,
            priority=self.priority,
            mode=self.mode,
            include_analyst=self.include_analyst,
            plan_gate=self.plan_gate,
            template=self.template,
        )
