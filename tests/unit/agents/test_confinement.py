"""Wildcards are looked up inside the worktree only; what cannot be told is said to be so."""

from pathlib import Path

import pytest

from core.agents.confinement import MAX_MATCHES, expansions


@pytest.fixture
def worktree(tmp_path: Path) -> Path:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret.txt").write_text("secret")
    tree = tmp_path / "worktree"
    (tree / "src").mkdir(parents=True)
    (tree / "src" / "a.py").write_text("a")
    return tree


def found(pattern: str, worktree: Path) -> list[str] | None:
    return expansions(pattern, worktree=worktree, folder=worktree)


def test_what_matches_is_looked_at_beside_the_pattern_itself(worktree: Path):
    assert found("src/*.py", worktree) == ["src/*.py", "src/a.py"]


@pytest.mark.parametrize("pattern", ["../outside/*", "/etc/*", "~/*"])
def test_nothing_outside_is_looked_up_the_pattern_alone_says_enough(worktree: Path, pattern: str):
    assert found(pattern, worktree) == [pattern]


@pytest.mark.parametrize("pattern", [".*", "src/.*/x", "*/*/*/*"])
def test_patterns_that_shells_read_differently_cannot_be_told(worktree: Path, pattern: str):
    assert found(pattern, worktree) is None


def test_a_file_that_would_become_an_option_cannot_be_told(worktree: Path):
    (worktree / "-rf").write_text("")
    assert found("*", worktree) is None


def test_more_matches_than_anybody_looks_at_cannot_be_told(worktree: Path):
    for number in range(MAX_MATCHES + 1):
        (worktree / "src" / f"{number}.txt").touch()
    assert found("src/*.txt", worktree) is None
