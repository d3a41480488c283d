"""What people ask about money and plan by the clock, and what they must read then; the same on every platform."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from core.domain.schedule import ScheduleId
from tests.support.cast import write
from tests.support.studio import Studio

CALL_USD = "0.20"
_PRICES = """\
[models.claude-sonnet-5-5]
input_usd = 0
output_usd = 10_000
cache_read_usd = 0
cache_write_usd = 0
"""
QUESTIONS = (
    ("how much did we spend this week?", ("Cost · this week", "Understood as: cost, this week")),
    ("and last week?", ("Nothing was spent.", "Understood as: cost, last week")),
    ("which agent spent the most today?", ("T1.1 builder: $", "the most.", "Understood as: cost by agent, today")),
    ("show me failed tasks since friday", ("There are none.", "Understood as: ")),
    ("what did T1 cost and why", ("T1 · write a note", "builder", "model calls")),
    ("compare builder and reviewer this month", ("Understood as: cost by role, role builder and reviewer",)),
    ("are we going to stay under budget?", ("No budget is set for that.",)),
    ("who used opus yesterday?", ("Understood as: ", "opus, yesterday")),
    ("average cost of a bug fix vs a feature", ("Understood as: average cost of a task", "bug fix")),
    ("what is waiting for me?", ("Nothing waits for your answer.",)),
    ("how much did we spend on kubernetes?", ("I do not know what “kubernetes” stands for.", "which agent spent")),
)
"""Each question with words of its answer; the second one goes on from the first."""
TEMPLATE = """\
name: tidy
version: 1.0
description: Tidy one folder.
parameters:
  folder:
    description: The folder
    required: true
request: Tidy the folder {{folder}}.
workflow: solo
"""


def works_cheaply(studio: Studio) -> None:
    """Two calls of the builder make a task; only what it answers costs anything."""
    studio.write_data("prices.toml", _PRICES)
    studio.write_data("templates/tidy.yaml", TEMPLATE)
    studio.write_builder()
    studio.cast.plays("build", write("note.md"))


def second_project(studio: Studio, *, admin: str) -> str:
    """Settings of a project that nobody but `admin` may see."""
    return f'[projects.secret]\npath = "{studio.repository}"\n[projects.secret.access]\nadmins = ["{admin}"]'


def far_from_now() -> str:
    """A time of the day half a day away, in UTC: nothing planned for it begins by itself while a story is told."""
    return f"{datetime.now(UTC) + timedelta(hours=12):%H}:00"


async def a_day_passes(studio: Studio, *schedules: str) -> None:
    """As if nobody had been there for a day: what was due since then was missed. The program must not run."""
    async with studio.onlooker() as seen, seen.store.transaction() as uow:
        for name in schedules:
            known = await uow.schedules.get(ScheduleId(name))
            await uow.schedules.save(replace(known, counted_from=known.counted_from - timedelta(days=1)))


__all__ = ["CALL_USD", "QUESTIONS", "a_day_passes", "far_from_now", "second_project", "works_cheaply"]
