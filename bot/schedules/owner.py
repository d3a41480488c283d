"""The part of a working process that runs schedules, wired from the program."""

from typing import TYPE_CHECKING

from bot.access import Gate
from bot.schedules.beginning import Beginning, GivenUp
from bot.schedules.firing import Firing
from bot.schedules.report import Reports
from config.template_loader import load_templates
from core.scheduling import Scheduling

if TYPE_CHECKING:
    from bot.onlooker import Onlooker
    from core.orchestrator import Orchestrator


def firing_of(seen: "Onlooker", orchestrator: "Orchestrator") -> Firing:
    """What runs schedules while this process does the work."""
    scheduling = Scheduling(seen.store, mask=seen.mask)
    beginning = Beginning(
        orchestrator=orchestrator,
        store=seen.store,
        gate=Gate.of(seen.settings),
        templates=lambda project: load_templates(seen.settings.home, project=project),
        report=Reports(seen.store).told,
    )
    given_up = GivenUp(scheduling, seen.store)
    return Firing(seen.store, scheduling, begin=beginning.begin, given_up=given_up.tell, clock=seen.clock)
