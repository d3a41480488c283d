"""Answers about money as JSON documents for scripts: the typed query, the rows, the total; money as exact text."""

from dataclasses import fields
from typing import Any

from core.costs.answer import Amount, Figures, Listed
from core.costs.query import OF_TASKS, Metric, Query
from core.costs.wording import in_words

_MONEY = frozenset({Metric.COST, Metric.AVERAGE})
_UNITS = {Metric.DURATION: "seconds", Metric.CACHED: "share"}
_COUNTED = {**dict.fromkeys(OF_TASKS, "tasks_counted"), Metric.CACHED: "prompt_tokens_counted"}


def figures_document(found: Figures) -> dict[str, Any]:
    """Figures; a row is named as the ledger names it, a day, week or month by its first day."""
    metric = found.query.metric
    return {
        "query": _query(found.query, found.zone),
        "rows": [{"name": row.key, **_amount(row.amount, metric)} for row in found.rows],
        "total": _amount(found.total, metric),
        "left_out": found.left_out,
    }


def listed_document(found: Listed) -> dict[str, Any]:
    """A list of tasks."""
    tasks = [
        {
            "id": each.id,
            "title": each.title,
            "project": each.project,
            "requested_by": each.person,
            "state": each.state.value,
            "type": each.type.value,
            "cost_usd": f"{each.cost_usd:f}",
            "at": each.at.isoformat(),
            "failure": each.failure or None,
        }
        for each in found.tasks
    ]
    return {"query": _query(found.query, found.zone), "tasks": tasks, "of": found.of}


def _query(query: Query, zone: str) -> dict[str, Any]:
    where = {each.name: list(getattr(query.where, each.name)) for each in fields(query.where)}
    return {
        "subject": query.subject.value,
        "metric": query.metric.value,
        "group": query.group.value if query.group else None,
        "where": {name: values for name, values in where.items() if values},
        "from": query.period.begin.isoformat() if query.period else None,
        "to": query.period.end.isoformat() if query.period else None,
        "zone": zone,
        "order": query.order.value,
        "limit": query.limit,
        "in_words": in_words(query, zone=zone),
    }


def _amount(amount: Amount, metric: Metric) -> dict[str, Any]:
    value = f"{amount.value:f}" if metric in _MONEY else float(amount.value)
    unit = "usd" if metric in _MONEY else _UNITS.get(metric, metric.value)
    return {unit: value, _COUNTED.get(metric, "calls_counted"): amount.of}
