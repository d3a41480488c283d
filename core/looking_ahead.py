"""What would come of a request, for whoever wants to know before it is begun; and the request as it would be begun."""

from collections.abc import Callable, Collection, Mapping
from decimal import Decimal
from typing import Unpack

from core.budgets.book import BudgetBook
from core.domain.budget import checked_usd
from core.domain.errors import InvalidInputError
from core.domain.estimate import Estimate
from core.domain.identity import PersonId, Place, ProjectName
from core.domain.project import PlanGate, Project
from core.domain.pull_request import ReviewTarget
from core.domain.role import Role
from core.domain.task import Priority
from core.domain.workflow import Mode, Workflow
from core.engine.client import EngineClient
from core.engine.submitting import Submission
from core.estimates.estimating import Estimating
from core.estimates.work import Known, work_of
from core.offered_work import OfferedWork
from core.planning.assessment import as_review, assess, workflow_for
from core.planning.handling import Handling
from core.planning.request import clean_request, issue_reference
from core.planning.shape import shaped
from core.preview.previewing import Previewing
from core.preview.surroundings import Surroundings
from core.preview.values import Expected, Preview
from core.store.store import Store


class LookingAhead(OfferedWork):
    """Estimates and previews; nothing here writes."""

    def __init__(
        self,
        *,
        store: Store,
        engine: EngineClient,
        project: Callable[[ProjectName], Project],
        workflows: Callable[[ProjectName], Mapping[str, Workflow]],
        roles: Callable[[ProjectName], Mapping[str, Role]],
        mask: Callable[[str], str],
        book: BudgetBook,
        estimating: Estimating,
        around: Surroundings,
    ) -> None:
        """`book` is what the settings say about shared budgets, `around` what previews look at besides the store."""
        super().__init__(store=store, engine=engine, roles=roles, mask=mask, book=book)
        self._project = project
        self._workflows = workflows
        self._book = book
        self.estimating = estimating
        """Estimates any piece of work."""
        self.around = around
        self._previewing = Previewing(store, book, around, planner_model=estimating.planner_model)

    async def estimate(
        self,
        request: str,
        *,
        project: ProjectName,
        by: PersonId,
        workflow: str = "",
        model: str = "",
        others: Collection[ProjectName] | None = (),
    ) -> Expected:
        """What `request` would be taken for, and what it may take; `others` and errors as in `preview`."""
        wanted = self._wanted(request, project=project, by=by, workflow=workflow, model=model)
        return Expected(
            text=wanted.text,
            project=wanted.project.name,
            judged=wanted.judged,
            workflow=wanted.workflow.name,
            estimate=await self._expected(wanted, others=others),
        )

    async def preview(
        self,
        request: str,
        *,
        project: ProjectName,
        by: PersonId,
        others: Collection[ProjectName] | None = (),
        **handling: Unpack[Handling],
    ) -> Preview:
        """What would come of the request if it were submitted like this; nothing is kept, and nothing begins.

        `handling` is what `Handling` lists, each by its keyword: `workflow`, `model`, `budget_usd` and more.
        `others` are further projects whose tasks may be looked at where its own has done too few like it, None for all.
        Raises InvalidInputError (empty request, unknown workflow, no amount) and NotFoundError (unknown project);
        whatever else stands in the way is told as likely trouble.
        """
        wanted = self._wanted(request, project=project, by=by, **handling)
        estimate = await self._expected(wanted, others=others)
        return await self._previewing.preview(wanted, roles=self._roles(project), estimate=estimate)

    async def _expected(self, wanted: Submission, *, others: Collection[ProjectName] | None) -> Estimate:
        work = work_of(
            wanted.workflow,
            project=wanted.project,
            type=wanted.judged.type,
            complexity=wanted.judged.complexity,
            roles=self._roles(wanted.project.name),
            model=wanted.model,
            planner_model=self.estimating.planner_model,
            known=Known(priority=wanted.priority, issue="" if wanted.reviews else issue_reference(wanted.text)),
        )
        return await self.estimating.estimate(work, others=others)

    def _wanted(
        self,
        request: str,
        *,
        project: ProjectName,
        by: PersonId,
        place: Place | None = None,
        workflow: str = "",
        model: str = "",
        priority: Priority = Priority.NORMAL,
        mode: Mode = Mode.AUTO,
        include_analyst: bool = False,
        plan_gate: PlanGate | None = None,
        budget_usd: Decimal | None = None,
        template: str = "",
        key: str = "",
        reviews: str = "",
    ) -> Submission:
        """The request with everything decided that was left empty, but without an estimate."""
        bound = self._project(project)
        text = clean_request(self._mask(request))
        judged = as_review(assess(text)) if reviews else assess(text)
        usual_workflow = "" if reviews else bound.workflow
        definition = self._workflow(project, workflow or usual_workflow or workflow_for(judged.type))
        return Submission(
            text=text,
            project=bound,
            by=by,
            place=place,
            judged=judged,
            workflow=shaped(definition, mode=mode, complexity=judged.complexity, include_analyst=include_analyst),
            model=model,
            priority=priority,
            mode=mode,
            plan_gate=plan_gate or bound.plan_gate,
            budget_usd=bound.task_budget_usd if budget_usd is None else checked_usd(budget_usd),
            estimate=None,
            template=template,
            key=key,
            reviews=ReviewTarget(reference=reviews) if reviews else None,
        )

    def _workflow(self, project: ProjectName, name: str) -> Workflow:
        known = self._workflows(project)
        if name not in known:
            raise InvalidInputError(
                f"There is no workflow {name}.", hint=f"Known workflows: {', '.join(sorted(known))}."
            )
        return known[name]
