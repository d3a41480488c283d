"""Branch names are valid for git whatever they are made from."""

import re
import subprocess

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.domain.identity import TaskId
from core.workspaces.branch_name import MAX_SLUG_LENGTH, branch_name, branch_slug, free_branch_name, is_branch_of

ANY_TEXT = st.text(st.characters(), max_size=300)  # surrogates and control characters too


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Fix issue #123", "fix-issue-123"),
        ("Größe & Façade", "groe-facade"),
        ("../../etc/passwd", "etc-passwd"),
        ("--force", "force"),
        ("a.lock", "a-lock"),
        ("プロジェクト", "task"),
        ("", "task"),
        ("add pagination to the list of all the orders", "add-pagination-to-the-list-of-all-the"),
        ("x" * 100, "x" * MAX_SLUG_LENGTH),
    ],
)
def test_a_slug_reads_like_its_text(text, slug):
    assert branch_slug(text) == slug


@given(ANY_TEXT)
@example("\ud800")
@example("a" * 40 + " b")
@example("a" * 39 + " b")
def test_a_slug_is_short_plain_and_never_empty(text):
    slug = branch_slug(text)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug)
    assert len(slug) <= MAX_SLUG_LENGTH
    assert branch_slug(slug) == slug


@given(ANY_TEXT)
@settings(max_examples=60, deadline=None)
def test_git_takes_every_branch_name(text):
    name = branch_name(TaskId("T142"), text)
    done = subprocess.run(["git", "check-ref-format", "--branch", name], capture_output=True, check=False, timeout=90)
    assert done.returncode == 0, name


def test_a_free_name_stays_and_a_taken_one_gets_the_next_number():
    assert free_branch_name("a/b", taken=["a/c"]) == "a/b"
    assert free_branch_name("a/b", taken=["a/b"]) == "a/b-2"
    assert free_branch_name("a/b", taken=["a/b/c", "a/b-2"]) == "a/b-3"


def test_a_branch_is_known_by_what_it_may_have_been_numbered():
    assert is_branch_of("a/T1-x", wanted="a/T1-x")
    assert is_branch_of("a/T1-x-2", wanted="a/T1-x")
    assert not is_branch_of("a/T1-x-y", wanted="a/T1-x")
    assert not is_branch_of("a/T1-x--2", wanted="a/T1-x")
