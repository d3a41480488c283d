"""The shape of a template file, and how a child is laid over its parent (pure)."""

from collections.abc import Mapping
from typing import Annotated, Any, cast

from pydantic import Field, model_validator

from config.documents import Document, checked
from core.domain.parameter import Parameter, ParameterType
from core.domain.project import PlanGate
from core.domain.task import Priority
from core.domain.template import Template
from core.domain.workflow import Mode

FIRST_VERSION = "1.0"
VERSION = r"[0-9]{1,6}(\.[0-9]{1,6}){0,2}"
Version = Annotated[str, Field(pattern=f"^{VERSION}$")]
TemplateName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,62}$")]
ParameterName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,30}$")]
Fields = Mapping[str, Any]
"""What a file, or a file over its parents, says: only the keys that were written."""


class ParameterDocument(Document):
    """`parameters.NAME:` of a template file."""

    type: ParameterType = ParameterType.TEXT
    description: str = ""
    required: bool = False
    default: str | tuple[str, ...] | None = None
    choices: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    pattern: str = ""

    @model_validator(mode="before")
    @classmethod
    def _name_alone(cls, data: object) -> object:
        """A parameter of which nothing is said is a text that may be left out."""
        return {} if data == "" else data


class TemplateDocument(Document):
    """A template file. A key without a value counts as not written."""

    name: TemplateName
    version: Version = FIRST_VERSION
    extends: Annotated[str, Field(pattern=rf"^[a-z][a-z0-9_-]{{0,62}}(@{VERSION})?$")] = ""
    description: str = ""
    parameters: dict[ParameterName, ParameterDocument] = Field(default_factory=dict[str, ParameterDocument])
    request: str = ""
    workflow: str = ""
    project: str = ""
    model: str = ""
    priority: Priority | None = None
    mode: Mode | None = None
    plan_gate: PlanGate | None = None
    include_analyst: bool | None = None

    @model_validator(mode="before")
    @classmethod
    def _without_empty(cls, data: object) -> object:
        if not isinstance(data, dict):
            return data
        return {key: value for key, value in cast("dict[object, object]", data).items() if value != ""}

    def written(self) -> Fields:
        """The keys the file has, in Python's values."""
        return self.model_dump(exclude_unset=True)


def laid_over(parent: Fields, child: Fields) -> Fields:
    """`child` with everything it does not say taken from `parent`; parameters are laid over one another by name."""
    theirs = cast("Mapping[str, Fields]", parent.get("parameters", {}))
    ours = cast("Mapping[str, Fields]", child.get("parameters", {}))
    parameters = {**theirs, **{name: _parameter_over(theirs.get(name, {}), own) for name, own in ours.items()}}
    return {**parent, **child, "parameters": parameters}


def _parameter_over(parent: Fields, child: Fields) -> Fields:
    if "type" in child and child["type"] != parent.get("type", ParameterType.TEXT):
        # bounds, choices and default of another kind of value mean nothing for this one
        return child
    kept = dict(parent)
    if "default" in child:
        kept.pop("required", None)
    if child.get("required"):
        kept.pop("default", None)
    return {**kept, **child}


def template_from(fields: Fields, *, source: str) -> Template:
    """The domain's value of a file laid over its parents."""
    document = checked(TemplateDocument, fields, source=source)
    return Template(
        name=document.name,
        version=document.version,
        description=document.description.strip(),
        parameters=tuple(_defined(name, each) for name, each in document.parameters.items()),
        request=document.request.strip(),
        workflow=document.workflow,
        project=document.project,
        model=document.model,
        priority=document.priority,
        mode=document.mode,
        plan_gate=document.plan_gate,
        include_analyst=document.include_analyst,
    )


def _defined(name: str, document: ParameterDocument) -> Parameter:
    return Parameter(
        name=name,
        type=document.type,
        description=document.description.strip(),
        required=document.required,
        default=document.default,
        choices=document.choices,
        minimum=document.minimum,
        maximum=document.maximum,
        pattern=document.pattern,
    )
