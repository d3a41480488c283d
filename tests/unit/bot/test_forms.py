"""Forms: what is asked, how it fits every platform, and how the answers are read."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.chat.form import Form, SelectField, TextField
from bot.forms.decisions import CHANGE, REASON, answer_form, answers_in, change_form, chosen, deny_form
from bot.forms.sizes import FIELDS, HINT, INTRO, LABEL, OPTIONS, TITLE, WORDS
from bot.forms.tasks import (
    BUDGET,
    PROJECT,
    REQUEST,
    STEP,
    NewTask,
    fork_form,
    new_task_form,
    raise_budget_form,
    steer_form,
)
from bot.forms.template import MORE, template_form, template_values
from bot.sample_task import sample_view
from core.domain.approval import ApprovalKind, Choice, Question
from core.domain.errors import InvalidInputError
from core.domain.identity import AgentRunId, ProjectName, StepName
from core.domain.parameter import Parameter, ParameterType
from core.domain.task import Task
from core.domain.template import Template

APPROVAL = sample_view().approvals[0]
TASK = sample_view().task
TABLE = Question(text="Which table?", choices=(Choice(label="prices"), Choice(label="rates"), Choice(label="none")))
API, WEB = ProjectName("api"), ProjectName("web")


def names(form: Form) -> list[str]:
    """The fields' names."""
    return [field.name for field in form.fields]


def test_a_denial_may_say_why_and_a_change_must_say_what() -> None:
    [reason] = deny_form(APPROVAL, token="t").fields
    [words] = change_form(APPROVAL, token="t").fields
    assert (reason.name, reason.optional) == (REASON, True)
    assert (words.name, words.optional) == (CHANGE, False)
    assert deny_form(APPROVAL, token="t").title == "Deny A17"


@pytest.mark.parametrize("kind", list(ApprovalKind))
def test_a_denial_says_beforehand_whether_it_ends_the_task(kind: ApprovalKind) -> None:
    [reason] = deny_form(replace(APPROVAL, kind=kind), token="t").fields
    goes_on = kind in {ApprovalKind.TOOL, ApprovalKind.QUESTION}
    assert reason.hint.startswith("The agent reads it, and goes on" if goes_on else "The task ends here.")


def asks(*questions: Question) -> Form:
    """The form of an agent's questions."""
    return answer_form(replace(APPROVAL, kind=ApprovalKind.QUESTION, questions=questions), token="t")


def test_one_question_is_the_forms_own_text_and_says_what_is_offered() -> None:
    form = asks(TABLE)
    assert form.intro == "Which table?"
    assert form.fields[0].label == "Your answer"
    assert form.fields[0].hint == "1 prices · 2 rates · 3 none (a number, or your own words)"


def test_several_questions_have_a_field_each() -> None:
    form = asks(TABLE, replace(TABLE, text="Which others?", multiple=True), Question(text="Why?"))
    assert [field.label for field in form.fields] == ["Which table?", "Which others?", "Why?"]
    assert [field.hint.partition("(")[2] for field in form.fields] == [
        "a number, or your own words)",
        "numbers, or your own words)",
        "",
    ]


@pytest.mark.parametrize(
    ("text", "multiple", "answer"),
    [
        ("2", False, "rates"),
        (" 2 ", True, "rates"),
        ("1, 3", True, "prices, none"),
        ("1 1", True, "prices"),
        ("1, 3", False, "1, 3"),
        ("4", False, "4"),
        ("0", False, "0"),
        ("the 2nd", False, "the 2nd"),
        ("", False, ""),
        ("²", False, "²"),
    ],
)
def test_numbers_stand_for_the_answers_they_count_and_anything_else_for_itself(
    text: str, multiple: bool, answer: str
) -> None:
    assert chosen(replace(TABLE, multiple=multiple), text) == answer


def test_answers_are_read_by_their_questions() -> None:
    asked = replace(APPROVAL, questions=(TABLE, Question(text="Why?")))
    assert answers_in(asked, {"answer1": "2", "answer2": "2 is fine"}) == {"Which table?": "rates", "Why?": "2 is fine"}
    assert answers_in(asked, {}) == {"Which table?": "", "Why?": ""}


def test_the_last_answer_is_about_all_questions_that_no_form_could_hold() -> None:
    asked = replace(APPROVAL, questions=tuple(Question(text=f"{n}?") for n in range(7)))
    assert len(answer_form(asked, token="t").fields) == FIELDS
    answers = answers_in(asked, {f"answer{n}": f"answer {n}" for n in range(1, 6)})
    assert answers["0?"] == "answer 1"
    assert answers["6?"] == "answer 5"


def test_a_new_task_asks_for_the_project_only_when_there_is_a_choice() -> None:
    assert PROJECT not in names(new_task_form(NewTask(projects=(API,)), token="t"))
    form = new_task_form(NewTask(projects=(API, WEB), project="web", workflows=("bug_fix",)), token="t")
    [project] = [field for field in form.fields if field.name == PROJECT]
    assert isinstance(project, SelectField)
    assert (project.value, [option.value for option in project.options]) == ("web", ["api", "web"])
    unknown = new_task_form(NewTask(projects=(API, WEB), project="gone"), token="t")
    assert [field.value for field in unknown.fields if field.name == PROJECT] == [""]


def test_a_new_task_may_be_given_a_budget() -> None:
    cost = new_task_form(NewTask(projects=(API,)), token="t").fields[-1]
    assert (cost.name, cost.optional, cost.value) == (BUDGET, True, "")


def test_a_message_becomes_the_request_and_its_loss_is_said_when_it_is_too_long() -> None:
    def request(text: str) -> TextField:
        """The field the message stands in."""
        [field] = [
            f for f in new_task_form(NewTask(projects=(API,), request=text), token="t").fields if f.name == REQUEST
        ]
        assert isinstance(field, TextField)
        return field

    assert request("fix\nthis").value == "fix\nthis"
    assert "left out" not in request("x" * WORDS).hint
    assert "left out" in request("x" * (WORDS + 1)).hint


def test_a_fork_begins_with_the_latest_step_unless_another_is_chosen() -> None:
    form = fork_form(TASK, steps=(StepName("plan"), StepName("build")), token="t")
    [step] = [field for field in form.fields if field.name == STEP]
    assert step.value == "build"
    assert STEP not in names(fork_form(TASK, steps=(), token="t"))


def test_words_for_an_agent_name_whom_they_are_for() -> None:
    assert steer_form(TASK, token="t").title == "Tell T142"
    assert steer_form(TASK, token="t", to=AgentRunId("T142.3")).title == "Tell T142.3"


def test_a_higher_budget_is_offered_and_what_is_spent_is_said() -> None:
    form = raise_budget_form(TASK.id, spent=Decimal("4.5"), budget=Decimal(5), token="t")
    assert (form.intro, form.fields[0].value) == ("$4.50 of $5.00 is spent.", "10.00")


def a_template(*parameters: Parameter) -> Template:
    """One with these parameters."""
    return Template(name="nightly", version="1.0", request="x", parameters=parameters)


def test_a_template_asks_for_what_it_needs_first_with_what_is_usual_filled_in() -> None:
    form = template_form(
        a_template(
            Parameter(name="scope", default="all", maximum=40),
            Parameter(name="how", type=ParameterType.CHOICE, choices=("short", "long"), default="long"),
            Parameter(name="issue", required=True, description="Number of the issue."),
            Parameter(name="dry", type=ParameterType.BOOLEAN),
        ),
        token="t",
        given={"issue": "123"},
    )
    assert names(form) == ["set-issue", "set-scope", "set-how", "set-dry", BUDGET]
    assert [field.value for field in form.fields] == ["123", "all", "long", "", ""]
    assert [field.optional for field in form.fields] == [False, True, True, True, True]
    scope = form.fields[1]
    assert isinstance(scope, TextField)
    assert (scope.multiline, scope.max_length) == (False, 40)


def test_parameters_beyond_the_fields_of_a_form_share_one() -> None:
    template = a_template(*(Parameter(name=f"p{number}") for number in range(7)))
    form = template_form(template, token="t", given={"p5": "x"})
    assert names(form) == ["set-p0", "set-p1", "set-p2", "set-p3", MORE]
    assert (form.fields[-1].value, form.fields[-1].optional) == ("p5 = x", True)
    values = template_values({"set-p0": "a", "set-p1": "", MORE: "p5 = b=c\n\n p6= d "})
    assert values == {"p0": "a", "p5": "b=c", "p6": "d"}


def test_a_line_that_names_no_value_is_refused_with_what_to_write() -> None:
    with pytest.raises(InvalidInputError, match="p5 is no value"):
        template_values({MORE: "p5"})


TEXTS = st.text(max_size=4_000) | st.sampled_from(["日本" * 60, "e\u0301" * 80, "👩‍💻" * 90, "a b\n" * 1_500])


def fits(form: Form) -> bool:
    """Whether every platform can show it."""
    assert len(form.title) <= TITLE
    assert len(form.intro) <= INTRO
    assert 1 <= len(form.fields) <= FIELDS
    for field in form.fields:
        assert 1 <= len(field.label) <= LABEL
        assert len(field.hint) <= HINT
        match field:
            case TextField():
                assert len(field.value) <= field.max_length <= WORDS
            case SelectField():
                assert 1 <= len(field.options) <= OPTIONS
                assert all(len(option.label) <= LABEL for option in field.options)
                assert not field.value or field.value in {option.value for option in field.options}
    return True


@given(st.lists(st.tuples(TEXTS, st.lists(TEXTS, max_size=6)), min_size=1, max_size=8), TEXTS)
def test_whatever_agents_and_people_write_the_forms_about_it_fit(asked: list[tuple[str, list[str]]], text: str) -> None:
    questions = tuple(Question(text=q or "?", choices=tuple(Choice(label=c) for c in offered)) for q, offered in asked)
    approval = replace(APPROVAL, title=text, questions=questions)
    task: Task = replace(TASK, title=text)
    projects = [ProjectName(f"p{number}") for number in range(150)]
    forms = [
        deny_form(approval, token="t"),
        change_form(approval, token="t"),
        answer_form(approval, token="t"),
        steer_form(task, token="t"),
        fork_form(task, steps=(StepName("build"),), token="t"),
        new_task_form(NewTask(projects=projects, request=text, project="p140", workflows=("a",)), token="t"),
    ]
    assert all(fits(form) for form in forms)


@given(
    st.lists(
        st.builds(
            Parameter,
            name=st.from_regex(r"[a-z][a-z0-9_]{0,30}", fullmatch=True),
            type=st.sampled_from(
                [ParameterType.TEXT, ParameterType.INTEGER, ParameterType.BOOLEAN, ParameterType.LIST]
            ),
            description=st.text(max_size=400).filter(lambda text: not text or text.strip()),
            required=st.booleans(),
            maximum=st.none() | st.integers(min_value=1, max_value=20_000),
        ),
        min_size=1,
        max_size=9,
        unique_by=lambda each: each.name,
    ),
    TEXTS,
)
def test_whatever_a_template_wants_its_form_fits(parameters: list[Parameter], text: str) -> None:
    values = {parameter.name: text for parameter in parameters}
    assert fits(template_form(a_template(*parameters), token="t", given=values))
