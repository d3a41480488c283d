"""Roles, workflows and prices: the shipped ones hold together, the user's own win, mistakes are named."""

from pathlib import Path

import pytest

from config.price_loader import load_prices
from config.role_loader import load_roles
from config.workflow_loader import load_workflows
from core.domain.errors import ConfigurationError
from core.domain.role import ResultKind
from core.domain.workflow import Gate

ROLE = "---\ndescription: Mine.\nmodel: claude-opus-5\nresult: report\n---\nDo it.\n"


def written(home: Path, name: str, text: str) -> Path:
    path = home / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


WRITERS = {
    "api-integration-expert",
    "builder",
    "documentation-guru",
    "performance-optimizer",
    "refactoring-specialist",
    "test-writer",
}


def test_the_shipped_roles_have_the_results_and_tools_their_work_needs(tmp_path: Path) -> None:
    roles = load_roles(tmp_path)
    assert {name: role.result for name, role in roles.items()} == {
        "analyst": ResultKind.ANALYSIS,
        "planner": ResultKind.PLAN,
        "tester": ResultKind.TEST_REPORT,
        "reviewer": ResultKind.REVIEW,
        "critic": ResultKind.REPORT,
        "reporter": ResultKind.REPORT,
        "security-auditor": ResultKind.REPORT,
        **dict.fromkeys(WRITERS, ResultKind.CHANGE),
    }
    assert {name for name, role in roles.items() if role.writes} == WRITERS
    assert {name for name, role in roles.items() if {"Edit", "Write"} & set(role.tools)} == WRITERS


def test_every_shipped_role_is_bounded_in_turns_time_and_money(tmp_path: Path) -> None:
    for role in load_roles(tmp_path).values():
        assert role.limits.max_budget_usd is not None
        assert role.limits.max_turns <= 150
        assert role.limits.timeout_s <= 1800


def test_every_model_a_shipped_role_names_has_a_price_and_a_different_fallback(tmp_path: Path) -> None:
    prices = load_prices(tmp_path)
    for role in load_roles(tmp_path).values():
        assert prices.knows(role.model)
        assert role.fallback_model is not None
        assert prices.knows(role.fallback_model)
        assert role.fallback_model != role.model
        for model in (role.simple_model, role.complex_model):
            assert not model or prices.knows(model)


@pytest.mark.parametrize("name", ["bug_fix", "feature_implementation"])
def test_the_shipped_workflows_plan_behind_a_gate_and_loop_back_to_the_builder(tmp_path: Path, name: str) -> None:
    workflow = load_workflows(tmp_path, load_roles(tmp_path))[name]
    assert workflow.order() == ("analyse", "plan", "build", "test", "review")
    assert [step.name for step in workflow.steps if step.gate is Gate.PLAN] == ["plan"]
    loops = {step.name: (step.loop.back_to, step.loop.max_rounds) for step in workflow.steps if step.loop}
    assert loops == {"test": ("build", 2), "review": ("build", 2)}
    assert all(step.instruction for step in workflow.steps)


def test_the_users_role_of_the_same_name_wins_and_new_ones_are_added(tmp_path: Path) -> None:
    written(tmp_path, "roles/builder.md", ROLE)
    written(tmp_path, "roles/poet.md", ROLE.replace("model:", "limits: {max_turns: 3}\nmodel:"))
    roles = load_roles(tmp_path, timeout_s=77)
    assert roles["builder"].model == "claude-opus-5"
    assert (roles["poet"].prompt, roles["poet"].limits.max_turns, roles["poet"].limits.timeout_s) == ("Do it.", 3, 77)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (ROLE.replace("model:", "modl:"), "modl is not a known key. Did you mean model?"),
        (ROLE.replace("report", "poem"), "result must be 'analysis', 'plan'"),
        ("no front matter", "does not begin with settings"),
        (ROLE.replace("Do it.", ""), "has no prompt"),
        ("---\ndescription: a: b\n---\nx", "at line 2"),
        ("---\n- a\n---\nx", "must be a valid dictionary"),
        (
            ROLE.replace("---\nDo", "limits: {max_turnz: 1}\n---\nDo"),
            "limits.max_turnz is not a known key. Did you mean max_turns?",
        ),
    ],
)
def test_a_role_file_that_cannot_be_used_is_named_with_what_is_wrong(tmp_path: Path, text: str, said: str) -> None:
    path = written(tmp_path, "roles/poet.md", text)
    with pytest.raises(ConfigurationError) as caught:
        load_roles(tmp_path)
    assert said in caught.value.message
    assert str(path) in caught.value.message
    assert caught.value.hint


def test_a_role_file_whose_name_no_step_could_use_is_refused(tmp_path: Path) -> None:
    written(tmp_path, "roles/My Role.md", ROLE)
    with pytest.raises(ConfigurationError, match="small letters"):
        load_roles(tmp_path)


WORKFLOW = "name: mine\nsteps:\n  - {name: build, role: builder}\n  - {name: test, role: tester, needs: [build]}\n"


def test_the_users_workflow_is_read(tmp_path: Path) -> None:
    written(tmp_path, "workflows/mine.yaml", WORKFLOW)
    assert load_workflows(tmp_path, load_roles(tmp_path))["mine"].order() == ("build", "test")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (WORKFLOW.replace("needs", "need"), "steps[1].need is not a known key. Did you mean needs?"),
        (WORKFLOW.replace("tester", "testr"), "wants the role testr, which does not exist. Did you mean tester?"),
        (WORKFLOW.replace("[build]", "[bild]"), "needs bild, which is not a step"),
        (WORKFLOW.replace("mine", "other"), "names itself other"),
        (WORKFLOW.replace("}\n  -", ", needs: [test]}\n  -"), "in a circle"),
        (WORKFLOW.replace("[build]}", "[build], loop: {back_to: nowhere}}"), "loops back to nowhere"),
        ("name: mine\nsteps: []\n", "no steps"),
        ("", "steps is missing"),
        ("name: [", "not valid YAML"),
    ],
)
def test_a_workflow_that_cannot_be_used_is_named_with_what_is_wrong(tmp_path: Path, text: str, said: str) -> None:
    path = written(tmp_path, "workflows/mine.yaml", text)
    with pytest.raises(ConfigurationError) as caught:
        load_workflows(tmp_path, load_roles(tmp_path))
    assert said in caught.value.message
    assert caught.value.source == str(path)
