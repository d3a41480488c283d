"""How much is measured: enough for figures to quote, or just enough to see that everything can be measured."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """The sizes of one run of the benchmarks."""

    past_tasks: int
    """Ended tasks in the large history; each has ten events or more."""
    conversations: int
    """Pairs of one task and one bare conversation."""
    warm_ups: int
    """Measured first and not counted, where the first time is not like the others."""
    model_delay_s: float
    """How long the scripted model thinks before each answer."""
    requests: int
    """Requests whose first event is waited for, with each history."""
    events: int
    """Events whose way to subscribers is timed, with each history."""
    at_once: tuple[int, ...]
    """Numbers of tasks that are handed over together."""
    growing_at_once: int
    """The one of them that is tried with the large history too."""
    starts: int
    parked: tuple[int, int]
    """Memory is compared between these numbers of parked tasks."""
    kills: int
    slack_commands: int
    """Commands that are typed in Slack at the same moment."""
    slack_tasks: int
    """Tasks whose calls to Slack are counted, one after the other."""
    slack_crowd: int
    """Tasks that run in one channel at the same time."""
    slack_actions: int
    """What an agent does in each of these tasks, an action a second."""
    ledger_calls: tuple[int, ...]
    """Model calls in the ledgers that are asked about money."""
    questions: int
    """How often each question is asked."""


FULL = Scale(
    past_tasks=10_000,
    conversations=5,
    warm_ups=1,
    model_delay_s=1.0,
    requests=60,
    events=150,
    at_once=(10, 100, 1000),
    growing_at_once=100,
    starts=5,
    parked=(50, 300),
    kills=3,
    slack_commands=200,
    slack_tasks=3,
    slack_crowd=50,
    slack_actions=30,
    ledger_calls=(100_000, 300_000, 1_000_000),
    questions=5,
)
QUICK = Scale(
    past_tasks=500,
    conversations=1,
    warm_ups=0,
    model_delay_s=0.2,
    requests=5,
    events=20,
    at_once=(5, 10, 20),
    growing_at_once=10,
    starts=1,
    parked=(5, 15),
    kills=1,
    slack_commands=5,
    slack_tasks=1,
    slack_crowd=3,
    slack_actions=3,
    ledger_calls=(2_000, 5_000),
    questions=1,
)
"""For a smoke test: its figures say nothing."""
