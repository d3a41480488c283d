"""A project as a card: how it is set up, and how work goes in it."""

from typing import TYPE_CHECKING

from adapters.chat.card import Action, Card, Fields, Section, Text, Tone, Weight
from bot.cards.elapsed import shown_duration
from bot.cards.words import facts, line
from config.urls import without_password
from core.domain.cost import shown_usd
from core.domain.project import Project

if TYPE_CHECKING:  # the store's library takes long to load
    from core.queries import ProjectFigures


def project_card(project: Project, figures: "ProjectFigures | None", *, archived: bool, problem: str = "") -> Card:
    """The card of one project; `problem` is what is wrong with its repository."""
    status, tone = ("Archived", Tone.NEUTRAL) if archived else ("In use", Tone.GOOD)
    sections: list[Section] = [Fields(fields=facts(_setup(project)))]
    if problem:
        status, tone = "Not usable", Tone.BAD
        sections.insert(0, Text(text=line(problem, 400), weight=Weight.PROBLEM))
    if figures is not None:
        sections.append(Fields(fields=facts(_figures(figures))))
    restore = Action(label="Bring it back", command=f"project restore {project.name}")
    named = f"--project {project.name}"
    start = Action(label="New task…", command=f"new {named}", typed=f'run "…" {named}')
    return Card(
        key=project.name,
        title=line(project.name, 80),
        status=status,
        tone=tone,
        sections=tuple(sections),
        actions=(restore if archived else start,),
    )


def shown_share(share: float | None) -> str:
    """`93 %`, or '' when there is nothing to speak of."""
    return "" if share is None else f"{share:.0%}".replace("%", " %")


def _setup(project: Project) -> list[tuple[str, str]]:
    return [
        ("Repository", without_password(project.repository)),
        ("Base branch", project.base_branch),
        ("Workflow", project.workflow or "chosen from the request"),
        ("Model", project.model),
        ("Plan gate", project.plan_gate.value),
        ("Verify", project.verify or "none: tests are the agents' word"),
        ("Agents", f"{project.agents} at most" if project.agents else ""),
        ("Tool servers", ", ".join(project.mcp)),
    ]


def _figures(figures: "ProjectFigures") -> list[tuple[str, str]]:
    states = ", ".join(f"{count} {state.value.replace('_', ' ')}" for state, count in sorted(figures.by_state.items()))
    return [
        ("Tasks", f"{figures.tasks}: {states}"),
        ("Success", shown_share(figures.success)),
        ("Usual time", shown_duration(figures.median_s) if figures.median_s is not None else ""),
        ("Cost", shown_usd(figures.cost_usd)),
    ]
