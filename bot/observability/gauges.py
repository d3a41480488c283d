"""Gauges: how things stand at the moment of the scrape, right from the first one on, whatever happened before."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping

from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from bot.observability.labels import Labels
from bot.observability.standing import Standing


class Gauges(Collector):
    """Shows `standing`, which is set anew before each scrape; None leaves out all that only the store knows."""

    def __init__(
        self, labels: Labels, *, agents_limit: int, told_seq: Callable[[], int], ready: Callable[[], bool]
    ) -> None:
        self._labels = labels
        self._agents_limit = agents_limit
        self._told_seq = told_seq
        self._ready = ready
        self.standing: Standing | None = None

    def collect(self) -> Iterator[Metric]:
        """The families of this scrape; called by the registry."""
        yield _gauge("worker_ready", "1 while this process takes work.", float(self._ready()))
        yield _gauge("agents_limit", "Agents that may be at work at once, over all processes.", self._agents_limit)
        yield _gauge("store_readable", "1 when the database answered this scrape.", float(self.standing is not None))
        if self.standing is not None:
            yield from self._single(self.standing)
            yield from self._labelled(self.standing)

    def _single(self, standing: Standing) -> Iterator[Metric]:
        lag = max(standing.last_seq - self._told_seq(), 0)
        yield _gauge("journal_entries", "Number of the newest journal entry.", standing.last_seq)
        yield _gauge("journal_lag_entries", "Journal entries that the counters here do not know yet.", lag)
        yield _gauge("agents_at_work", "Agents at work, over all processes.", standing.at_work)
        yield _gauge("queue_oldest_seconds", "Longest wait for a place just now.", standing.oldest_queued_s)
        yield _gauge("approval_oldest_seconds", "Longest wait for a person just now.", standing.oldest_approval_s)

    def _labelled(self, standing: Standing) -> Iterator[Metric]:
        held = {labels: float(left_s > 0) for labels, left_s in standing.models_held.items()}
        yield self._by("tasks", "Tasks by state.", standing.tasks, "project", "state")
        runs = standing.agent_runs
        yield self._by("agent_runs", "Agent runs that are not over.", runs, "project", "role", "model", "state")
        yield self._by("approvals_pending", "What waits for a person.", standing.approvals, "project", "kind")
        yield self._by("model_held", "1 while no agent is started on the model.", held, "model", "cause")

    def _by(self, name: str, text: str, amounts: Mapping[tuple[str, ...], float], *labels: str) -> Metric:
        family = GaugeMetricFamily(f"orchestrator_{name}", text, labels=labels)
        # names beyond the bound share one value
        shown: defaultdict[tuple[str, ...], float] = defaultdict(float)
        for texts, amount in amounts.items():
            shown[self._labels.values(labels, texts)] += amount
        for values, amount in shown.items():
            family.add_metric(values, amount)
        return family


def _gauge(name: str, text: str, amount: float) -> Metric:
    return GaugeMetricFamily(f"orchestrator_{name}", text, value=amount)
