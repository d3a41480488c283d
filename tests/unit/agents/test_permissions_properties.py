"""The policy against everything: nothing outside is ever allowed, nothing appended ever loosens it, it never raises."""

import os
import shlex
import string
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.permission_loader import load_permissions
from core.agents.permissions import Effect
from core.agents.rule_policy import RulePolicy
from core.agents.shell import read_script

ANY_TEXT = st.text(alphabet=st.characters(codec=None))
SHELL_TEXT = st.lists(
    st.sampled_from(
        [
            "ls",
            "cat",
            "git",
            "push",
            "diff",
            "src",
            "link",
            "..",
            "/",
            "/etc/passwd",
            " ",
            " ",
            " ",
            ";",
            "&",
            "|",
            "\n",
            "\\",
            "'",
            '"',
            "`",
            "$(",
            "${",
            "$x",
            ")",
            "(",
            "}",
            "{",
            "<",
            ">",
            "#",
            "*",
            "?",
            "[",
            "]",
            "~",
            "=",
            "-",
            "--",
            "&&",
            "<<",
            "1",
            "!",
            "cd",
            "-e",
            "grep",
            "\x00",
            "\ud800",
            "é",
        ]
    )
    | st.text(max_size=3),
    max_size=25,
).map("".join)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
TOOLS = st.sampled_from(
    [
        "Bash",
        "Read",
        "Edit",
        "Write",
        "MultiEdit",
        "NotebookEdit",
        "Grep",
        "Glob",
        "LS",
        "WebFetch",
        "AskUserQuestion",
        "mcp__a__b",
    ]
)
KEYS = st.sampled_from(
    ["command", "file_path", "path", "notebook_path", "pattern", "glob", "url", "dangerouslyDisableSandbox"]
)


@pytest.fixture(scope="module")
def worktree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A worktree full of links in and out, beside a folder that holds a secret."""
    base = tmp_path_factory.mktemp("policy")
    (base / "outside/in").mkdir(parents=True)
    (base / "outside/secret").write_text("SECRET")
    (base / "outside/in/secret").write_text("SECRET")
    tree = base / "worktree"
    (tree / "a/b").mkdir(parents=True)
    for path in ("f", "a/f", "a/b/f"):
        (tree / path).write_text("inside")
    (tree / ".git").write_text("gitdir: elsewhere")
    for link, target in {
        "out": "../outside",
        "a/out": "../../outside/secret",
        "deep": "a/b",
        "a/b/up": "..",
        "abs": str(base / "outside/in"),
        "chain": "out/in",
        "loop": "loop",
        "back": "../worktree/a",
        "-n": "../outside/secret",
        "a/b/home": "/",
    }.items():
        (tree / link).symlink_to(target)
    return tree


@pytest.fixture(scope="module")
def policy(tmp_path_factory: pytest.TempPathFactory) -> RulePolicy:
    """The shipped rules."""
    return load_permissions(tmp_path_factory.mktemp("home"))


PARTS = st.lists(
    st.sampled_from(
        [
            "a",
            "b",
            "f",
            "out",
            "deep",
            "up",
            "abs",
            "chain",
            "loop",
            "back",
            "home",
            "..",
            ".",
            "",
            "secret",
            "outside",
            "worktree",
            "in",
            "new",
            "etc",
            "-n",
        ]
    ),
    min_size=1,
    max_size=7,
).map("/".join)
PATHS = PARTS | PARTS.map("/".__add__) | PARTS.map("~/".__add__)


def really_inside(path: str, worktree: Path) -> bool:
    """What the kernel says: open every folder of the path in turn, which no reading of ours can talk out of a link."""
    # Only what exists can be read; what does not exist is followed as far as it goes.
    try:
        real = Path(worktree, path).resolve(strict=True)
    except (OSError, RuntimeError):
        return True
    return real.is_relative_to(worktree.resolve())


@settings(deadline=None)
@given(path=PATHS, tool=st.sampled_from(["Read", "Write", "Edit", "Grep", "Glob", "LS"]))
def test_no_file_tool_is_ever_allowed_outside_whatever_links_and_dots(
    policy: RulePolicy, worktree: Path, path: str, tool: str
) -> None:
    key = "path" if tool in {"Grep", "Glob", "LS"} else "file_path"
    verdict = policy.decide(tool=tool, tool_input={key: path, "pattern": "x"}, worktree=worktree)
    if verdict.effect is not Effect.DENY:
        assert really_inside(path, worktree)
        assert really_inside(os.path.normpath(path), worktree)


@settings(deadline=None)
@given(
    path=PATHS,
    form=st.sampled_from(
        [
            "cat {}",
            "head -n 1 {}",
            "ls -la {}",
            "grep -e x {}",
            "grep x f {}",
            "cat f < {}",
            "ls > {}",
            "git diff -- {}",
            "cat -- {}",
            "(cd a && cat {})",
            "(cd {} && ls)",
            "find {} -name x",
            "pytest {}",
            "pytest -c{}",
            "pytest --rootdir={}",
            "rg x -f {}",
            "PYTHONPATH={} pytest",
            "sort -k 1 {}",
            "cat f; cat {}",
            "bash -c 'cat {}'",
            "echo $(cat {})",
            "timeout 5 cat {}",
            "cut -d: {}",
        ]
    ),
)
def test_no_command_is_ever_allowed_a_path_outside(policy: RulePolicy, worktree: Path, path: str, form: str) -> None:
    verdict = policy.decide(tool="Bash", tool_input={"command": form.format(path)}, worktree=worktree)
    if verdict.effect is Effect.ALLOW:
        base = worktree / "a" if form.startswith("(cd a") else worktree
        assert really_inside(str(base / path), worktree)


@settings(deadline=None)
@given(
    command=SHELL_TEXT,
    more=SHELL_TEXT | ANY_TEXT,
    joint=st.sampled_from([";", "; ", "\n", " && ", " || ", " | ", " & "]),
)
def test_appending_anything_never_turns_a_question_or_a_denial_into_an_allowance(
    policy: RulePolicy, worktree: Path, command: str, more: str, joint: str
) -> None:
    def effect(text: str) -> Effect:
        return policy.decide(tool="Bash", tool_input={"command": text}, worktree=worktree).effect

    # A text that is only half a quotation or comment is another one once it goes on: only whole ones can be compared.
    script = read_script(command)
    if script.understood and script.commands and effect(command) is not Effect.ALLOW:
        assert effect(f"{command}{joint}{more}") is not Effect.ALLOW


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(tool=TOOLS | ANY_TEXT, tool_input=st.dictionaries(KEYS | ANY_TEXT, JSON | SHELL_TEXT | PATHS, max_size=4))
def test_there_is_a_verdict_on_whatever_an_agent_sends(
    policy: RulePolicy, worktree: Path, tool: str, tool_input: dict[str, object]
) -> None:
    verdict = policy.decide(tool=tool, tool_input=tool_input, worktree=worktree)
    assert verdict.reason or verdict.effect is Effect.ALLOW


@settings(deadline=None)
@given(SHELL_TEXT)
def test_reading_shell_text_is_total(text: str) -> None:
    script = read_script(text)
    assert all(command.words or command.assignments or command.redirections for command in script.commands)


QUOTABLE = st.text(
    alphabet=string.printable.replace("\x0b", "").replace("\x0c", "").replace("\r", "") + "é☃", max_size=12
)


@settings(deadline=None)
@given(st.lists(QUOTABLE, min_size=1, max_size=5))
def test_quoted_words_are_read_as_they_were_before_quoting(words: list[str]) -> None:
    script = read_script("x " + shlex.join(words))
    assert script.understood
    assert [[word.text for word in command.words] for command in script.commands] == [["x", *words]]
    assert not any(word.dynamic or word.tilde or word.pattern for word in script.commands[0].words)


@pytest.mark.parametrize(
    "text",
    ["(" * 20_000, "$(" * 9_000, "`" * 20_001, '"$(' * 5_000, "a;" * 9_999, "<(" * 9_000, "x " * 400, "*/" * 9_000],
)
def test_a_command_built_to_be_slow_is_judged_quickly(policy: RulePolicy, worktree: Path, text: str) -> None:
    started = time.process_time()
    assert policy.decide(tool="Bash", tool_input={"command": text}, worktree=worktree).effect is not Effect.ALLOW
    assert time.process_time() - started < 2
