"""A scheduled request as it is handed over when its time comes."""

from decimal import Decimal

from bot.wish import Wish, given
from config.template_loader import Templates
from core.domain.identity import ProjectName
from core.domain.schedule import ScheduledWork
from core.domain.task import Priority
from core.domain.template import FilledTemplate, filled
from core.domain.workflow import Mode


def wish_of(work: ScheduledWork, *, project: ProjectName, templates: Templates) -> Wish:
    """What is to be handed over now: templates are filled each time, as they are by then.

    NotFoundError for a template that is gone, InvalidInputError for values it does not take.
    """
    base = _base(work, templates)
    return Wish(
        request=f"{base.request}\n\n{work.request}".strip() if work.template else work.request,
        project=project,
        workflow=work.workflow or base.workflow,
        model=work.model or base.model,
        priority=work.priority or base.priority or Priority.NORMAL,
        mode=work.mode or base.mode or Mode.AUTO,
        include_analyst=work.include_analyst or bool(base.include_analyst),
        plan_gate=work.plan_gate or base.plan_gate,
        budget_usd=Decimal(work.budget_usd) if work.budget_usd else None,
        template=base.template,
    )


def _base(work: ScheduledWork, templates: Templates) -> FilledTemplate:
    if not work.template:
        return FilledTemplate(template="", request=work.request)
    values = given([f"{name}={value}" for name, value in work.values])
    return filled(templates.find(work.template).template, values)
