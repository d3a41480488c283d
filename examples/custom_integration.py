"""A custom integration: hand over a request, answer what is asked, refuse to publish large changes, print the bill.

Run it in a folder with an `orchestrator.toml`:  python examples/custom_integration.py "fix issue #123"
"""

import asyncio
import os
import sys
from pathlib import Path

from bot.library import Decision, Orchestrator, load_settings
from core.domain.cost import shown_usd
from core.domain.event import ApprovalRequested, JournalEntry, StepStateChanged
from core.domain.identity import PersonId, ProjectName
from core.views import TaskView

ME = PersonId("library:example")
MOST_FILES = 50


class SmallChanges:
    """A hook. Packages offer one under the entry point group `orchestrator.hooks`; here it is handed in."""

    async def on_event(self, entry: JournalEntry) -> None:
        """Hear everything that happens, of every task."""
        if isinstance(entry.event, StepStateChanged):
            print(f"{entry.task} {entry.event.step}: {entry.event.target}")

    async def before_gate(self, task: TaskView, gate: str) -> str:
        """Say '' to go on, or why not."""
        too_many = gate == "publish" and len(task.files) > MOST_FILES
        return f"{len(task.files)} files are too many for one review; split the request." if too_many else ""


async def main(request: str) -> int:
    """Do one request; 0 when it completed."""
    settings = load_settings(config=None, cwd=Path.cwd(), environ=os.environ)
    project = ProjectName(next(iter(settings.projects)))
    async with Orchestrator.open(settings, hooks=[SmallChanges()]) as orchestrator:
        task = await orchestrator.submit(request, project=project, by=ME)
        async for entry in orchestrator.events(task):
            if isinstance(entry.event, ApprovalRequested):
                print(f"{entry.event.approval} is approved: {entry.event.title}")
                await orchestrator.decide(entry.event.approval, Decision(approved=True), by=ME)
        view = await orchestrator.task(task.id)
    print(f"{task.id} is {view.task.state}, on {view.task.branch}, for {shown_usd(view.bill.cost_usd)}")
    return 0 if view.task.state == "completed" else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main(" ".join(sys.argv[1:]) or "fix issue #123")))
