"""Typed results: whole schemas for the model, and what each result means for the work."""

import json
from collections.abc import Mapping
from typing import Any, cast

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.agents.results import feedback, is_negative, parse, plan_text, schema, summary_line
from core.domain.errors import InvalidInputError
from core.domain.role import ResultKind

EXAMPLES: Mapping[ResultKind, Mapping[str, object]] = {
    ResultKind.ANALYSIS: {"summary": "Rounding.", "cause": "float", "files": ["a.py"], "findings": ["x"]},
    ResultKind.PLAN: {"summary": "Round late.", "steps": ["Edit a.py", "Add a test"], "files": ["a.py"], "risks": []},
    ResultKind.CHANGE: {"summary": "Rounded late.", "files": ["a.py"], "notes": ""},
    ResultKind.TEST_REPORT: {
        "summary": "5 of 6.",
        "passed": False,
        "command": "pytest -q",
        "failures": ["test_a: 1 != 2"],
    },
    ResultKind.REVIEW: {
        "summary": "Nearly.",
        "verdict": "changes_requested",
        "comments": [
            {"file": "a.py", "line": 3, "text": "Off by one."},
            {"file": "b.py", "line": 0, "text": "Remove."},
        ],
    },
    ResultKind.REPORT: {"summary": "Done.", "details": "All."},
}


@pytest.mark.parametrize("kind", ResultKind)
def test_the_schema_is_whole_in_itself_and_takes_what_parse_takes(kind: ResultKind) -> None:
    found = schema(kind)
    text = json.dumps(found)
    assert "$ref" not in text
    assert "$defs" not in text
    assert found["additionalProperties"] is False
    jsonschema.Draft202012Validator.check_schema(found)
    jsonschema.validate(EXAMPLES[kind], found)
    assert parse(kind, EXAMPLES[kind]).model_dump(mode="json", exclude_unset=True) == EXAMPLES[kind]


@pytest.mark.parametrize("kind", ResultKind)
def test_every_property_is_described_to_the_model(kind: ResultKind) -> None:
    properties = cast("dict[str, dict[str, object]]", schema(kind)["properties"])
    assert all(item.get("description") for item in properties.values())


@pytest.mark.parametrize(
    ("kind", "data", "said"),
    [
        (ResultKind.PLAN, {"summary": "x", "steps": []}, "steps"),
        (ResultKind.TEST_REPORT, {"summary": "x"}, "passed"),
        (ResultKind.REVIEW, {"summary": "x", "verdict": "maybe"}, "verdict"),
        (ResultKind.CHANGE, {"summary": "x", "extra": 1}, "extra"),
        (ResultKind.REPORT, None, "result"),
    ],
)
def test_a_result_of_the_wrong_form_names_the_field(kind: ResultKind, data: object, said: str) -> None:
    with pytest.raises(InvalidInputError, match=said) as caught:
        parse(kind, data)
    assert caught.value.hint


def test_failed_tests_and_requested_changes_send_the_work_back_and_nothing_else_does() -> None:
    negative = {kind for kind, result in EXAMPLES.items() if is_negative(kind, result)}
    assert negative == {ResultKind.TEST_REPORT, ResultKind.REVIEW}
    assert not is_negative(ResultKind.TEST_REPORT, {"summary": "ok", "passed": True})
    assert not is_negative(ResultKind.REVIEW, {"summary": "ok", "verdict": "approve"})


def test_the_next_round_is_told_every_failure_and_every_comment() -> None:
    told = feedback(ResultKind.TEST_REPORT, EXAMPLES[ResultKind.TEST_REPORT])
    assert "5 of 6." in told
    assert "pytest -q" in told
    assert "test_a: 1 != 2" in told
    told = feedback(ResultKind.REVIEW, EXAMPLES[ResultKind.REVIEW])
    assert "a.py:3: Off by one." in told
    assert "b.py: Remove." in told
    assert feedback(ResultKind.PLAN, EXAMPLES[ResultKind.PLAN]) == ""


def test_the_summary_says_first_how_it_went() -> None:
    assert summary_line(ResultKind.REVIEW, EXAMPLES[ResultKind.REVIEW]) == "Changes requested: Nearly."
    assert summary_line(ResultKind.REVIEW, {"summary": "Fine.", "verdict": "approve"}) == "Approved: Fine."
    assert summary_line(ResultKind.PLAN, EXAMPLES[ResultKind.PLAN]) == "Round late."


def test_the_plan_reads_as_markdown() -> None:
    text = plan_text(EXAMPLES[ResultKind.PLAN])
    assert text == ("Round late.\n\n**Steps**\n\n1. Edit a.py\n2. Add a test\n\n**Files**\n\n- `a.py`")


WORK: Mapping[str, object] = {
    **EXAMPLES[ResultKind.PLAN],
    "type": "refactoring",
    "complexity": "complex",
    "work": [
        {"name": "schema", "role": "builder", "instruction": "Add the table.\nAnd its test.", "files": ["a.py"]},
        {
            "name": "guide-2",
            "role": "writer",
            "needs": ["schema"],
            "instruction": "Tell it.",
            "files": ["b.md", "c.md"],
        },
        {"name": "look", "role": "reviewer", "needs": ["schema", "guide-2"], "instruction": "Read it."},
    ],
}


def test_a_plan_may_divide_the_work_and_its_schema_says_how() -> None:
    found = schema(ResultKind.PLAN)
    jsonschema.validate(WORK, found)
    assert parse(ResultKind.PLAN, WORK).model_dump(mode="json", exclude_unset=True) == WORK
    work = cast("dict[str, dict[str, Any]]", found["properties"])["work"]
    steps = cast("dict[str, dict[str, object]]", work["items"]["properties"])
    assert set(steps) == {"name", "role", "needs", "instruction", "files"}
    assert all(item.get("description") for item in steps.values())


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": "Bad Name"}, "work.0.name"),
        ({"name": "a" * 32}, "work.0.name"),
        ({"needs": ["../x"]}, "work.0.needs.0"),
        ({"instruction": ""}, "work.0.instruction"),
        ({"extra": 1}, "work.0.extra"),
    ],
)
def test_a_planned_step_of_the_wrong_form_names_the_field(change: Mapping[str, object], said: str) -> None:
    step = {"name": "a", "role": "builder", "instruction": "Do it.", **change}
    plan = {**EXAMPLES[ResultKind.PLAN], "work": [step]}
    with pytest.raises(InvalidInputError, match=said):
        parse(ResultKind.PLAN, plan)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(plan, schema(ResultKind.PLAN))


def test_a_plan_of_too_many_steps_is_refused() -> None:
    step = {"name": "a", "role": "builder", "instruction": "Do it."}
    with pytest.raises(InvalidInputError, match="work"):
        parse(ResultKind.PLAN, {**EXAMPLES[ResultKind.PLAN], "work": [step] * 21})


def test_the_planned_steps_are_shown_with_role_order_and_files() -> None:
    assert plan_text(WORK) == (
        "Round late.\n\n**Steps**\n\n1. Edit a.py\n2. Add a test\n\n"
        "**Work**\n\n"
        "1. **schema** · builder · after the plan · `a.py`\n   Add the table.\n   And its test.\n"
        "2. **guide-2** · writer · after schema · `b.md`, `c.md`\n   Tell it.\n"
        "3. **look** · reviewer · after schema, guide-2\n   Read it.\n\n"
        "**Files**\n\n- `a.py`"
    )


@settings(deadline=None)
@given(st.text(), st.booleans())
def test_the_summary_is_one_short_line_whatever_the_agent_wrote(summary: str, passed: bool) -> None:
    line = summary_line(
        ResultKind.TEST_REPORT, {"summary": summary.encode("utf-8", "ignore").decode(), "passed": passed}
    )
    assert len(line.splitlines()) <= 1
    assert len(line) <= 200
    assert line.startswith("Passed:" if passed else "Failed:")


@settings(deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)
    )
)
def test_parsing_is_total(data: object) -> None:
    for kind in ResultKind:
        try:
            parse(kind, data)
        except InvalidInputError as error:
            assert error.message
