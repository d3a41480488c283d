"""Every figure: measured with a small and with a large history in turn, and put under the name it is known by."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.benchmarks import costs, latency, overhead, parked, slack, starting, throughput
from tests.benchmarks.figures import median, p95, paired_ratio, percentile
from tests.benchmarks.past import Past
from tests.benchmarks.scale import Scale

Tell = Callable[[str], None]
Figures = dict[str, Any]


@dataclass(slots=True, kw_only=True)
class Bench:
    """One run: measures into `figures`, whose `growth` holds each figure with the small and the large history."""

    folder: Path
    past: Past
    scale: Scale
    tell: Tell
    figures: Figures = field(default_factory=dict[str, Any])
    _rooms: int = 0

    async def all(self) -> Figures:
        """Measure everything; takes minutes."""
        self.figures["growth"] = {}
        for name, measure in (
            ("one agent, and the same conversation by the bare SDK", self.overhead),
            ("a request until it shows", self.requests),
            ("events on their way", self.events),
            ("many tasks at once", self.throughput),
            ("starting", self.starts),
            ("parked tasks", self.parked),
            ("killed and started again", self.recovery),
            ("many people and many tasks in Slack", self.slack),
            ("questions about money", self.costs),
        ):
            self.tell(name)
            await measure()
        return self.figures

    async def overhead(self) -> None:
        """The ratio is that of neighbours; the seconds are medians."""
        for size, past in self.past.items():
            seen = await overhead.conversations(
                self._room(),
                past=past,
                rounds=self.scale.conversations,
                warm_ups=self.scale.warm_ups,
                delay_s=self.scale.model_delay_s,
            )
            self._grown("overhead_ratio", size, paired_ratio(seen.task, seen.bare))
            if size == "small":
                self.figures["bare_conversation_s"] = median(seen.bare)
                self.figures["task_s"] = median(seen.task)

    async def requests(self) -> None:
        """Half of the requests with either history, then the other half."""
        waits = self._sizes()
        for _ in range(2):
            for size, past in self.past.items():
                waits[size] += await latency.request_to_first_event_ms(
                    self._room(), past=past, requests=-(-self.scale.requests // 2)
                )
        self._latency("request_to_first_event", waits)

    async def events(self) -> None:
        """In this process and across, in turn."""
        inside, across = self._sizes(), self._sizes()
        for _ in range(2):
            for size, past in self.past.items():
                async with latency.subscribed(self._room(), past=past) as store:
                    number = -(-self.scale.events // 2)
                    inside[size] += await latency.event_to_subscriber_ms(store, events=number)
                    across[size] += await latency.event_across_processes_ms(store, events=number)
        self._latency("event_to_subscriber", inside)
        self._latency("event_across_processes", across)

    async def throughput(self) -> None:
        """Without git; and once with it, for what it adds."""
        self.figures["tasks_per_s"] = {}
        for at_once in self.scale.at_once:
            small = await throughput.tasks_per_s(self._room(), past=self.past.small, at_once=at_once)
            self.figures["tasks_per_s"][str(at_once)] = small
            if at_once == self.scale.growing_at_once:
                large = await throughput.tasks_per_s(self._room(), past=self.past.large, at_once=at_once)
                self.figures["growth"]["tasks_per_s"] = {"small": small, "large": large}
        few = self.scale.at_once[0]
        self.figures["tasks_per_s_with_git"] = {
            str(few): await throughput.tasks_per_s(self._room(), past=self.past.small, at_once=few, git=True)
        }

    async def starts(self) -> None:
        """Time until a worker works, and its memory then."""
        for size, past in self.past.items():
            seen = await starting.starts(
                self._room(), past=past, number=self.scale.starts, warm_ups=self.scale.warm_ups
            )
            self._grown("startup_s", size, median(seen.worker_s))
            self._grown("idle_rss_mb", size, median(seen.rss_mb))
            if size == "small":
                self.figures["startup_over_interpreter_ratio"] = paired_ratio(seen.worker_s, seen.interpreter_s)

    async def parked(self) -> None:
        """Memory of one more task that waits for a person."""
        few, many = self.scale.parked
        for size, past in self.past.items():
            self._grown(
                "parked_task_kb", size, await parked.parked_task_kb(self._room(), past=past, few=few, many=many)
            )

    async def recovery(self) -> None:
        """From kill to going on."""
        for size, past in self.past.items():
            seen = await starting.recoveries_s(self._room(), past=past, number=self.scale.kills)
            self._grown("recovery_s", size, median(seen))

    async def slack(self) -> None:
        """How long people wait, and what it costs of Slack's pace; the history is a small one."""
        scale, figures = self.scale, self.figures
        waits = await slack.commands_at_once(self._room(), commands=scale.slack_commands)
        figures["slack_ack_p99_ms"] = percentile(waits.ack_ms, 0.99)
        figures["slack_first_card_p95_ms"] = p95(waits.first_card_ms)
        figures["slack_calls_per_task"] = await slack.calls_per_task(
            self._room(), tasks=scale.slack_tasks, actions=scale.slack_actions
        )
        figures["slack_rate_limited"] = await slack.crowd_in_one_channel(
            self._room(), tasks=scale.slack_crowd, actions=scale.slack_actions
        )

    async def costs(self) -> None:
        """Every question over ledgers of growing size; the slowest of each is what is quoted."""
        slowest: dict[str, float] = {}
        for calls in self.scale.ledger_calls:
            taken = await costs.asked(self._room(), calls=calls, rounds=self.scale.questions)
            self.figures[f"questions_{calls}"] = {
                said: {"ms": each.wall_ms, "processor_ms": each.processor_ms} for said, each in taken.items()
            }
            slowest[str(calls)] = max(each.wall_ms for each in taken.values())
            worked = max(each.processor_ms for each in taken.values())
            self.figures["question_slowest_ms"] = slowest[str(calls)]
            self.figures["question_slowest_processor_ms"] = worked
            self.tell(f"  {calls:,} calls: the slowest question {slowest[str(calls)]:.0f} ms, {worked:.0f} ms of work")
        self.figures["question_slowest_by_calls_ms"] = slowest

    def _grown(self, name: str, size: str, value: float) -> None:
        self.figures["growth"].setdefault(name, {})[size] = value
        if size == "small":
            self.figures[name] = value

    def _latency(self, name: str, waits: dict[str, list[float]]) -> None:
        for size, values in waits.items():
            self._grown(f"{name}_p95_ms", size, p95(values))
        self.figures[f"{name}_median_ms"] = median(waits["small"])

    def _sizes(self) -> dict[str, list[float]]:
        return {size: [] for size, _ in self.past.items()}

    def _room(self) -> Path:
        """A folder nobody has used yet; deep paths would be too long for sockets."""
        self._rooms += 1
        return self.folder / str(self._rooms)
