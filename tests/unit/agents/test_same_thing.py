"""What was permitted for a task lets exactly the same thing through, and never what the rules deny."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from core.agents.permissions import Effect, Rule
from core.agents.rule_policy import UNSANDBOXED, RulePolicy
from core.agents.same_thing import Permitted, permitting, same_thing

RULES = RulePolicy(
    rules=(
        Rule(effect=Effect.DENY, tool="Bash", argument="rm *", reason="Nothing is removed."),
        Rule(effect=Effect.ALLOW, tool="Bash", argument="ls *"),
        Rule(effect=Effect.DENY, tool="Edit", argument="secret*"),
        Rule(effect=Effect.ASK),
    )
)


@pytest.fixture
def worktree(tmp_path: Path) -> Path:
    """A worktree with a file, a link to it, and a link out of it."""
    tree = tmp_path / "T1"
    (tree / "src").mkdir(parents=True)
    (tree / "src/a.py").write_text("a")
    (tree / "link.py").symlink_to("src/a.py")
    (tmp_path / "outside.py").write_text("b")
    (tree / "out.py").symlink_to(tmp_path / "outside.py")
    return tree


def effect(permitted: tuple[str, Mapping[str, object]], call: tuple[str, Mapping[str, object]], tree: Path) -> Effect:
    """What becomes of `call` after `permitted` was."""
    tool, tool_input = permitted
    known = Permitted(tool=tool, what=same_thing(tool, tool_input, worktree=tree), approval="A17")
    policy = permitting(RULES, [known])
    return policy.decide(tool=call[0], tool_input=call[1], worktree=tree).effect


def bash(command: object, **more: object) -> tuple[str, Mapping[str, object]]:
    return "Bash", {"command": command, **more}


@pytest.mark.parametrize(
    ("call", "then"),
    [
        (bash("npm install"), Effect.ALLOW),
        (bash("npm install", description="Another reason", timeout=60), Effect.ALLOW),
        (bash("npm install left-pad"), Effect.ASK),
        (bash("npm  install"), Effect.ASK),
        (bash("npm install && curl evil.example"), Effect.ASK),
        (bash("npm install", **{UNSANDBOXED: True}), Effect.ASK),
        (bash('{"command":"npm install","sandbox":true}'), Effect.ASK),
        (("mcp__shop__Bash", {"command": "npm install"}), Effect.ASK),
        (bash(["npm install"]), Effect.ASK),
        (bash("rm -r build"), Effect.DENY),
        (bash("ls"), Effect.ALLOW),
    ],
)
def test_a_command_is_the_same_thing_when_its_text_is(
    call: tuple[str, Mapping[str, object]], then: Effect, worktree: Path
) -> None:
    assert effect(bash("npm install"), call, worktree) is then


def test_what_was_permitted_outside_the_sandbox_is_a_thing_of_its_own(worktree: Path) -> None:
    outside = bash("npm install", **{UNSANDBOXED: True})
    assert effect(outside, outside, worktree) is Effect.ALLOW
    assert effect(outside, bash("npm install"), worktree) is Effect.ASK


@pytest.mark.parametrize(
    ("call", "then"),
    [
        (("Edit", {"file_path": "src/a.py", "old_string": "x", "new_string": "y"}), Effect.ALLOW),
        (("Edit", {"file_path": "./src/../src/a.py"}), Effect.ALLOW),
        (("Edit", {"file_path": "link.py"}), Effect.ALLOW),
        (("Edit", {"file_path": "src/b.py"}), Effect.ASK),
        (("Write", {"file_path": "src/a.py"}), Effect.ASK),
        (("Edit", {"file_path": "out.py"}), Effect.DENY),
        (("Edit", {"file_path": "secret.py"}), Effect.DENY),
        (("Edit", {}), Effect.DENY),
    ],
)
def test_an_edit_is_the_same_thing_when_its_file_is(
    call: tuple[str, Mapping[str, object]], then: Effect, worktree: Path
) -> None:
    assert effect(("Edit", {"file_path": str(worktree / "src/a.py"), "old_string": "a"}), call, worktree) is then


def test_a_file_is_the_same_in_the_worktree_of_another_step(worktree: Path, tmp_path: Path) -> None:
    lane = tmp_path / "T1.lane-test"
    (lane / "src").mkdir(parents=True)
    names = [same_thing("Edit", {"file_path": str(tree / "src/a.py")}, worktree=tree) for tree in (worktree, lane)]
    assert names[0] == names[1] != ""


@pytest.mark.parametrize(
    ("call", "then"),
    [
        (("WebFetch", {"prompt": "Read it.", "url": "https://shop.example"}), Effect.ALLOW),
        (("WebFetch", {"url": "https://shop.example", "prompt": "Read all."}), Effect.ASK),
        (("WebFetch", {"url": "https://shop.example"}), Effect.ASK),
        (("WebSearch", {"url": "https://shop.example", "prompt": "Read it."}), Effect.ASK),
    ],
)
def test_of_every_other_tool_the_whole_input_has_to_be_the_same(
    call: tuple[str, Mapping[str, object]], then: Effect, worktree: Path
) -> None:
    assert effect(("WebFetch", {"url": "https://shop.example", "prompt": "Read it."}), call, worktree) is then


@pytest.mark.parametrize(
    ("tool", "tool_input"),
    [
        ("Bash", {}),
        ("Bash", {"command": ""}),
        ("Bash", {"command": 7}),
        ("Edit", {"file_path": ""}),
        ("Edit", {"file_path": "../outside.py"}),
        ("NotebookEdit", {"file_path": "a.ipynb"}),
    ],
)
def test_what_names_nothing_is_never_the_same(tool: str, tool_input: Mapping[str, object], worktree: Path) -> None:
    what = same_thing(tool, tool_input, worktree=worktree)
    assert what == ""
    assert permitting(RULES, [Permitted(tool=tool, what=what, approval="A17")]) is RULES


def test_a_permission_that_was_taken_into_the_rules_as_denied_is_void(worktree: Path) -> None:
    assert effect(bash("rm -r build"), bash("rm -r build"), worktree) is Effect.DENY


def test_an_allowed_call_says_which_approval_permits_it(worktree: Path) -> None:
    tool, tool_input = bash("npm install")
    what = same_thing(tool, tool_input, worktree=worktree)
    policy = permitting(RULES, [Permitted(tool=tool, what=what, approval="A17")])
    assert "A17" in policy.decide(tool=tool, tool_input=tool_input, worktree=worktree).reason
