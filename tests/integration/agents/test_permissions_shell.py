"""What the policy allows, run by a real shell: nothing outside the worktree is read, written or even listed."""

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.permission_loader import load_permissions
from core.agents.permissions import Effect
from core.agents.rule_policy import RulePolicy

PROGRAMS = [
    "cat",
    "ls",
    "grep",
    "head",
    "wc",
    "find",
    "sort",
    "sed",
    "cut",
    "diff",
    "uniq",
    "touch",
    "mkdir",
    "tail",
    "nl",
]
MARK = "OUTSIDE-MARK"
WORD_TEXT = r"""
src f src/f link link-folder link-folder/f src/up .. ../outside . * l* */* ? [a-z]* .* -n -e -r -R -f -l -L -A -m -- -o
x @x a=b /x/ 1p -name -k -t -d, -u -rn -ef -flink --file=link --fil --reg --exclude-from=link $x ${x} 'x' \x ~ ~/f
{link,f} [a]
3 -maxdepth 1 -follow $'x' "$x" $(echo) `echo` <(cat) -printf %p
"""
WORDS = WORD_TEXT.split()
JOINTS = [";", "&&", "||", "|", "&", ">", ">>", "<", "&>", "<<<", "2>", "$(", "`", ")", "\n", "2>&1 |", "&& ("]
STARTS = ["", "", "", "", "(cd src && ", "timeout 1 ", "bash -c '", "x=f ", "env ", "cd src; "]
LINKS = {
    **dict.fromkeys(["-e", "-n", "a=b", "@x", "1p", "x", "$x", "3", "[a]"], "../outside/f"),
    "link": f"../outside/{MARK}.txt",
    "src/up": f"../../outside/{MARK}.txt",
    "src/x": "../../outside/f",
    "link-folder": "../outside",
    "~": "../outside",
}
"""Links out of the worktree, some of them named like what commands take for something else than a file."""


@st.composite
def simple_commands(draw: st.DrawFn) -> str:
    """One program with words that often lead outside, sometimes in a subshell or another shell."""
    start = draw(st.sampled_from(STARTS))
    words = [draw(st.sampled_from([*PROGRAMS, "echo"])), *draw(st.lists(st.sampled_from(WORDS), max_size=5))]
    return start + " ".join(words) + {"(": ")", "b": "'"}.get(start[:1], "")


@st.composite
def commands(draw: st.DrawFn) -> str:
    """Simple commands joined by what shells join them with."""
    more = draw(st.lists(st.tuples(st.sampled_from(JOINTS), simple_commands()), max_size=2))
    return draw(simple_commands()) + "".join(f" {joint} {simple}" for joint, simple in more)


@pytest.fixture(scope="module")
def shell() -> str:
    found = shutil.which("bash")
    if found is None:
        pytest.skip("needs bash")
    return found


@pytest.fixture(scope="module")
def policy(tmp_path_factory: pytest.TempPathFactory) -> RulePolicy:
    return load_permissions(tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the few programs that are safe to run on anything: everything else is not found."""
    folder = tmp_path_factory.mktemp("programs")
    for name in [*PROGRAMS, "bash", "timeout", "env"]:
        target = shutil.which(name)
        assert target is not None
        (folder / name).symlink_to(target)
    return folder


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A worktree with links out of it, beside a folder that must stay unseen and untouched."""
    base = tmp_path_factory.mktemp("shell")
    (base / "outside").mkdir()
    for name in (f"{MARK}.txt", "f"):
        (base / "outside" / name).write_text(f"{MARK}\n")
    tree = base / "tree"
    (tree / "src").mkdir(parents=True)
    (tree / "f").write_text("f\n")
    (tree / "src/f").write_text("f\n")
    for name, target in LINKS.items():
        (tree / name).symlink_to(target)
    return base


def contents(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir()}


@pytest.mark.slow
@given(command=commands())
@settings(max_examples=400, deadline=None)
def test_what_is_allowed_stays_inside_when_a_real_shell_runs_it(
    shell: str, policy: RulePolicy, programs: Path, base: Path, tmp_path_factory: pytest.TempPathFactory, command: str
) -> None:
    verdict = policy.decide(tool="Bash", tool_input={"command": command}, worktree=base / "tree")
    if verdict.effect is not Effect.ALLOW:
        return
    # The copy keeps one allowed command from changing what the next one finds.
    copy = tmp_path_factory.mktemp("run")
    shutil.copytree(base, copy / "base", symlinks=True)
    tree = copy / "base/tree"
    outside = tree.parent / "outside"
    done = subprocess.run(
        [shell, "-c", command],
        cwd=tree,
        env={"PATH": str(programs), "HOME": str(outside), "LC_ALL": "C"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=100,
        check=False,
    )
    # Where a link points is part of the worktree, and `ls -l` may say it.
    told = b"\n".join(line for line in done.stdout.splitlines() if b"../outside" not in line)
    assert MARK.encode() not in told
    assert contents(outside) == contents(base / "outside")
    shutil.rmtree(copy)
