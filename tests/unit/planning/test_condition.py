"""Conditions of steps: what they can say, what is refused with words, and that results can never break them."""

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.domain.errors import InvalidInputError
from core.domain.identity import StepName
from core.planning.condition import check, holds, identifier, named

STEPS = [StepName(name) for name in ("analyse", "plan", "test", "security-audit")]
FACTS = {
    "type": "bug_fix",
    "complexity": "complex",
    "priority": "normal",
    "issue": "",
    "include_analyst": False,
    "round": 2,
}
RESULTS = {
    StepName("analyse"): {"summary": "x", "files": ["a.py"]},
    StepName("plan"): {"files": ["api", "b.py"], "steps": []},
    StepName("test"): {"passed": False, "failures": [{"name": "t"}]},
    StepName("security-audit"): {"verdict": "approve"},
    StepName("skipped"): None,
}


@pytest.mark.parametrize(
    ("text", "met"),
    [
        ("", True),
        ("  \n ", True),
        ('complexity != "simple" or include_analyst', True),
        ('complexity == "simple" or include_analyst', False),
        ("analyse.files", True),
        ("plan.steps", False),
        ("not test.passed", True),
        ('type == "bug_fix" and "api" in plan.files', True),
        ('"web" in plan.files', False),
        ('"web" not in plan.files', True),
        ('type in ("bug_fix", "feature")', True),
        ('type in ["feature"]', False),
        ('security_audit.verdict == "approve"', True),
        ("round > 1", True),
        ("1 < round < 2", False),
        ("round >= 2 and round <= 2", True),
        ("include_analyst == false", True),
        ("test.passed == False", True),
        ("analyse", True),
        ("skipped", False),
        ("skipped.files", False),
        ('"x" in skipped.files', False),
        ("nowhere.at_all", False),
        ("not nowhere", True),
        ('analyse.cause == ""', True),
        ("analyse.cause == None", True),
        ('analyse.cause != ""', False),
        ('analyse.cause != "x"', True),
        ("analyse.cause < 3", False),
        ("plan.files > 3", False),
        ('round < "3"', False),
        ('"x" in round', False),
        ("round in issue", False),
        ("analyse.files == plan.files", False),
        ("analyse.summary\n  and round", True),
        ('analyse.files == ["a.py"]', True),
    ],
)
def test_a_condition_says_what_it_looks_like(text: str, met: bool) -> None:
    assert holds(text, facts=FACTS, results=RESULTS) is met


@pytest.mark.parametrize(
    "text",
    [
        "",
        'complexity != "simple" or include_analyst',
        "not (analyse.files and security_audit)",
        'type in ("bug_fix", "feature")',
        "issue != ''",
        "true and false",
    ],
)
def test_what_may_be_said_passes_the_check(text: str) -> None:
    check(text, steps=STEPS)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("complexity = 'simple'", "cannot be read"),
        ("a and", "cannot be read"),
        ("kind == 'x'", "kind is neither a fact nor a step. Facts: type, complexity"),
        ("build.files", "steps: analyse, plan, security_audit, test"),
        ("security-audit.verdict == 'x'", "arithmetic"),
        ("len(plan.files) > 3", "calls"),
        ("round ** 9", "arithmetic"),
        ("1 << round", "arithmetic"),
        ("-round", "arithmetic"),
        ("'a' * 99999", "arithmetic"),
        ("plan.files[0]", "Subscript"),
        ("[x for x in plan.files]", "ListComp"),
        ("(lambda: 1)", "Lambda"),
        ("round if issue else 1", "IfExp"),
        ("round is None", "Is"),
        ("f'{round}'", "JoinedStr"),
        ("b'x' == issue", "b'x'"),
        ("...", "Ellipsis"),
        ("(round := 1)", "NamedExpr"),
        ("plan.__class__.__name__", "only a step's field"),
        ("type.value", "type has no fields"),
        ("'a'.join", "only a step's field"),
        ("'\\d' in issue", "backslashes"),
        ("complexity == 'hard'", "never 'hard', only simple, moderate, complex"),
        ("type in ('bug_fix', 'bugfix')", "never 'bugfix'"),
        ("round or " * 60 + "round", "500 are allowed"),
        ("(" * 250 + ")" * 250, "cannot be read"),
        ("not " * 120 + "\0", "cannot be read"),
    ],
)
def test_what_cannot_be_said_is_refused_with_the_reason(text: str, said: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        check(text, steps=STEPS)
    assert said in caught.value.message
    assert "complexity" in caught.value.hint


def test_fields_are_checked_where_they_are_known() -> None:
    fields = {StepName("test"): ("passed", "summary")}
    check("test.passed and plan.anything", steps=STEPS, fields=fields)
    with pytest.raises(InvalidInputError, match="result of test has no pased, only passed, summary"):
        check("test.pased", steps=STEPS, fields=fields)


def test_a_step_called_like_a_fact_does_not_hide_it() -> None:
    facts = {"type": "feature"}
    assert holds('type == "feature"', facts=facts, results={StepName("type"): {"x": 1}})


def test_a_condition_that_cannot_be_read_leaves_nothing_out() -> None:
    assert holds("import os", facts=FACTS, results=RESULTS)
    assert holds("open('x')", facts=FACTS, results=RESULTS)


def test_no_method_of_a_value_can_be_reached() -> None:
    for reached in ("items", "clear", "append", "__class__"):
        assert not holds(f"plan.{reached}", facts=FACTS, results=RESULTS)
        assert not holds(f"type.{reached}", facts=FACTS, results=RESULTS)


def test_the_names_in_a_condition_are_known() -> None:
    assert named('type == "x" and security_audit.verdict or true') == {"type", "security_audit"}
    assert named("import os") == frozenset()
    assert identifier(StepName("security-audit")) == "security_audit"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.sampled_from(["files", "passed"]), inner),
    max_leaves=8,
)
TABLES = st.none() | st.dictionaries(st.sampled_from(["files", "passed", "verdict", "summary"]), JSON)
JOINTS = st.sampled_from(["and", "or", "==", "!=", "<", ">=", "in", "not in"])
CONDITIONS = st.recursive(
    st.sampled_from(["plan.files", "test.passed", "plan", "plan.verdict", "round", '"api"', "3", "0.5", "None"]),
    lambda inner: (
        st.builds("({} {} {})".format, inner, JOINTS, inner)
        | st.builds("(not {})".format, inner)
        | st.builds("[{}, {}]".format, inner, inner)
    ),
    max_leaves=8,
)


@settings(deadline=None, max_examples=40)
@given(CONDITIONS, TABLES, TABLES)
@example("plan.files == test.files", {"files": []}, {"files": {}})
def test_whatever_agents_hand_in_the_answer_is_yes_or_no(text: str, plan: object, tested: object) -> None:
    results: dict[StepName, object] = {StepName("plan"): plan, StepName("test"): tested}
    answer = holds(text, facts=FACTS, results=results)  # pyright: ignore[reportArgumentType] - agents keep no types
    assert answer is True or answer is False


@settings(deadline=None)
@given(st.text() | st.text(alphabet="()[]{}not andr.\"'_*+-=<>:,\n\\#%0x1ej"))
def test_any_text_at_all_is_taken_or_refused_and_never_breaks_work(text: str) -> None:
    assert holds(text, facts=FACTS, results=RESULTS) in {True, False}
    try:
        check(text, steps=STEPS)
    except InvalidInputError as error:
        assert error.message


def test_deep_and_huge_results_are_answered_at_once() -> None:
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    other: list[object] = []
    for _ in range(100_000):
        other = [other]
    huge = {"files": [f"file{number}" for number in range(100_000)], "summary": "x" * 1_000_000}
    results = {StepName("plan"): huge, StepName("test"): {"files": deep, "failures": other}}
    started = time.process_time()
    assert not holds("test.files == test.failures", facts={}, results=results)
    assert not holds("test.failures in test.files and plan", facts={}, results=results)
    assert holds('"file99999" in plan.files and "y" not in plan.summary', facts={}, results=results)
    assert time.process_time() - started < 1
