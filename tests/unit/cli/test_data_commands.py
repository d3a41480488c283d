"""`workflow` and `template` on the command line: what is listed, drawn, written, checked and refused."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.main import application
from bot.wish import given
from core.domain.errors import InvalidInputError

Run = Callable[..., Result]
BAD_FLOW = "name: mine\nsteps:\n  - {name: build, role: bilder, needs: [plan]}\n"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "state"


@pytest.fixture
def run(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command line in a folder with two projects."""
    (tmp_path / "orchestrator.toml").write_text('[projects.shop]\npath = "shop"\n[projects.site]\npath = "site"\n')
    monkeypatch.setenv("ORCHESTRATOR_HOME", str(home))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
    monkeypatch.chdir(tmp_path)
    runner = CliRunner()
    return lambda *arguments: runner.invoke(application(), list(arguments))


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_workflows_are_listed_with_steps_that_run_beside_one_another_in_brackets(run: Run, home: Path) -> None:
    flow = "name: mine\ndescription: My own.\nsteps: [{name: build, role: builder}]\n"
    written(home, "workflows/mine.yaml", flow)
    written(home, "projects/shop/workflows/theirs.yaml", flow.replace("name: mine", "name: theirs"))
    listed = run("workflow", "list")
    assert listed.exit_code == 0
    assert "scope → (correctness, security, tests) → summary" in listed.stdout
    assert "mine (yours) · My own.\n    build\n" in listed.stdout
    assert "theirs" not in listed.stdout
    assert "theirs (project shop)" in run("workflow", "list", "--project", "shop").stdout


def test_a_workflow_is_drawn_with_its_conditions_gates_and_loops(run: Run) -> None:
    shown = run("workflow", "show", "bug_fix").stdout
    assert "│ analyse · analyst" in shown
    assert 'only when complexity != "simple"' in shown
    assert "then a person approves the plan" in shown
    assert "may send back to build twice" in shown
    assert 'Use it: orchestrator run "…" --workflow bug_fix' in shown


def test_json_has_every_step_with_all_it_says(run: Run) -> None:
    document = json.loads(run("workflow", "show", "bug_fix", "--json").stdout)
    assert [step["name"] for step in document["steps"]] == ["analyse", "plan", "build", "test", "review"]
    assert document["steps"][3]["loop"] == {"back_to": "build", "max_rounds": 2}
    names = {each["name"] for each in json.loads(run("workflow", "list", "--json").stdout)}
    assert {"bug_fix", "research"} <= names


def test_validation_of_sound_files_says_how_many_were_looked_at(run: Run) -> None:
    told = run("workflow", "validate")
    assert (told.exit_code, told.stderr) == (0, "")
    assert told.stdout.startswith("Nothing is wrong in ")
    assert json.loads(run("template", "validate", "--json").stdout)["problems"] == []


def test_validation_tells_every_problem_of_every_file_of_every_project(run: Run, home: Path) -> None:
    one = written(home, "workflows/mine.yaml", BAD_FLOW)
    two = written(home, "projects/site/workflows/mine.yaml", BAD_FLOW.replace("[plan]", "[]"))
    told = run("workflow", "validate")
    assert told.exit_code == 3
    assert told.stdout.splitlines()[:3] == [
        f"{one}: step build wants the role bilder, which does not exist. Did you mean builder?",
        f"{one}: step build needs plan, which is not a step of it.",
        f"{two}: step build wants the role bilder, which does not exist. Did you mean builder?",
    ]
    assert told.stdout.splitlines()[3].startswith("3 problems in 2 of ")
    document = json.loads(run("workflow", "validate", "mine", "--json").stdout)
    assert (document["files"], len(document["problems"])) == (2, 3)
    assert run("workflow", "validate", "bug_fix").exit_code == 0


def test_a_file_that_lies_anywhere_can_be_validated(run: Run, tmp_path: Path) -> None:
    written(tmp_path, "drafts/mine.yaml", BAD_FLOW)
    assert "Did you mean builder?" in run("workflow", "validate", "drafts/mine.yaml").stdout
    written(tmp_path, "drafts/gaps.yaml", "name: gaps\nrequest: '{{x}}'\n")
    told = run("template", "validate", "drafts/gaps.yaml")
    assert (told.exit_code, "{{x}}" in told.stdout) == (3, True)
    assert "cannot be read" in run("template", "validate", "drafts/none.yaml").stdout


def test_a_template_says_what_to_fill_in_and_how_to_run_it(run: Run) -> None:
    assert "fix-issue@1.0 · Settle an issue" in run("template", "list").stdout
    shown = run("template", "show", "fix-issue@1.0").stdout
    assert "Run it: orchestrator template run fix-issue --set issue='…'" in shown
    assert "[scope]\n    Where to look first" in shown
    assert json.loads(run("template", "show", "fix-issue", "--json").stdout)["parameters"][0]["required"] is True
    assert len(json.loads(run("template", "list", "--json").stdout)) >= 8


def test_a_new_template_is_there_at_once_and_never_overwrites(run: Run, home: Path) -> None:
    made = run("template", "new", "fix-ours", "--extends", "fix-issue", "--project", "shop")
    path = home / "projects/shop/templates/fix-ours.yaml"
    assert made.stdout.startswith(f"Written: {path}\n")
    assert "fix-ours@1.0 (project shop)" in run("template", "list", "--project", "shop").stdout
    assert run("template", "validate", "fix-ours").exit_code == 0
    again = run("template", "new", "fix-ours", "--project", "shop")
    assert again.exit_code == 5
    assert again.stderr == f"Error: There is a template fix-ours already: {path}. Edit it, or choose another name.\n"


def test_a_broken_template_spoils_no_other_and_the_list_says_so(run: Run, home: Path) -> None:
    written(home, "templates/mine.yaml", "name: mine\nrequest: '{{x}}'\n")
    listed = run("template", "list")
    assert "fix-issue@1.0" in listed.stdout
    assert "Some files cannot be used. See why: orchestrator template validate" in listed.stdout
    assert run("template", "show", "mine").exit_code == 3


REFUSALS = [
    (["workflow", "show", "bugfix"], 4, "There is no workflow bugfix. Did you mean bug_fix?"),
    (["workflow", "validate", "bugfix"], 4, "There is no workflow bugfix. Did you mean bug_fix?"),
    (["workflow", "list", "-p", "shap"], 4, "There is no project shap. Known projects: shop, site."),
    (["template", "show", "fixissue"], 4, "There is no template fixissue. Did you mean fix-issue?"),
    (["template", "show", "fix-issue@7"], 4, "There is no template fix-issue@7. Versions there are: 1.0."),
    (["template", "validate", "fixissue"], 4, "There is no template fixissue. Did you mean fix-issue?"),
    (["template", "new", "Not Good"], 2, "'Not Good': a name here is small letters"),
    (["template", "new", "mine", "--extends", "fixissue"], 4, "Did you mean fix-issue?"),
    (["template", "run", "fix-issue", "-p", "shop"], 2, "issue is missing (Number of the issue, such as 123)."),
    (["template", "run", "fix-issue", "-s", "isue=1"], 2, "isue is not a parameter. Did you mean issue?"),
    (["template", "run", "fix-issue", "-s", "issue=x"], 2, "issue must be: Number of the issue, such as 123, not 'x'."),
    (["template", "run", "fix-issue", "-s", "issue"], 2, "'issue' sets nothing. Write --set KEY=VALUE"),
    (["template", "run", "fix-issue", "-s", "issue=1"], 4, "Say which with --project: shop, site."),
]


@pytest.mark.parametrize(("command", "code", "said"), REFUSALS)
def test_what_cannot_be_done_is_refused_in_one_line(
    run: Run, home: Path, command: list[str], code: int, said: str
) -> None:
    ended = run(*command)
    assert (ended.exit_code, ended.stdout) == (code, "")
    assert said in ended.stderr
    assert len(ended.stderr.splitlines()) == 1
    assert not home.exists() or not list(home.rglob("*.sqlite3"))


def test_a_key_that_is_set_more_than_once_becomes_a_list() -> None:
    assert given(["a=1=2", "b=", "c=x", "c=y", "c=z"]) == {"a": "1=2", "b": "", "c": ["x", "y", "z"]}
    with pytest.raises(InvalidInputError):
        given(["=x"])
