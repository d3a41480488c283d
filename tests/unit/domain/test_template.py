"""Templates: typed values, gaps filled once, and every mistake named at once."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.errors import InvalidInputError
from core.domain.parameter import Parameter, ParameterType, read_value, shown_value
from core.domain.template import FilledTemplate, Template, filled, problems_of, version_key, with_values

ISSUE = Parameter(name="issue", required=True, pattern="#?[0-9]+", description="Number of the issue.")
COUNT = Parameter(name="count", type=ParameterType.INTEGER, minimum=1, maximum=9)
ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


def template(*parameters: Parameter, request: str = "Fix {{issue}}.", **fields: Any) -> Template:
    return Template(name="mine", version="1.2", parameters=parameters, request=request, **fields)


def request_of(text: str, *parameters: Parameter, **values: object) -> str:
    return filled(template(*parameters, request=text), values).request


def refused(given: Template, **values: object) -> str:
    with pytest.raises(InvalidInputError) as caught:
        filled(given, values)
    assert caught.value.hint == "See: orchestrator template show mine"
    return caught.value.message


def test_a_filled_template_knows_where_it_is_from_and_how_the_work_is_to_be_done() -> None:
    assert filled(template(ISSUE, workflow="bug_fix", include_analyst=True), {"issue": "#7"}) == FilledTemplate(
        template="mine@1.2", request="Fix #7.", workflow="bug_fix", include_analyst=True
    )


def test_every_unknown_missing_and_wrong_value_is_named_at_once_with_the_nearest_right_one() -> None:
    told = refused(template(ISSUE, COUNT), isue="7", count="ten")
    assert "isue is not a parameter. Did you mean issue?" in told
    assert "issue is missing (Number of the issue)." in told
    assert "count must be a whole number, not 'ten'." in told


@pytest.mark.parametrize(
    ("kind", "given", "shown"),
    [
        (ParameterType.TEXT, " as it is ", " as it is "),
        (ParameterType.TEXT, 12, "12"),
        (ParameterType.INTEGER, " 007 ", "7"),
        (ParameterType.INTEGER, -3, "-3"),
        (ParameterType.NUMBER, "1.50", "1.5"),
        (ParameterType.NUMBER, 2, "2"),
        (ParameterType.BOOLEAN, "Off", "no"),
        (ParameterType.BOOLEAN, True, "yes"),
        (ParameterType.LIST, "a, b,,c ", "a, b, c"),
        (ParameterType.LIST, ["a", 1], "a, 1"),
        (ParameterType.LIST, " , ", ""),
        (ParameterType.TEXT, "", ""),
    ],
)
def test_values_are_read_as_their_type_says(kind: ParameterType, given: object, shown: str) -> None:
    assert shown_value(read_value(Parameter(name="x", type=kind), given)) == shown


@pytest.mark.parametrize(
    ("parameter", "given", "said"),
    [
        (COUNT, "0", "x must be at least 1."),
        (COUNT, 10, "x must be at most 9."),
        (COUNT, True, "x must be a whole number"),
        (COUNT, "1.5", "x must be a whole number, not '1.5'."),
        (COUNT, "٣", "x must be a whole number"),
        (Parameter(name="x", type=ParameterType.NUMBER), "1e5", "x must be a number"),
        (Parameter(name="x", type=ParameterType.NUMBER), float("nan"), "x must be a number"),
        (Parameter(name="x", type=ParameterType.BOOLEAN), "perhaps", "x must be yes or no, not 'perhaps'."),
        (Parameter(name="x", type=ParameterType.CHOICE, choices=("a", "b")), "c", "x must be one of a, b, not 'c'."),
        (Parameter(name="x", type=ParameterType.TEXT), ["a", "b"], "x must be one text."),
        (Parameter(name="x", minimum=3), "ab", "x must be at least 3 characters."),
        (Parameter(name="x", pattern="a+"), "ab", "x must look like a+, not 'ab'."),
        (Parameter(name="x", pattern="[0-9]", description="A digit."), "b", "x must be: A digit, not 'b'."),
        (Parameter(name="x", type=ParameterType.LIST, maximum=1), "a,b", "x must be at most 1 entries."),
        (Parameter(name="x", type=ParameterType.LIST, pattern="[a-z]+"), "a,B", "x must look like [a-z]+, not 'B'."),
        (Parameter(name="x", type=ParameterType.LIST), {"a": 1}, "x must be a list"),
        (Parameter(name="x", type=ParameterType.LIST), "a," * 500 + "a", "x has more than 500 entries."),
        (Parameter(name="x", required=True, type=ParameterType.LIST), " , ", "x is missing."),
        (Parameter(name="x"), "a" * 20_001, "x is longer than 20,000 characters."),
    ],
)
def test_a_value_that_does_not_fit_is_refused_with_what_would(parameter: Parameter, given: object, said: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        read_value(parameter, given)
    assert said in caught.value.message.replace("count", "x")


def test_a_default_stands_in_for_what_is_not_given_and_an_empty_value_takes_it_away() -> None:
    scope = Parameter(name="scope", default="src")
    assert request_of("Look at {{scope}}. Go.\nNow.", scope) == "Look at src. Go.\nNow."
    assert request_of("Look at {{scope}}. Go.\nNow.", scope, scope="") == "Now."


def test_a_line_whose_gaps_are_all_empty_is_left_out_and_others_stay() -> None:
    a, b = Parameter(name="a"), Parameter(name="b")
    assert request_of("First: {{a}}\nBoth: {{a}}/{{b}}\n\nLast.", a, b, b="x") == "Both: /x\n\nLast."


def test_a_request_that_comes_out_empty_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="the request is empty"):
        request_of("{{a}}", Parameter(name="a"))


@given(value=st.text(min_size=1), other=st.text())
def test_what_a_value_brings_along_is_text_and_is_never_looked_at_again(value: str, other: str) -> None:
    assert with_values("<{{a}}>", {"a": f"{value}{{{{b}}}}", "b": other}) == f"<{value}{{{{b}}}}>"


@given(given=ANY, kind=st.sampled_from(ParameterType), required=st.booleans())
def test_whatever_is_given_becomes_a_value_that_reads_back_the_same_or_is_refused(
    given: object, kind: ParameterType, required: bool
) -> None:
    choices = ("a", "b") if kind is ParameterType.CHOICE else ()
    parameter = Parameter(name="x", type=kind, choices=choices, required=required)
    try:
        value = read_value(parameter, given)
    except InvalidInputError as error:
        assert error.message.startswith("x ")
        return
    assert not (required and value is None)
    assert read_value(parameter, value) == value
    shown_value(value)


@given(number=st.integers(-(10**17), 10**17))
def test_a_whole_number_survives_being_typed(number: int) -> None:
    parameter = Parameter(name="x", type=ParameterType.INTEGER)
    assert read_value(parameter, shown_value(read_value(parameter, number))) == number


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (template(ISSUE, request="Fix {{isue}}."), "{{isue}}, which is not a parameter. Did you mean issue?"),
        (template(ISSUE, request=" "), "it has no request."),
        (template(ISSUE, request="{{issue}} {{ issue.title }}"), "a gap looks like {{issue}}"),
        (template(Parameter(name="issue", type=ParameterType.CHOICE)), "choices belong to type: choice"),
        (template(Parameter(name="issue", choices=("a",))), "choices belong to type: choice"),
        (template(Parameter(name="issue", pattern="(")), "not a regular expression"),
        (template(Parameter(name="issue", type=ParameterType.INTEGER, pattern="1")), "a pattern belongs to a text"),
        (template(Parameter(name="issue", minimum=2, maximum=1)), "the minimum is above the maximum"),
        (template(Parameter(name="issue", type=ParameterType.BOOLEAN, minimum=2)), "has no minimum"),
        (template(Parameter(name="issue", required=True, default="1")), "required and has a default"),
        (template(Parameter(name="issue", type=ParameterType.INTEGER, default="x")), "its default does not fit"),
    ],
)
def test_a_definition_that_does_not_hold_together_is_told(given: Template, said: str) -> None:
    assert any(said in problem for problem in problems_of(given)), problems_of(given)


def test_versions_are_compared_as_numbers() -> None:
    assert sorted(["1.10", "1.9", "2", "1"], key=version_key) == ["1", "1.9", "1.10", "2"]
    assert version_key("1.2") == version_key("1.2.0")
