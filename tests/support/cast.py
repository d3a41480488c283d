"""A scripted model that plays every role of any workflow: each hands in what its schema asks for, writers write a file.

A test changes only what its story is about: what a step does, what it hands in, who is kept waiting, what goes wrong.
"""

import asyncio
import re
from collections import defaultdict, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast as typed

from bot.demo.scripted import Conversation, Held, Reply, ToolUse, Turn, finish
from bot.demo.scripted.fix_issue import INTERRUPTED
from tests.support.waiting import eventually

QUESTION = "question"
"""Stands for the step of an agent that another one asks something."""
_TASK_LINE = re.compile(r"^Task (T\d+), step ([\w-]+), round (\d+)\.", re.MULTILINE)
_ASKED = "of this task asks you something"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One request to the model: for which round of which step of which task, and who plays."""

    task: str
    step: str
    round: int
    role: str
    asked: Conversation

    @property
    def done(self) -> int:
        """How many tool calls of this session are finished."""
        return len(self.asked.results)

    @property
    def file(self) -> str:
        """What a writer writes when the test says nothing else."""
        return f"{self.step}-{self.round}.md"


Move = ToolUse | Callable[[Scene], Turn | None]
"""A call that is made once, or what is done in a scene (None: nothing any more)."""
Result = Mapping[str, object] | Callable[[Scene], Mapping[str, object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What somebody does, and hands in besides what everybody does."""

    moves: tuple[Move, ...] | None = None
    result: Result = field(default_factory=dict[str, object])


@dataclass(slots=True, kw_only=True)
class _Trouble:
    """Turns that come instead of the played ones, once so many calls are finished."""

    turns: deque[Turn]
    after: int


class Cast:
    """Plays; `who` is always the name of a step, or of a role."""

    def __init__(self) -> None:
        self.scenes: list[Scene] = []
        self._parts: dict[str, Part] = {}
        self._trouble: defaultdict[str, list[_Trouble]] = defaultdict(list)
        self._held: dict[str, tuple[int, asyncio.Event]] = {}
        self._meetings: list[tuple[frozenset[str], asyncio.Event]] = []

    def plays(self, who: str, *moves: Move, result: Result | None = None) -> None:
        """Give `who` a part; without moves a writer writes its file, and the others do nothing."""
        self._parts[who] = Part(moves=moves or None, result=result or {})

    def suffers(self, who: str, *turns: Turn, after: int = 0) -> None:
        """The next requests of `who` with `after` finished calls or more are answered by `turns`, each once."""
        self._trouble[who].append(_Trouble(turns=deque(turns), after=after))

    def hold(self, who: str, *, after: int = 0) -> None:
        """Give `who` no answer from now on, once it has `after` finished calls."""
        self._held[who] = (after, asyncio.Event())

    def let_go(self) -> None:
        """Answer everybody again."""
        for _, event in self._held.values():
            event.set()
        self._held.clear()
        for _, met in self._meetings:
            met.set()

    def meet(self, *steps: str) -> None:
        """None of `steps` is answered before all of them have asked: that ends only if they run beside each other."""
        self._meetings.append((frozenset(steps), asyncio.Event()))

    def of(self, who: str, *, task: str = "") -> list[Scene]:
        """The requests of `who`, oldest first."""
        return [scene for scene in self.scenes if who in (scene.step, scene.role) and task in ("", scene.task)]

    async def hears(
        self, who: str, *, after: int = 0, times: int = 1, task: str = "", within_s: float = 150.0
    ) -> Scene:
        """Wait until `who` has asked so often with `after` finished calls or more; the last of these requests."""

        def heard() -> list[Scene]:
            return [scene for scene in self.of(who, task=task) if scene.done >= after]

        await eventually(lambda: len(heard()) >= times, within_s=within_s, what=f"a request of {who}")
        return heard()[-1]

    def script(self, asked: Conversation) -> Turn:
        """The model's answer."""
        scene = _scene(asked)
        self.scenes.append(scene)
        turn = self._suffered(scene) or self._played(scene)
        for who in (scene.step, scene.role):
            after, event = self._held.get(who, (0, None))
            if event is not None and scene.done >= after:
                turn = Held(until=event, then=turn)
        return self._met(scene, turn)

    def _suffered(self, scene: Scene) -> Turn | None:
        for who in (scene.step, scene.role):
            for trouble in self._trouble[who]:
                if trouble.turns and scene.done >= trouble.after:
                    return trouble.turns.popleft()
        return None

    def _played(self, scene: Scene) -> Turn:
        part = self._parts.get(scene.step) or self._parts.get(scene.role) or Part()
        usual = usual_result(scene)
        moves = part.moves if part.moves is not None else usual_moves(scene, usual)
        for move in moves:
            turn = once(scene, move) if isinstance(move, ToolUse) else move(scene)
            if turn is not None:
                return turn
        return finish({**usual, **(part.result(scene) if callable(part.result) else part.result)})

    def _met(self, scene: Scene, turn: Turn) -> Turn:
        for steps, met in self._meetings:
            if scene.step in steps and not met.is_set():
                if steps <= {other.step for other in self.scenes}:
                    met.set()
                return Held(until=met, then=turn)
        return turn


def usual_result(scene: Scene) -> Mapping[str, object]:
    """A good result of the kind the schema asks for."""
    wanted = _properties(scene.asked)
    said = f"{scene.step or scene.role} is done."
    if "passed" in wanted:
        return {"summary": said, "passed": True, "command": "true", "failures": []}
    if "verdict" in wanted:
        return {"summary": said, "verdict": "approve", "comments": []}
    if "steps" in wanted:
        return {"summary": "Write it down.", "steps": ["Write one file."], "files": ["build-1.md"], "risks": []}
    if "findings" in wanted:
        return {"summary": said, "cause": "", "files": ["README.md"], "findings": ["One fact."]}
    if "notes" in wanted:
        return {"summary": said, "files": [scene.file], "notes": ""}
    return {"summary": said, "details": f"# {said}\n\nNothing to settle."}


def usual_moves(scene: Scene, result: Mapping[str, object]) -> Sequence[Move]:
    """Writers write their file."""
    return (write(scene.file),) if "notes" in result else ()


def write(file: str, text: str = "Written by an agent.\n") -> ToolUse:
    """The call that makes a new file."""
    return ToolUse(name="Write", input={"file_path": file, "content": text})


def shell(command: str) -> ToolUse:
    """The call that runs a command."""
    return ToolUse(name="Bash", input={"command": command})


def once(scene: Scene, move: ToolUse) -> Turn | None:
    """The call, unless it was made and its outcome is known."""
    for result in scene.asked.results_of(move.name):
        if move.input.items() <= result.tool_input.items() and INTERRUPTED not in result.text:
            return None
    return Reply(blocks=(move,))


def _scene(asked: Conversation) -> Scene:
    if _ASKED in asked.prompt:
        return Scene(task="", step=QUESTION, round=1, role=asked.role, asked=asked)
    task, step, number = (_TASK_LINE.findall(asked.prompt) or [("", "", "1")])[-1]
    return Scene(task=task, step=step, round=int(number), role=asked.role, asked=asked)


def _properties(asked: Conversation) -> set[str]:
    """Names of what the typed result consists of."""
    for tool in typed("list[Mapping[str, object]]", asked.body.get("tools", [])):
        if tool.get("name") == "StructuredOutput":
            schema = typed("Mapping[str, object]", tool.get("input_schema", {}))
            return set(typed("Mapping[str, object]", schema.get("properties", {})))
    return set()
