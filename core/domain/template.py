"""A template: a request with gaps, the typed parameters that fill them, and how the work is to be done (pure).

Nothing in a template is evaluated: a value goes into the text as it is, and a gap inside a value is text.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from core.domain.errors import InvalidInputError
from core.domain.parameter import Parameter, Value, meant, read_value, shown_value
from core.domain.project import PlanGate
from core.domain.task import Priority
from core.domain.workflow import Mode

GAP = re.compile(r"\{\{\s*([a-z][a-z0-9_]{0,30})\s*\}\}", re.ASCII)
_OPENING = "{{"


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """Loaded from `templates/<name>.yaml`, parents merged in. '' and None mean: as the project and the rules say."""

    name: str
    version: str
    """Numbers with dots, such as `1.2`."""
    description: str = ""
    parameters: tuple[Parameter, ...] = ()
    request: str
    """Text with gaps such as `{{issue}}`; a line whose gaps are all empty is left out."""
    workflow: str = ""
    project: str = ""
    model: str = ""
    priority: Priority | None = None
    mode: Mode | None = None
    plan_gate: PlanGate | None = None
    include_analyst: bool | None = None

    @property
    def reference(self) -> str:
        """Name and version, such as `fix-issue@1.2`."""
        return f"{self.name}@{self.version}"


@dataclass(frozen=True, slots=True, kw_only=True)
class FilledTemplate:
    """What is to be submitted."""

    template: str
    """Name and version it was made from."""
    request: str
    workflow: str = ""
    project: str = ""
    model: str = ""
    priority: Priority | None = None
    mode: Mode | None = None
    plan_gate: PlanGate | None = None
    include_analyst: bool | None = None


def filled(template: Template, values: Mapping[str, object]) -> FilledTemplate:
    """`template` with `values` in its gaps; a value may be text as a person typed it, or of the parameter's own type.

    InvalidInputError names every unknown, missing and wrong value at once.
    """
    known = {parameter.name: parameter for parameter in template.parameters}
    wrong = [f"{name} is not a parameter.{meant(name, known)}" for name in values if name not in known]
    given: dict[str, Value] = {}
    for name, parameter in known.items():
        try:
            given[name] = read_value(parameter, values.get(name))
        except InvalidInputError as error:
            wrong.append(error.message)
    if wrong:
        raise InvalidInputError(
            f"Template {template.reference}: {' '.join(wrong)}", hint=f"See: orchestrator template show {template.name}"
        )
    request = with_values(template.request, {name: shown_value(value) for name, value in given.items()})
    if not request:
        raise InvalidInputError(f"Template {template.reference}: with these values the request is empty.")
    return FilledTemplate(
        template=template.reference,
        request=request,
        workflow=template.workflow,
        project=template.project,
        model=template.model,
        priority=template.priority,
        mode=template.mode,
        plan_gate=template.plan_gate,
        include_analyst=template.include_analyst,
    )


def with_values(text: str, values: Mapping[str, str]) -> str:
    """`text` with its gaps filled once: what a value brings along is not looked at again."""
    lines: list[str] = []
    for line in text.splitlines():
        gaps = [match[1] for match in GAP.finditer(line)]
        if not gaps or any(values.get(gap) for gap in gaps):
            lines.append(GAP.sub(lambda match: values.get(match[1], ""), line).rstrip())
    return "\n".join(lines).strip()


def problems_of(template: Template) -> tuple[str, ...]:
    """One sentence for each thing that keeps `template` from being used; () when it can be."""
    names = {parameter.name for parameter in template.parameters}
    found = [problem for parameter in template.parameters for problem in parameter.problems()]
    if not template.request.strip():
        found.append("it has no request.")
    for gap in dict.fromkeys(match[1] for match in GAP.finditer(template.request)):
        if gap not in names:
            found.append(f"the request uses {{{{{gap}}}}}, which is not a parameter.{meant(gap, names)}")
    if _OPENING in GAP.sub("", template.request):
        found.append("the request has a {{ that begins no gap; a gap looks like {{issue}}.")
    return tuple(found)


def version_key(version: str) -> tuple[int, ...]:
    """For putting versions in order: 1.9 comes before 1.10, and 1.2 is 1.2.0."""
    numbers = [int(part) for part in version.split(".")]
    while len(numbers) > 1 and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)
