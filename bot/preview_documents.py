"""Estimates and dry runs as JSON documents for scripts: money in dollars, times in seconds."""

from typing import TYPE_CHECKING, Any

from core.domain.estimate import Band, Estimate, StepEstimate

if TYPE_CHECKING:  # the store's library takes long to load
    from core.preview.values import Expected, Preview, StepPreview


def estimate_document(estimate: Estimate) -> dict[str, Any]:
    """What work is expected to take: half of like work stays within `p50`, nine in ten within `p90`."""
    return {
        "cost_usd": _band(estimate.cost_usd),
        "tokens": _band(estimate.tokens),
        "duration_s": _band(estimate.duration_s),
        "tasks": estimate.tasks,
        "alike": [each.value for each in estimate.alike],
        "from_priors": not estimate.tasks,
        "steps": [_step_estimate(each) for each in estimate.steps],
    }


def expected_document(expected: "Expected") -> dict[str, Any]:
    """An estimate with what the request was taken for."""
    return {
        "request": expected.text,
        "project": expected.project,
        "type": expected.judged.type.value,
        "complexity": expected.judged.complexity.value,
        "reasons": list(expected.judged.reasons),
        "workflow": expected.workflow,
        "estimate": estimate_document(expected.estimate),
    }


def preview_document(preview: "Preview") -> dict[str, Any]:
    """All that would come of a request; `stops` says whether something has to be settled first."""
    return {
        "request": preview.request,
        "title": preview.title,
        "project": preview.project,
        "type": preview.type.value,
        "complexity": preview.complexity.value,
        "reasons": list(preview.reasons),
        "workflow": preview.workflow,
        "mode": preview.mode.value,
        "steps": [_step(each) for each in preview.steps],
        "may_be_divided": preview.may_be_divided,
        "asks_to_publish": preview.asks_to_publish,
        "budget_usd": None if preview.budget_usd is None else float(preview.budget_usd),
        "estimate": estimate_document(preview.estimate),
        "rules": [
            {
                "effect": rule.effect.value,
                "reason": rule.reason,
                "risk": rule.risk.value,
                "examples": list(rule.examples),
                "roles": list(rule.roles),
            }
            for rule in preview.rules
        ],
        "stops": any(each.stops for each in preview.trouble),
        "trouble": [
            {"kind": each.kind.value, "text": each.text, "hint": each.hint, "stops": each.stops}
            for each in preview.trouble
        ],
    }


def _step(step: "StepPreview") -> dict[str, Any]:
    loop = step.loop
    return {
        "name": step.name,
        "role": step.role,
        "model": step.model,
        "needs": list(step.needs),
        "beside": list(step.beside),
        "certainty": step.certainty.value,
        "when": step.when or None,
        "approved": step.approved or None,
        "loop": {"back_to": loop.back_to, "max_rounds": loop.max_rounds} if loop else None,
    }


def _step_estimate(step: StepEstimate) -> dict[str, Any]:
    return {
        "step": step.step,
        "role": step.role,
        "model": step.model,
        "cost_usd": _band(step.cost_usd),
        "tokens": _band(step.tokens),
        "duration_s": _band(step.duration_s),
    }


def _band(band: Band) -> dict[str, float]:
    return {"p50": round(band.p50, 6), "p90": round(band.p90, 6)}
