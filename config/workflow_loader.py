"""Workflows from YAML files, checked against the roles there are."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import Field

from config.documents import Document, checked, text_of, yaml_of
from config.user_files import data_files, each_read
from config.workflow_check import problems
from core.domain.errors import ConfigurationError
from core.domain.identity import StepName
from core.domain.role import Role
from core.domain.workflow import Gate, Loop, StepDefinition, Workflow, validated

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,62}$")]


class LoopDocument(Document):
    """`loop:` of a step."""

    back_to: Name
    max_rounds: Annotated[int, Field(ge=1, le=20)] = 2


class StepDocument(Document):
    """One step of a workflow file."""

    name: Name
    role: Name
    needs: tuple[Name, ...] = ()
    gate: Gate = Gate.NONE
    loop: LoopDocument | None = None
    when: str = ""
    retries: Annotated[int, Field(ge=0, le=10)] = 0
    instruction: str = ""


class WorkflowDocument(Document):
    """A workflow file."""

    name: Name
    description: str = ""
    steps: tuple[StepDocument, ...]


def load_workflows(home: Path, roles: Mapping[str, Role], *, project: str = "") -> dict[str, Workflow]:
    """Every workflow by name, those of `project` first; each step's role is one of `roles`.

    Raises ConfigurationError that names what is wrong in all files.
    """

    def read(name: str, path: Path) -> Workflow:
        return workflow_from(text_of(path), roles=roles, name=name, source=str(path))

    return each_read(data_files(home, kind="workflows", suffix=".yaml", project=project), read)


def workflow_from(text: str, *, roles: Mapping[str, Role], name: str, source: str) -> Workflow:
    """The workflow a YAML text describes; ConfigurationError naming everything that is wrong with it."""
    document = checked(WorkflowDocument, yaml_of(text, source=source) or {}, source=source)
    workflow = Workflow(
        name=document.name,
        description=document.description.strip(),
        steps=tuple(defined(step) for step in document.steps),
    )
    wrong = problems(workflow, roles=roles)
    if document.name != name:
        wrong = (f"it names itself {document.name}; write name: {name}, or rename the file.", *wrong)
    if wrong:
        raise ConfigurationError(
            "\n".join(f"{source}: {each}" for each in wrong),
            source=source,
            hint="Correct what is named; `orchestrator workflow validate` checks it again.",
        )
    return validated(workflow, roles=roles, source=source)


def defined(step: StepDocument) -> StepDefinition:
    """The domain's value of one step."""
    loop = step.loop
    return StepDefinition(
        name=StepName(step.name),
        role=step.role,
        needs=tuple(StepName(need) for need in step.needs),
        gate=step.gate,
        loop=Loop(back_to=StepName(loop.back_to), max_rounds=loop.max_rounds) if loop else None,
        when=step.when.strip(),
        retries=step.retries,
        instruction=step.instruction.strip(),
    )
