"""A greedy agent is stopped before the machine suffers; what agents use is measured while they work."""

import os
import sys
import uuid

import psutil
import pytest

from bot.demo.scripted import Conversation, Reply, Text, ToolUse, Turn, finish, use
from core.agents.runner import AgentCompleted, AgentFailed, FailureKind, ProcessLimits, Progressed, ResourcesMeasured
from core.domain.role import RoleLimits
from tests.integration.claude.conftest import Desk
from tests.support.agents import RESULT, Ears, a_role, bash, leaves, obedient

pytestmark = [pytest.mark.agent_cli, pytest.mark.slow]

LOOK = {"command": "ls"}
MEBIBYTE = 2**20
CLI_MB = 700
"""More than the CLI itself ever takes here."""


def greedy(megabytes: int) -> tuple[str, dict[str, object]]:
    """A command whose child takes memory step by step, and keeps it."""
    program = (
        f"import time; kept = []\n"
        f"for _ in range({megabytes // 50}): kept.append(bytearray(50 * {MEBIBYTE})); time.sleep(0.05)\n"
        f"time.sleep(300)"
    )
    tool, given = bash(f"echo started; {sys.executable} -c '{program}'")
    return tool, dict(given)


@pytest.mark.parametrize("whose", ["house", "role"])
async def test_a_greedy_child_ends_its_run_with_figures_and_what_to_do(desk: Desk, whose: str) -> None:
    limit_mb = CLI_MB + 300
    await desk.asks(obedient([[greedy(limit_mb)]]))  # no more, so that the peak is bounded on any machine
    own = RoleLimits(timeout_s=120, max_memory_mb=limit_mb) if whose == "role" else RoleLimits(timeout_s=120)
    house_mb = limit_mb if whose == "house" else 100
    spec = desk.spec(role=a_role(limits=own), limits=ProcessLimits(memory_bytes=house_mb * MEBIBYTE))
    ears = Ears()

    outcome = await desk.run(spec, ears=ears)

    assert isinstance(outcome, AgentFailed)
    assert outcome.kind is FailureKind.OUT_OF_MEMORY
    assert not outcome.transient
    assert f"{limit_mb} MB is its limit" in outcome.message
    assert "python" in outcome.message
    assert "max_memory_mb" in outcome.message
    assert desk.marked() == []
    measured = ears.heard[-1]
    assert isinstance(measured, ResourcesMeasured)
    assert limit_mb < measured.peak_memory_bytes / MEBIBYTE < limit_mb + CLI_MB


async def test_what_is_within_the_limit_is_left_alone(desk: Desk) -> None:
    child = bash(f"{sys.executable} -c 'kept = bytearray(100 * {MEBIBYTE}); import time; time.sleep(1)'")
    await desk.asks(obedient([[child], [leaves("after")]]))

    limits = ProcessLimits(memory_bytes=(CLI_MB + 500) * MEBIBYTE)
    assert isinstance(await desk.run(desk.spec(limits=limits)), AgentCompleted)
    assert desk.ran() == ["after"]


async def test_memory_and_time_of_all_processes_are_told_while_they_work(desk: Desk) -> None:
    burn = f"{sys.executable} -c 'import time; end = time.process_time() + 0.6\nwhile time.process_time() < end: pass'"
    await desk.asks(obedient([[bash(burn)], [bash("sleep 1")]]))
    ears = Ears()

    await desk.run(ears=ears, tell_every_s=0.3, measure_every_s=0.1)

    told = [signal for signal in ears.heard if isinstance(signal, ResourcesMeasured)]
    assert len(told) > 2
    assert [signal.cpu_s for signal in told] == sorted(signal.cpu_s for signal in told)
    # What an ended child used still counts.
    assert told[-1].cpu_s > 0.6
    assert 30 < told[-1].peak_memory_bytes / MEBIBYTE < CLI_MB


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="there is no such limit elsewhere")
async def test_an_agent_keeps_to_its_processors_and_is_the_first_to_go_when_memory_ends(desk: Desk) -> None:
    seen: list[str] = []

    def script(asked: Conversation) -> Turn:
        if asked.results:
            seen.append(asked.results[0].text)
            return finish(RESULT)
        look = f"{sys.executable} -c 'import os; print(len(os.sched_getaffinity(0)))'; cat /proc/self/oom_score_adj"
        return use("Bash", {"command": look})

    await desk.asks(script)

    await desk.run(desk.spec(limits=ProcessLimits(cpus=1)))

    assert seen[0].split()[:2] == ["1", "500"]
    assert len(psutil.Process(os.getpid()).cpu_affinity() or ()) == len(os.sched_getaffinity(0))


async def test_signs_of_life_are_told_between_other_signals_but_not_all_the_time(desk: Desk) -> None:
    words = Reply(blocks=(*(Text(text=f"Thought {number}.") for number in range(50)), ToolUse(name="Bash", input=LOOK)))
    await desk.asks(lambda asked: finish(RESULT) if asked.results else words)
    often, seldom = Ears(), Ears()

    await desk.run(ears=often, tell_every_s=0.0)
    desk.session = str(uuid.uuid4())
    await desk.run(desk.spec(), ears=seldom, tell_every_s=3600.0)

    assert sum(isinstance(signal, Progressed) for signal in often.heard) > 20
    assert sum(isinstance(signal, Progressed) for signal in seldom.heard) <= 1
