"""Workflows from YAML files, checked against the roles there are."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import Field

from config.documents import Document, checked, suggestion, text_of, yaml_of
from config.user_files import data_files
from core.domain.errors import ConfigurationError
from core.domain.identity import StepName
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
    instruction: str = ""


class WorkflowDocument(Document):
    """A workflow file."""

    name: Name
    description: str = ""
    steps: tuple[StepDocument, ...]


def load_workflows(home: Path, roles: Mapping[str, object]) -> dict[str, Workflow]:
    """Every workflow by name; each step's role is one of `roles`."""
    files = data_files(home, kind="workflows", suffix=".yaml")
    return {
        name: workflow_from(text_of(path), roles=roles, name=name, source=str(path)) for name, path in files.items()
    }


def workflow_from(text: str, *, roles: Mapping[str, object], name: str, source: str) -> Workflow:
    """The workflow a YAML text describes; ConfigurationError when it cannot be used."""
    document = checked(WorkflowDocument, yaml_of(text, source=source) or {}, source=source)
    if document.name != name:
        raise ConfigurationError(
            f"{source}: it names itself {document.name}.",
            source=source,
            hint=f"Write name: {name}, or rename the file.",
        )
    for step in document.steps:
        if step.role not in roles:
            raise ConfigurationError(
                f"{source}: step {step.name} wants the role {step.role}, which does not exist."
                f"{suggestion(step.role, roles)}",
                source=source,
                hint=f"Name a role that exists, or write roles/{step.role}.md.",
            )
    workflow = Workflow(
        name=document.name,
        description=document.description.strip(),
        steps=tuple(defined(step) for step in document.steps),
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
        instruction=step.instruction.strip(),
    )
