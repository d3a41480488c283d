"""What the agents of the engine tests do: short plays, told apart by project and role."""

import asyncio
import re
from collections.abc import Mapping
from pathlib import Path

from core.agents.memory import Play, Stage, ToolInput
from core.agents.permissions import Effect, Verdict
from core.agents.runner import AgentFailed, AgentSpec
from core.domain.identity import StepName
from core.domain.workflow import Gate, Loop, StepDefinition, Workflow

RESULTS: Mapping[str, Mapping[str, object]] = {
    "analyst": {"summary": "The sum is wrong."},
    "planner": {"summary": "Mend the sum.", "steps": ["Mend sum.py"]},
    "builder": {"summary": "Mended the sum."},
    "tester": {"summary": "All tests pass.", "passed": True},
    "reviewer": {"summary": "Good.", "verdict": "approve"},
}
"""What every agent hands in unless its play says otherwise."""

BUILD, PLAN, TEST, REVIEW = StepName("build"), StepName("plan"), StepName("test"), StepName("review")

BUILD_ONLY = Workflow(name="build_only", description="", steps=(StepDefinition(name=BUILD, role="builder"),))
PLAN_BUILD = Workflow(
    name="plan_build",
    description="",
    steps=(
        StepDefinition(name=PLAN, role="planner", gate=Gate.PLAN),
        StepDefinition(name=BUILD, role="builder", needs=(PLAN,)),
    ),
)
BUILD_REVIEW = Workflow(
    name="build_review",
    description="",
    steps=(
        *BUILD_ONLY.steps,
        StepDefinition(name=REVIEW, role="reviewer", needs=(BUILD,), loop=Loop(back_to=BUILD)),
    ),
)
EVERYTHING = Workflow(
    name="everything",
    description="A gate, a writing role, a check and a loop: every kind of step there is, once.",
    steps=(
        *PLAN_BUILD.steps,
        StepDefinition(name=TEST, role="tester", needs=(BUILD,), loop=Loop(back_to=BUILD)),
    ),
)
LEFT, RIGHT = StepName("left"), StepName("right")
PAIR = Workflow(
    name="pair",
    description="Two builders beside each other, and a tester after both.",
    steps=(
        StepDefinition(name=LEFT, role="builder"),
        StepDefinition(name=RIGHT, role="builder"),
        StepDefinition(name=TEST, role="tester", needs=(LEFT, RIGHT)),
    ),
)
REVIEWED_PAIR = Workflow(
    name="reviewed_pair",
    description="Two builders beside each other; a review may send the second one's work back.",
    steps=(
        StepDefinition(name=LEFT, role="builder"),
        StepDefinition(name=RIGHT, role="builder"),
        StepDefinition(name=REVIEW, role="reviewer", needs=(LEFT, RIGHT), loop=Loop(back_to=RIGHT)),
    ),
)
OBJECTIONS = Workflow(
    name="objections",
    description="Test and review beside each other may both send the work back.",
    steps=(
        *BUILD_ONLY.steps,
        StepDefinition(name=TEST, role="tester", needs=(BUILD,), loop=Loop(back_to=BUILD)),
        StepDefinition(name=REVIEW, role="reviewer", needs=(BUILD,), loop=Loop(back_to=BUILD)),
    ),
)
RETRIED = Workflow(name="retried", description="", steps=(StepDefinition(name=BUILD, role="builder", retries=1),))
PLAN_RETRIED = Workflow(
    name="plan_retried",
    description="",
    steps=(
        StepDefinition(name=PLAN, role="planner", retries=1),
        StepDefinition(name=BUILD, role="builder", needs=(PLAN,)),
    ),
)
SHOWN = Workflow(
    name="shown",
    description="A person looks at what was built before it is reviewed.",
    steps=(
        StepDefinition(name=BUILD, role="builder", gate=Gate.RESULT),
        StepDefinition(name=REVIEW, role="reviewer", needs=(BUILD,)),
    ),
)
CONDITIONAL = Workflow(
    name="conditional",
    description="",
    steps=(
        StepDefinition(name=StepName("analyse"), role="analyst", when='complexity == "complex"'),
        StepDefinition(name=BUILD, role="builder", needs=(StepName("analyse"),)),
        StepDefinition(name=TEST, role="tester", needs=(BUILD,)),
        StepDefinition(name=REVIEW, role="reviewer", needs=(TEST,), when="not test.passed"),
    ),
)
WORKFLOWS = (
    *(BUILD_ONLY, PLAN_BUILD, BUILD_REVIEW, EVERYTHING),
    *(PAIR, REVIEWED_PAIR, OBJECTIONS, RETRIED, PLAN_RETRIED, SHOWN, CONDITIONAL),
)


class PolicyOfWords:
    """`risky` in a command asks, `forbidden` denies, everything else is allowed."""

    def decide(self, *, tool: str, tool_input: ToolInput, worktree: Path) -> Verdict:
        command = str(tool_input.get("command", ""))
        if "forbidden" in command:
            return Verdict(effect=Effect.DENY, reason="The rules forbid it.")
        return Verdict(effect=Effect.ASK if "risky" in command else Effect.ALLOW, reason="It is risky.")


def round_of(spec: AgentSpec) -> int:
    """The round an agent was told it is in."""
    found = re.search(r"round (\d+)\.", spec.prompt)
    assert found is not None, spec.prompt
    return int(found[1])


def step_of(spec: AgentSpec) -> str:
    """The step an agent was told it works on; '' for one that only answers a question."""
    found = re.match(r"Task \S+, step (\S+), round", spec.prompt)
    return found[1] if found else ""


def settles(spec: AgentSpec) -> bool:
    """Whether the agent was asked to settle a conflict."""
    return "Files with conflicts:" in spec.prompt


async def usual(stage: Stage) -> Mapping[str, object]:
    """Do the role's work without any trouble; the builder changes a file, differently in every round."""
    role = stage.spec.role
    if role.writes:
        change(stage)
    return RESULTS[role.name]


def change(stage: Stage) -> None:
    """What a builder leaves: one line for each round in `work.txt`."""
    lines = [f"round {number + 1}\n" for number in range(round_of(stage.spec))]
    (stage.spec.worktree / "work.txt").write_text("".join(lines))


def hands_in(**result: object) -> Play:
    """Hand in this result at once."""

    async def play(_stage: Stage) -> Mapping[str, object]:
        return result

    return play


def writes(files: Mapping[str, str], **result: object) -> Play:
    """Leave these files, and hand in the role's usual result with these changes."""

    async def play(stage: Stage) -> Mapping[str, object]:
        for name, text in files.items():
            (stage.spec.worktree / name).write_text(text)
        return {**RESULTS[stage.spec.role.name], **result}

    return play


def in_turn(*plays: Play) -> Play:
    """The first agent plays the first, the next one the second, and all after the last one the last."""
    left = list(plays)
    chosen: dict[str, Play] = {}

    async def play(stage: Stage) -> Mapping[str, object] | AgentFailed:
        run = stage.spec.agent_run
        if run not in chosen:
            chosen[run] = left.pop(0) if len(left) > 1 else left[0]
        return await chosen[run](stage)

    return play


def fails(message: str) -> Play:
    """End without a result."""

    async def play(_stage: Stage) -> AgentFailed:
        return AgentFailed(message=message, transient=False)

    return play


def runs(*commands: str) -> Play:
    """Make one call a turn, then do the usual; the summary says what came back."""

    async def play(stage: Stage) -> Mapping[str, object]:
        seen = [(await stage.use("Bash", {"command": command})).text for command in commands]
        return {**await usual(stage), "summary": "; ".join(seen)}

    return play


def runs_together(*commands: str) -> Play:
    """Make all calls in one turn, then do the usual; the summary says what came back."""

    async def play(stage: Stage) -> Mapping[str, object]:
        replies = await stage.use_together([("Bash", {"command": command}) for command in commands])
        return {**await usual(stage), "summary": "; ".join(reply.text for reply in replies)}

    return play


class Held:
    """A play that stops in the middle until it is let go: an agent at work."""

    def __init__(self, then: Play = usual) -> None:
        self._then = then
        self.began = asyncio.Event()
        self.go_on = asyncio.Event()
        self.interrupted = asyncio.Event()

    async def __call__(self, stage: Stage) -> Mapping[str, object] | AgentFailed:
        self.began.set()
        try:
            await self.go_on.wait()
        except asyncio.CancelledError:
            self.interrupted.set()
            raise
        return await self._then(stage)


def passes_from(wanted: int) -> Play:
    """A tester that finds a failure in every round before `wanted`."""

    async def play(stage: Stage) -> Mapping[str, object]:
        if round_of(stage.spec) >= wanted:
            return RESULTS["tester"]
        return {"summary": "One failed.", "passed": False, "failures": ["test_sum: 3 is not 4"]}

    return play
