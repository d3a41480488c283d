"""A project's own files: nearest to the work wins, and every mistake of every file is told at once."""

from pathlib import Path

import pytest

from config.permission_loader import load_permissions
from config.role_loader import load_roles
from config.template_draft import draft, write_draft
from config.template_loader import load_templates
from config.user_files import data_files
from config.validation import template_finding, template_findings, workflow_findings
from config.workflow_loader import load_workflows
from core.agents.permissions import Effect
from core.domain.errors import ConfigurationError, ConflictError, InvalidInputError
from core.domain.role import ResultKind
from core.domain.template import filled
from core.domain.workflow import Gate

ROLE = "---\ndescription: {0}.\nmodel: claude-opus-5\nresult: {1}\n---\nDo it.\n"
FLOW = "name: mine\nsteps:\n  - {name: build, role: builder}\n  - {name: test, role: tester, needs: [build]}\n"


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_a_projects_role_wins_over_the_users_and_that_over_the_shipped_one(tmp_path: Path) -> None:
    written(tmp_path, "roles/builder.md", ROLE.format("Yours", "change"))
    written(tmp_path, "projects/shop/roles/builder.md", ROLE.format("Shop's", "change"))
    assert load_roles(tmp_path)["builder"].description == "Yours."
    assert load_roles(tmp_path, project="shop")["builder"].description == "Shop's."
    assert load_roles(tmp_path, project="other")["builder"].description == "Yours."


def test_a_projects_workflow_may_use_a_role_of_its_own(tmp_path: Path) -> None:
    written(tmp_path, "projects/shop/roles/poet.md", ROLE.format("Poet", "change"))
    written(tmp_path, "projects/shop/workflows/mine.yaml", FLOW.replace("builder", "poet"))
    found = load_workflows(tmp_path, load_roles(tmp_path, project="shop"), project="shop")
    assert found["mine"].steps[0].role == "poet"
    assert "mine" not in load_workflows(tmp_path, load_roles(tmp_path))


def test_a_projects_rules_are_looked_at_before_the_users(tmp_path: Path) -> None:
    rule = '[[rules]]\neffect = "{}"\ntool = "Bash"\ncommand = "deploy *"\n'
    written(tmp_path, "permissions.toml", rule.format("deny"))
    written(tmp_path, "projects/shop/permissions.toml", rule.format("allow"))
    for project, effect in (("shop", Effect.ALLOW), ("", Effect.DENY)):
        policy = load_permissions(tmp_path, project=project)
        assert policy.decide(tool="Bash", tool_input={"command": "deploy it"}, worktree=tmp_path).effect is effect


def test_a_role_says_models_by_complexity_and_its_memory(tmp_path: Path) -> None:
    text = ROLE.format("Mine", "report").replace(
        "result:", "simple_model: small\ncomplex_model: large\nlimits: {max_memory_mb: 900}\nresult:"
    )
    written(tmp_path, "roles/mine.md", text)
    role = load_roles(tmp_path)["mine"]
    assert (role.simple_model, role.complex_model, role.limits.max_memory_mb) == ("small", "large", 900)
    assert role.result is ResultKind.REPORT


def test_all_broken_files_are_named_at_once(tmp_path: Path) -> None:
    one = written(tmp_path, "roles/one.md", "nothing")
    two = written(tmp_path, "roles/two.md", ROLE.format("Two", "poem"))
    with pytest.raises(ConfigurationError) as caught:
        load_roles(tmp_path)
    assert f"{one}: it does not begin with settings" in caught.value.message
    assert f"{two}: result must be" in caught.value.message
    written(tmp_path, "workflows/Not Good.yaml", FLOW)
    written(tmp_path, "workflows/Nor This.yaml", FLOW)
    with pytest.raises(ConfigurationError) as caught:
        data_files(tmp_path, kind="workflows", suffix=".yaml")
    assert len(caught.value.message.splitlines()) == 2


WRONG = """\
name: wrong
steps:
  - {name: plan, role: plannr}
  - {name: build, role: builder, needs: [plam, build, plan, plan]}
  - {name: build, role: tester}
"""
WRONG_TOO = """\
name: wrong
steps:
  - {name: build, role: builder, gate: plan, loop: {back_to: build}}
  - {name: test-it, role: tester, needs: [build], loop: {back_to: biuld}, when: complexity == "hard"}
  - {name: review, role: reviewer, needs: [test-it], when: test_it.pased or after.passed}
  - {name: after, role: builder, needs: [review], when: "review.verdict =="}
"""


def test_every_problem_of_a_workflow_is_told_with_the_nearest_right_name(tmp_path: Path) -> None:
    path = written(tmp_path, "workflows/wrong.yaml", WRONG)
    with pytest.raises(ConfigurationError) as caught:
        load_workflows(tmp_path, load_roles(tmp_path))
    assert [line.removeprefix(f"{path}: ") for line in caught.value.message.splitlines()] == [
        "two steps are called build.",
        "step plan wants the role plannr, which does not exist. Did you mean planner?",
        "step build needs plam, which is not a step of it. Did you mean plan?",
        "step build needs itself.",
        "step build needs plan twice.",
    ]


def test_loops_gates_and_conditions_that_could_never_work_are_told(tmp_path: Path) -> None:
    written(tmp_path, "workflows/wrong.yaml", WRONG_TOO)
    with pytest.raises(ConfigurationError) as caught:
        load_workflows(tmp_path, load_roles(tmp_path))
    told = caught.value.message
    for said in (
        "step build loops back to build, which is not before it.",
        "step build would never loop back: its role builder ends with a change",
        "step build has gate: plan, but its role builder ends with a change; write gate: result",
        "step test-it loops back to biuld, which is not before it. Did you mean build?",
        "step test-it, when:",
        "complexity is never 'hard'",
        "the result of test-it has no pased",
        "step after, when:",
    ):
        assert said in told
    assert "orchestrator workflow validate" in caught.value.hint


def test_steps_that_conditions_could_not_tell_apart_are_refused(tmp_path: Path) -> None:
    text = "name: mine\nsteps:\n  - {name: a-b, role: builder}\n  - {name: a_b, role: builder}\n"
    written(tmp_path, "workflows/mine.yaml", text)
    with pytest.raises(ConfigurationError, match="steps a-b and a_b cannot be told apart"):
        load_workflows(tmp_path, load_roles(tmp_path))


def test_conditions_retries_and_gates_reach_the_workflow(tmp_path: Path) -> None:
    text = FLOW.replace("role: tester,", "role: tester, retries: 2, gate: result, when: 'build.files',")
    written(tmp_path, "workflows/mine.yaml", text)
    step = load_workflows(tmp_path, load_roles(tmp_path))["mine"].steps[1]
    assert (step.when, step.retries, step.gate) == ("build.files", 2, Gate.RESULT)


def test_the_shipped_workflows_that_only_read_end_with_a_report_nobody_can_send_back(tmp_path: Path) -> None:
    roles = load_roles(tmp_path)
    workflows = load_workflows(tmp_path, roles)
    assert set(workflows) == {
        "bug_fix",
        "code_review",
        "custom",
        "documentation",
        "feature_implementation",
        "refactoring",
        "research",
        "security_audit",
        "tests",
    }
    for name, workflow in workflows.items():
        kinds = {step.name: roles[step.role].result for step in workflow.steps}
        if any(roles[step.role].writes for step in workflow.steps):
            assert [step.gate for step in workflow.steps].count(Gate.PLAN) == 1, name
            for step in workflow.steps:
                if kinds[step.name] in {ResultKind.TEST_REPORT, ResultKind.REVIEW}:
                    # a negative one without a loop would end the task
                    assert step.loop is not None, (name, step.name)
        else:
            assert set(kinds.values()) <= {ResultKind.ANALYSIS, ResultKind.REPORT}, name
            assert kinds[workflow.order()[-1]] is ResultKind.REPORT
            assert any(workflow.beside(step.name) for step in workflow.steps), name


def test_what_branches_of_a_shipped_workflow_write_is_never_written_beside_one_another(tmp_path: Path) -> None:
    roles = load_roles(tmp_path)
    for workflow in load_workflows(tmp_path, roles).values():
        writers = [step.name for step in workflow.steps if roles[step.role].writes]
        assert all(not workflow.beside(name).intersection(writers) for name in writers)


def test_validation_finds_the_problems_of_all_files_and_goes_on(tmp_path: Path) -> None:
    written(tmp_path, "roles/poet.md", "nothing")
    written(tmp_path, "workflows/one.yaml", FLOW.replace("mine", "one").replace("builder", "poet"))
    written(tmp_path, "workflows/two.yaml", FLOW.replace("mine", "two").replace("[build]", "[bild]"))
    written(tmp_path, "projects/shop/workflows/three.yaml", "name: [")
    found = {each.path.stem: each.problems for each in workflow_findings(tmp_path, project="shop")}
    assert found["poet"] == ("it does not begin with settings between two lines of ---.",)
    assert "wants the role poet" in found["one"][0]
    assert "Did you mean build?" in found["two"][0]
    assert "not valid YAML" in found["three"][0]
    assert found["bug_fix"] == ()


def test_a_template_anywhere_is_checked_against_those_that_are_there(tmp_path: Path) -> None:
    draft_file = written(tmp_path / "drafts", "mine.yaml", "name: mine\nextends: fix-issue\nworkflow: bug_fx\n")
    finding = template_finding(draft_file, tmp_path / "home")
    assert finding.problems == ("there is no workflow bug_fx. Did you mean bug_fix?",)
    written(tmp_path / "home", "templates/b.yaml", "name: b\nrequest: '{{x}}'\n")
    problems = [each.problems for each in template_findings(tmp_path / "home") if each.problems]
    assert problems == [("the request uses {{x}}, which is not a parameter.",)]


@pytest.mark.parametrize("parent", ["", "fix-issue", "security-audit"])
@pytest.mark.parametrize("name", ["mine", "fix-issue"])
def test_a_draft_can_be_used_as_it_is(tmp_path: Path, name: str, parent: str) -> None:
    found = load_templates(tmp_path).find(parent).template if parent else None
    path = write_draft(tmp_path, name, parent=found)
    template = load_templates(tmp_path).find(name)
    assert template.path == path
    values = {each.name: "1" for each in template.template.parameters if each.required}
    assert filled(template.template, values).request


def test_a_draft_never_replaces_a_file_and_its_name_is_checked(tmp_path: Path) -> None:
    path = write_draft(tmp_path, "mine", project="shop")
    assert path == tmp_path / "projects/shop/templates/mine.yaml"
    path.write_text("kept")
    with pytest.raises(ConflictError):
        write_draft(tmp_path, "mine", project="shop")
    assert path.read_text() == "kept"
    with pytest.raises(InvalidInputError, match="small letters"):
        write_draft(tmp_path, "../mine")
    assert "{{what}}" in draft("mine")


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "templates").write_text("in the way")
    with pytest.raises(ConfigurationError, match="cannot be written") as caught:
        write_draft(tmp_path, "mine")
    assert caught.value.hint
