"""The log of agents as it grows: pieces of Markdown in which what agents wrote stands literally, in code blocks."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field

from bot.agent_log import GrowingLog, find_runs
from bot.cards.words import counted, line
from bot.onlooker import Onlooker
from core.domain.identity import AgentRunId
from core.domain.task import AGENT_RUN_ENDS, FINAL_TASK_STATES
from core.views import AgentRunView, TaskView

FENCE = "```"
MOST_LINES = 120
"""Lines of one piece; of a larger one the beginning is left out, and said to be."""
_COLUMNS = 400
"""Of one line."""


@dataclass(slots=True, kw_only=True)
class GrowingPage:
    """Puts lines of several agents onto one page; a code block stays open until another agent speaks."""

    _speaker: str = ""

    def add(self, run: AgentRunView, lines: Sequence[str]) -> str:
        """The Markdown that brings `lines` of `run` onto the page; '' for none."""
        if not lines:
            return ""
        shown = [literal(each) for each in _bounded(lines, run.run.id)]
        begins = "" if self._speaker == run.run.id else f"{self.close()}{_heading(run)}\n{FENCE}\n"
        self._speaker = run.run.id
        return begins + "".join(f"{each}\n" for each in shown)

    def close(self) -> str:
        """What ends the open code block; '' when none is open."""
        ends = f"{FENCE}\n\n" if self._speaker else ""
        self._speaker = ""
        return ends


@dataclass(slots=True, kw_only=True)
class Growth:
    """What one agent run, or every one of a task, writes from now on; at first the last `tail` lines of each."""

    seen: Onlooker
    view: TaskView
    name: AgentRunId | None
    tail: int
    _page: GrowingPage = field(default_factory=GrowingPage)
    _logs: dict[AgentRunId, GrowingLog] = field(default_factory=dict[AgentRunId, GrowingLog])

    async def pieces(self) -> AsyncGenerator[str]:
        """What is new at each look, '' when nothing is, until the agent or the task has ended, which is said last.

        Whoever reads decides how often it is looked. Raises what the store raises.
        """
        while True:
            # the state was read before the files are: what was written until the end is not missed
            piece = await asyncio.to_thread(self._look)
            if self.has_ended():
                yield piece + self.left(self._outcome())
                return
            yield piece
            self.view = await self.seen.reader.task(self.view.task.id)

    def left(self, words: str) -> str:
        """What closes the page, with `words` under it."""
        return f"{self._page.close()}{words}\n"

    def has_ended(self) -> bool:
        """Whether nothing will be written any more."""
        if self.view.task.state in FINAL_TASK_STATES:
            return True
        runs = self._runs()
        return self.name is not None and all(each.run.state in AGENT_RUN_ENDS for each in runs)

    def _look(self) -> str:
        return "".join(self._page.add(run, self._added(run)) for run in self._runs())

    def _added(self, run: AgentRunView) -> list[str]:
        log = self._logs.get(run.run.id)
        if log is None:
            log = self._logs[run.run.id] = GrowingLog(self.seen.logs_of(run.run), tail=self.tail)
        lines = log.added()
        return self.seen.mask("\n".join(lines)).split("\n") if lines else []

    def _runs(self) -> list[AgentRunView]:
        return find_runs(self.view, self.name)

    def _outcome(self) -> str:
        runs = self._runs()
        if self.name is not None and runs:
            return f"{self.name} is {runs[0].run.state.value.replace('_', ' ')}."
        return f"{self.view.task.id} is {self.view.task.state.value.replace('_', ' ')}."


def literal(text: str) -> str:
    """One line as it can stand in a code block without ending it."""
    return line_of(text).replace(FENCE, "'''")


def line_of(text: str) -> str:
    """`text` in a bounded number of characters, its indent kept."""
    return text if len(text) <= _COLUMNS else f"{text[: _COLUMNS - 1]}…"


def _bounded(lines: Sequence[str], run: AgentRunId) -> list[str]:
    if len(lines) <= MOST_LINES:
        return list(lines)
    left_out = len(lines) - MOST_LINES
    return [f"… {counted(left_out, 'line')} left out here. All of it: logs {run}", *lines[-MOST_LINES:]]


def _heading(run: AgentRunView) -> str:
    role, step = (line(each, 40).replace("*", "") for each in (run.run.role, run.run.step))
    return f"**{run.run.id}** · {role} · step {step}"
