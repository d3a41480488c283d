"""The form of a template: a field for each parameter, and where there are too many one more for all the others."""

from collections.abc import Mapping, Sequence

from adapters.chat.card import Option
from adapters.chat.form import Form, FormField, SelectField, TextField
from bot.cards.template import parameter_notes
from bot.cards.words import block, line
from bot.forms.sizes import FIELDS, HINT, INTRO, LABEL, OPTIONS, TITLE, WORDS
from bot.forms.tasks import budget_field
from core.domain.errors import InvalidInputError
from core.domain.parameter import Parameter, ParameterType, shown_value
from core.domain.template import Template

MORE = "more"
"""The field for parameters that got none of their own: `name = value`, one a line."""
_PREFIX = "set-"


def template_form(template: Template, *, token: str, given: Mapping[str, str] | None = None, budget: str = "") -> Form:
    """The parameters of `template`, those that must be given first; `given` stands in their fields already.

    Where there is room for it, the last field asks for a budget.
    """
    own, others = _divided(template.parameters)
    values = given or {}
    fields: list[FormField] = [_field(each, values.get(each.name)) for each in own]
    if others:
        fields.append(_more(others, values))
    if len(fields) < FIELDS:
        fields.append(budget_field(budget))
    return Form(
        token=token,
        title=line(f"Run {template.name}", TITLE),
        intro=block(template.description, INTRO),
        fields=tuple(fields),
        submit="Start",
    )


def template_values(values: Mapping[str, str]) -> dict[str, str]:
    """Parameter → what was filled in, only for fields that were not left empty.

    InvalidInputError when a line of the last field is not `name = value`.
    """
    found = {name.removeprefix(_PREFIX): text for name, text in values.items() if name.startswith(_PREFIX) and text}
    for each in values.get(MORE, "").splitlines():
        if not each.strip():
            continue
        name, equals, text = each.partition("=")
        if not equals:
            raise InvalidInputError(f"{line(each, LABEL)} is no value.", hint="Write name = value, one a line.")
        found[name.strip()] = text.strip()
    return found


def _divided(parameters: Sequence[Parameter]) -> tuple[list[Parameter], list[Parameter]]:
    """Those with a field of their own, and the others."""
    ordered = sorted(parameters, key=lambda each: not each.required)
    if len(ordered) <= FIELDS:
        return ordered, []
    return ordered[: FIELDS - 1], ordered[FIELDS - 1 :]


def _field(parameter: Parameter, given: str | None) -> FormField:
    value = shown_value(parameter.default) if given is None else given
    label = line(parameter.description, LABEL) or parameter.name
    options = _options(parameter)
    if options:
        known = value if value in {option.value for option in options} else ""
        return SelectField(
            name=f"{_PREFIX}{parameter.name}",
            label=label,
            options=options,
            value=known,
            optional=not parameter.required,
        )
    long_ = parameter.type is ParameterType.TEXT and (parameter.maximum is None or parameter.maximum > LABEL)
    return TextField(
        name=f"{_PREFIX}{parameter.name}",
        label=label,
        value=value[: _longest(parameter)],
        hint=line(parameter_notes(parameter)[-1], HINT),
        optional=not parameter.required,
        multiline=long_ or parameter.type is ParameterType.LIST,
        max_length=_longest(parameter),
    )


def _options(parameter: Parameter) -> tuple[Option, ...]:
    """What can be chosen; () where words are typed."""
    match parameter.type:
        case ParameterType.CHOICE if len(parameter.choices) <= OPTIONS:
            return tuple(Option(label=line(each, LABEL), value=each) for each in parameter.choices)
        case ParameterType.BOOLEAN:
            return (Option(label="Yes", value="yes"), Option(label="No", value="no"))
        case _:
            return ()


def _longest(parameter: Parameter) -> int:
    if parameter.type is not ParameterType.TEXT or parameter.maximum is None:
        return WORDS
    return max(1, min(WORDS, int(parameter.maximum)))


def _more(parameters: Sequence[Parameter], given: Mapping[str, str]) -> TextField:
    known = "\n".join(f"{each.name} = {given[each.name]}" for each in parameters if each.name in given)
    return TextField(
        name=MORE,
        label="More values",
        value=known[:WORDS],
        hint=line("One a line: name = value. Names: " + ", ".join(each.name for each in parameters), HINT),
        optional=not any(each.required for each in parameters),
        multiline=True,
        max_length=WORDS,
    )
