"""Workflows and templates in words."""

from pathlib import Path

from bot.cards.template import conduct, example, parameter_names, parameter_notes, template_document
from bot.cards.workflow import workflow_line, workflow_nodes
from config.template_loader import LoadedTemplate
from core.domain.identity import StepName
from core.domain.parameter import Parameter, ParameterType
from core.domain.project import PlanGate
from core.domain.template import Template
from core.domain.workflow import Gate, Loop, StepDefinition, Workflow


def step(name: str, *needs: str, role: str = "builder", **fields: object) -> StepDefinition:
    return StepDefinition(name=StepName(name), role=role, needs=tuple(map(StepName, needs)), **fields)  # pyright: ignore[reportArgumentType]  # fields are given by keyword


def test_a_node_says_when_who_and_what_comes_after() -> None:
    workflow = Workflow(
        name="mine",
        description="",
        steps=(
            step("build", when='complexity == "simple"', retries=1, gate=Gate.RESULT),
            step("tester", "build", role="tester", loop=Loop(back_to=StepName("build"), max_rounds=3)),
        ),
    )
    build, test = workflow_nodes(workflow)
    assert build.title == "build · builder"
    assert build.notes == (
        'only when complexity == "simple"',
        "begun again once when it fails",
        "then a person approves the result",
    )
    assert (test.title, test.after, test.notes) == ("tester", ("build",), ("may send back to build 3 times",))


def test_steps_beside_one_another_stand_in_brackets() -> None:
    steps = (step("a"), step("b", "a"), step("c", "a"), step("d", "b", "c"))
    assert workflow_line(Workflow(name="mine", description="", steps=steps)) == "a → (b, c) → d"


TEMPLATE = Template(
    name="mine",
    version="1.2",
    request="{{issue}}",
    parameters=(
        Parameter(name="issue", required=True, description="Number."),
        Parameter(name="depth", type=ParameterType.INTEGER, required=True, minimum=2, maximum=5),
        Parameter(name="how", type=ParameterType.CHOICE, choices=("in short", "long"), required=True),
        Parameter(name="hints", type=ParameterType.LIST, default="a, b", maximum=3),
    ),
    workflow="bug_fix",
    plan_gate=PlanGate.NEVER,
    include_analyst=True,
)


def test_a_template_shows_what_must_be_given_and_how_it_is_run() -> None:
    assert parameter_names(TEMPLATE) == "issue depth how [hints]"
    assert example(TEMPLATE) == ("orchestrator template run mine --set issue='…' --set depth=2 --set how='in short'")
    assert conduct(TEMPLATE) == ("Workflow: bug_fix", "Plan shown for approval: never", "Analyst: always")


def test_a_parameter_says_what_fits() -> None:
    notes = [parameter_notes(parameter) for parameter in TEMPLATE.parameters]
    assert notes == [
        ("Number.", "text"),
        ("whole number · 2 to 5",),
        ("one of in short, long",),
        ("list, with commas · at most 3 entries · a, b when left out",),
    ]
    assert parameter_notes(Parameter(name="x", pattern="a+", minimum=1)) == ("text · at least 1 characters · like a+",)


def test_a_template_as_json_has_plain_values() -> None:
    document = template_document(LoadedTemplate(template=TEMPLATE, path=Path("x.yaml"), ancestors=("base@1.0",)))
    assert (document["plan_gate"], document["priority"], document["extends"]) == ("never", None, ["base@1.0"])
    assert document["parameters"][1] | {"name": "depth", "type": "integer", "maximum": 5} == document["parameters"][1]
