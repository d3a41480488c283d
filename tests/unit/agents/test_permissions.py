"""The shipped rules: what agents may do by themselves, what is asked, what never happens."""

import json
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from config.permission_loader import load_permissions
from core.agents.permissions import Effect, Rule, Verdict
from core.agents.rule_policy import RulePolicy
from core.domain.approval import Risk
from core.domain.errors import ConfigurationError

Decide = Callable[..., Verdict]


@pytest.fixture
def worktree(tmp_path: Path) -> Path:
    """A worktree with files, links out of it, links inside it, and a `.git` file as real worktrees have."""
    outside = tmp_path / "outside"
    (outside / "folder").mkdir(parents=True)
    (outside / "secret.txt").write_text("secret")
    tree = tmp_path / "worktree"
    (tree / "src/deep").mkdir(parents=True)
    (tree / "src/a.py").write_text("a")
    (tree / ".git").write_text("gitdir: elsewhere")
    (tree / "link-file").symlink_to(outside / "secret.txt")
    (tree / "link-folder").symlink_to(outside / "folder")
    (tree / "src/link-up").symlink_to("../../outside/secret.txt")
    (tree / "-dash-link").symlink_to(outside / "secret.txt")
    (tree / "fine-link").symlink_to("src/a.py")
    (tree / "deep-link").symlink_to("src/deep")
    (tree / "circle").symlink_to("circle")
    return tree


@pytest.fixture
def decide(worktree: Path, tmp_path: Path) -> Decide:
    """Decide a call by the shipped rules."""
    policy = load_permissions(tmp_path / "home")

    def _decide(tool: str, **tool_input: object) -> Verdict:
        return policy.decide(tool=tool, tool_input=tool_input, worktree=worktree)

    return _decide


def listed(name: str) -> list[str]:
    """The commands of one list: a line each, as they are or as a JSON text."""
    lines = (Path(__file__).parent / "commands" / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) if line.startswith('"') else line for line in lines]


@pytest.mark.parametrize("command", listed("allowed"))
def test_reading_and_testing_inside_the_worktree_needs_nobody(decide: Decide, command: str) -> None:
    assert decide("Bash", command=command) == Verdict(effect=Effect.ALLOW)


@pytest.mark.parametrize("command", listed("asked"))
def test_what_rules_cannot_vouch_for_is_asked_with_a_reason(decide: Decide, command: str) -> None:
    verdict = decide("Bash", command=command)
    assert verdict.effect is Effect.ASK
    assert verdict.reason


@pytest.mark.parametrize("command", listed("denied"))
def test_what_leads_outside_or_is_the_orchestrators_work_never_happens(decide: Decide, command: str) -> None:
    verdict = decide("Bash", command=command)
    assert verdict.effect is Effect.DENY
    assert verdict.reason


def test_the_person_is_told_why_and_how_risky_it_is(decide: Decide) -> None:
    chmod = decide("Bash", command="chmod +x scripts/check.sh")
    assert (chmod.risk, chmod.reason) == (Risk.MEDIUM, "It changes who may use a file, or makes a link.")
    both = decide("Bash", command="chmod +x a; curl x")
    assert both.risk is Risk.HIGH
    assert "who may use" in both.reason
    assert "network" in both.reason
    assert "orchestrator does this" in decide("Bash", command="git push").reason


def test_leaving_the_sandbox_is_asked_even_for_what_is_allowed(decide: Decide) -> None:
    verdict = decide("Bash", command="ls", dangerouslyDisableSandbox=True)
    assert (verdict.effect, verdict.risk) == (Effect.ASK, Risk.HIGH)


@pytest.mark.parametrize(
    ("tool", "tool_input", "effect"),
    [
        ("Read", {"file_path": "src/a.py"}, Effect.ALLOW),
        ("Read", {"file_path": "fine-link"}, Effect.ALLOW),
        ("Read", {"file_path": "src/none/yet.py"}, Effect.ALLOW),
        ("Write", {"file_path": "src/none/yet.py"}, Effect.ALLOW),
        ("Edit", {"file_path": "src/a.py"}, Effect.ALLOW),
        ("Grep", {"pattern": "/etc/../x"}, Effect.ALLOW),
        ("Grep", {"pattern": "x", "path": "src", "glob": "*.{py,md}"}, Effect.ALLOW),
        ("Glob", {"pattern": "**/*.py"}, Effect.ALLOW),
        ("TodoWrite", {"todos": []}, Effect.ALLOW),
        ("AskUserQuestion", {"questions": []}, Effect.ASK),
        ("WebFetch", {"url": "https://example.org"}, Effect.ASK),
        ("WebSearch", {"query": "x"}, Effect.ASK),
        ("mcp__server__tool", {"path": "/api"}, Effect.ASK),
        ("Unheard", {}, Effect.ASK),
        ("Bash", {"command": ["ls"]}, Effect.ASK),
        ("Bash", {}, Effect.ASK),
        ("Read", {"file_path": "link-file"}, Effect.DENY),
        ("Read", {"file_path": "../outside/secret.txt"}, Effect.DENY),
        ("Read", {"file_path": "/etc/passwd"}, Effect.DENY),
        ("Read", {"file_path": " /etc/passwd"}, Effect.DENY),
        ("Read", {"file_path": "\ufeff/etc/passwd"}, Effect.DENY),
        ("Read", {"file_path": "~/.ssh/id_rsa"}, Effect.DENY),
        ("Read", {"file_path": "src\x00"}, Effect.DENY),
        ("Read", {"file_path": "\ud800"}, Effect.DENY),
        ("Read", {"file_path": "circle"}, Effect.DENY),
        ("Read", {"file_path": "link-folder/../secret.txt"}, Effect.DENY),
        ("Read", {"file_path": "deep-link/../../outside/secret.txt"}, Effect.DENY),
        ("Read", {"file_path": 3}, Effect.DENY),
        ("Read", {}, Effect.DENY),
        ("Write", {"file_path": "link-folder/new.txt"}, Effect.DENY),
        ("Write", {"file_path": ".git"}, Effect.DENY),
        ("Write", {"file_path": ".git/config"}, Effect.DENY),
        ("Edit", {"file_path": "vendor/.Git/config"}, Effect.DENY),
        ("NotebookEdit", {"notebook_path": "/x.ipynb"}, Effect.DENY),
        ("MultiEdit", {"file_path": "../x"}, Effect.DENY),
        ("Grep", {"pattern": "x", "path": ".."}, Effect.DENY),
        ("Grep", {"pattern": "x", "glob": "../*"}, Effect.DENY),
        ("Glob", {"pattern": "/etc/*"}, Effect.DENY),
        ("Glob", {"pattern": "{..,x}/*"}, Effect.DENY),
        ("Glob", {"pattern": "link-folder/*"}, Effect.DENY),
        ("Glob", {"pattern": "*", "path": "link-folder"}, Effect.DENY),
        ("Glob", {"pattern": "link-up", "path": "src"}, Effect.DENY),
        ("Glob", {"pattern": 5}, Effect.DENY),
        ("SomeTool", {"path": "/etc"}, Effect.DENY),
    ],
)
def test_tools_work_inside_the_worktree_or_not_at_all(
    decide: Decide, tool: str, tool_input: dict[str, object], effect: Effect
) -> None:
    assert decide(tool, **tool_input).effect is effect


def test_absolute_paths_inside_the_worktree_are_fine_also_through_a_linked_worktree(
    decide: Decide, worktree: Path, tmp_path: Path
) -> None:
    assert decide("Read", file_path=str(worktree / "src/a.py")).effect is Effect.ALLOW
    assert decide("Bash", command=f"cd {worktree} && pytest -q").effect is Effect.ALLOW
    assert decide("Bash", command=f"cat {worktree}/src/a.py").effect is Effect.ALLOW
    (tmp_path / "alias").symlink_to(worktree)
    policy = load_permissions(tmp_path / "home")
    for path in ("src/a.py", str(tmp_path / "alias/src/a.py"), str(worktree / "src/a.py")):
        verdict = policy.decide(tool="Read", tool_input={"file_path": path}, worktree=tmp_path / "alias")
        assert verdict.effect is Effect.ALLOW


def test_a_file_named_like_an_option_keeps_wildcards_from_being_allowed(decide: Decide, worktree: Path) -> None:
    assert decide("Bash", command="ls s*").effect is Effect.ALLOW
    (worktree / "src" / "-delete").write_text("")
    assert decide("Bash", command="(cd src && find *)").effect is Effect.ASK


def test_the_first_rule_that_fits_counts_and_a_person_decides_the_rest(worktree: Path) -> None:
    policy = RulePolicy(
        rules=(
            Rule(effect=Effect.DENY, tool="Write", argument="migrations/*", reason="Frozen."),
            Rule(effect=Effect.ALLOW, tool="Writ?", argument="*.py"),
            Rule(effect=Effect.ALLOW, tool="Bash", argument="ls *"),
            Rule(effect=Effect.ALLOW, tool="*", expression="https://docs[.].*"),
        )
    )

    def effect(tool: str, **tool_input: object) -> Effect:
        return policy.decide(tool=tool, tool_input=tool_input, worktree=worktree).effect

    assert effect("Write", file_path="migrations/1.py") is Effect.DENY
    assert effect("Write", file_path="src/x.py") is Effect.ALLOW
    assert effect("Write", file_path="src/x.md") is Effect.ASK
    assert effect("Bash", command="ls > migrations/1.py") is Effect.DENY
    assert effect("Bash", command="ls > x.md") is Effect.ASK
    assert effect("Bash", command="ls > x.py") is Effect.ALLOW
    assert effect("Bash", command="lsof") is Effect.ASK
    assert effect("WebFetch", url="https://docs.example.org") is Effect.ALLOW
    assert effect("WebFetch", url="https://example.org") is Effect.ASK


def test_no_rule_allows_confinement_away(worktree: Path) -> None:
    policy = RulePolicy(rules=(Rule(effect=Effect.ALLOW),))
    for tool, tool_input in (
        ("Read", {"file_path": "link-file"}),
        ("Write", {"file_path": ".git/config"}),
        ("Bash", {"command": "cat /etc/passwd"}),
        ("Bash", {"command": "anything > ../x"}),
        ("Glob", {"pattern": "../*"}),
    ):
        assert policy.decide(tool=tool, tool_input=tool_input, worktree=worktree).effect is Effect.DENY


def test_the_users_rules_come_before_the_shipped_ones_and_may_be_for_one_project(
    worktree: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "permissions.toml").write_text(
        '[[rules]]\neffect = "allow"\ntool = "Bash"\ncommand = ["chmod *", "./run *"]\nprojects = ["shop"]\n'
    )

    def effect(project: str) -> Effect:
        policy = load_permissions(home, project=project)
        return policy.decide(tool="Bash", tool_input={"command": "chmod +x a"}, worktree=worktree).effect

    assert effect("shop") is Effect.ALLOW
    assert effect("other") is Effect.ASK


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[[rules]]\nefect = "allow"\n', "rules[0].efect is not a known key. Did you mean effect?"),
        ('[[rules]]\neffect = "maybe"\n', "rules[0].effect must be 'allow', 'ask' or 'deny', not 'maybe'."),
        ('[[rules]]\neffect = "allow"\nmatches = "("\n', "not a regular expression"),
        ('[[rules]]\neffect = "allow"\ncommand = "a"\npath = "b"\n', "only one of command, path and url"),
        ('[[rule]]\neffect = "allow"\n', "rule is not a known key. Did you mean rules?"),
    ],
)
def test_a_rules_file_that_cannot_be_used_says_what_is_wrong(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "permissions.toml").write_text(text)
    with pytest.raises(ConfigurationError) as caught:
        load_permissions(tmp_path)
    assert said in caught.value.message


def test_a_folder_change_that_cannot_be_followed_is_asked(decide: Decide) -> None:
    for command in ("cd", "cd src deep", "cd -", "cd $WHERE"):
        verdict = decide("Bash", command=command)
        assert verdict.effect is Effect.ASK, command
        assert "only when it runs" in verdict.reason


def test_emptying_a_file_counts_as_writing_it(decide: Decide) -> None:
    assert decide("Bash", command="> src/new.py") == decide("Write", file_path="src/new.py", content="")
    assert decide("Bash", command="> .git/config").effect is not Effect.ALLOW
    assert decide("Bash", command="> ../outside/secret.txt").effect is Effect.DENY


def test_shells_inside_shells_are_followed_for_a_while_and_then_asked_about(decide: Decide) -> None:
    command = "ls"
    verdicts: list[Verdict] = []
    for _ in range(5):
        command = f"sh -c {shlex.quote(command)}"
        verdicts.append(decide("Bash", command=command))
    assert verdicts[0].effect is Effect.ALLOW
    assert (verdicts[-1].effect, verdicts[-1].risk) == (Effect.ASK, Risk.HIGH)
    assert "too complex" in verdicts[-1].reason
