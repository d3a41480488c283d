"""A template for people and for scripts: its parameters and settings in words, and how to run it (pure)."""

import shlex
from typing import TYPE_CHECKING, Any

from core.domain.parameter import Parameter, ParameterType, shown_value
from core.domain.template import Template

if TYPE_CHECKING:
    from config.template_loader import LoadedTemplate

_KINDS = {
    ParameterType.TEXT: "text",
    ParameterType.INTEGER: "whole number",
    ParameterType.NUMBER: "number",
    ParameterType.BOOLEAN: "yes or no",
    ParameterType.LIST: "list, with commas",
}


def parameter_names(template: Template) -> str:
    """`issue [scope] [hints]`: what may be left out stands in brackets."""
    return " ".join(each.name if each.required else f"[{each.name}]" for each in template.parameters)


def parameter_notes(parameter: Parameter) -> tuple[str, ...]:
    """What it is for, and what fits."""
    kind = _KINDS.get(parameter.type) or f"one of {', '.join(parameter.choices)}"
    facts = [kind, *_bounds(parameter)]
    if parameter.pattern and not parameter.description:
        facts.append(f"like {parameter.pattern}")
    if parameter.default is not None:
        facts.append(f"{shown_value(parameter.default)} when left out")
    return (*([parameter.description] if parameter.description else []), " · ".join(facts))


def conduct(template: Template) -> tuple[str, ...]:
    """How the work is done, where the template says so."""
    said = {
        "Workflow": template.workflow,
        "Project": template.project,
        "Model": template.model,
        "Priority": template.priority.value if template.priority else "",
        "Mode": template.mode.value if template.mode else "",
        "Plan shown for approval": template.plan_gate.value if template.plan_gate else "",
        "Analyst": "" if template.include_analyst is None else "always" if template.include_analyst else "when needed",
    }
    return tuple(f"{name}: {value}" for name, value in said.items() if value)


def example(template: Template) -> str:
    """The command that runs it, with the values it needs."""
    values = "".join(f" --set {each.name}={_sample(each)}" for each in template.parameters if each.required)
    return f"orchestrator template run {template.name}{values}"


def template_document(found: "LoadedTemplate") -> dict[str, Any]:
    """As JSON."""
    template = found.template
    return {
        "name": template.name,
        "version": template.version,
        "description": template.description,
        "file": str(found.path),
        "extends": list(found.ancestors),
        "parameters": [_parameter(each) for each in template.parameters],
        "request": template.request,
        "workflow": template.workflow,
        "project": template.project,
        "model": template.model,
        "priority": template.priority.value if template.priority else None,
        "mode": template.mode.value if template.mode else None,
        "plan_gate": template.plan_gate.value if template.plan_gate else None,
        "include_analyst": template.include_analyst,
    }


def _bounds(parameter: Parameter) -> list[str]:
    unit = {ParameterType.TEXT: " characters", ParameterType.LIST: " entries"}.get(parameter.type, "")
    least, most = parameter.minimum, parameter.maximum
    if least is not None and most is not None:
        return [f"{shown_value(least)} to {shown_value(most)}{unit}"]
    return (
        [f"at least {shown_value(least)}{unit}"]
        if least is not None
        else ([f"at most {shown_value(most)}{unit}"] if most is not None else [])
    )


def _sample(parameter: Parameter) -> str:
    match parameter.type:
        case ParameterType.INTEGER | ParameterType.NUMBER:
            return shown_value(parameter.minimum if parameter.minimum is not None else 1.0)
        case ParameterType.BOOLEAN:
            return "yes"
        case ParameterType.CHOICE:
            return shlex.quote(parameter.choices[0])
        case _:
            return "'…'"


def _parameter(parameter: Parameter) -> dict[str, Any]:
    default = parameter.default
    return {
        "name": parameter.name,
        "type": parameter.type.value,
        "description": parameter.description,
        "required": parameter.required,
        "default": list(default) if isinstance(default, tuple) else default,
        "choices": list(parameter.choices),
        "minimum": parameter.minimum,
        "maximum": parameter.maximum,
        "pattern": parameter.pattern,
    }
