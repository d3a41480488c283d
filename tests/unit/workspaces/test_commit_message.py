"""Commit messages carry any text, and their trailers can be read back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.workspaces.commit_message import commit_message, trailer_lines, with_trailers

TRAILERS = {"Task": "T142", "Step": "build"}


def test_a_message_is_subject_body_and_trailers():
    message = commit_message(subject="Fix it", body="Because.\n\nReally.", trailers=TRAILERS)
    assert message == "Fix it\n\nBecause.\n\nReally.\n\nTask: T142\nStep: build\n"


def test_an_empty_body_leaves_no_gap():
    assert commit_message(subject="Fix it", body=" \n", trailers=TRAILERS) == "Fix it\n\nTask: T142\nStep: build\n"


@pytest.mark.parametrize(
    ("said", "closing"),
    [
        ("Fixes #12", "Fixes #"),
        ("It closes: owner/repo#12 as well", "closes: owner"),
        ("resolved GH-12", "resolved GH"),
        ("this fixes https://github.com/o/r/issues/12", "fixes http"),
        ("thanks @alice", "@alice"),
    ],
)
def test_what_agents_write_closes_nothing_and_calls_nobody(said, closing):
    for message in (
        commit_message(subject=said, body="", trailers=TRAILERS),
        commit_message(subject="Work", body=f"First.\n\n{said}", trailers=TRAILERS),
    ):
        assert closing not in message
        assert said in message.replace("\u2060", ""), "it reads the same"


@pytest.mark.parametrize(
    "said", ["The fix for #12", "see #12", "a fix in src/a.py", "mail a@b.example", "Fix issue #123"]
)
def test_what_closes_nothing_anyway_stays_as_it_is(said):
    assert commit_message(subject=said, body=said, trailers={}) == f"{said}\n\n{said}\n"


@given(st.text(st.characters()), st.text(st.characters()))
def test_any_text_makes_one_subject_line_and_trailers_as_the_last_paragraph(subject, body):
    message = commit_message(subject=subject, body=body, trailers={"Task": subject})
    paragraphs = message.rstrip("\n").split("\n\n")
    assert paragraphs[0].strip() == paragraphs[0] != ""
    assert "\n" not in paragraphs[0]
    assert paragraphs[-1].startswith("Task:")
    message.encode()
    assert "\x00" not in message


@pytest.mark.parametrize("key", ["", "Two words", "A:b", "A\nB", "Ü"])
def test_a_key_that_git_would_not_read_back_is_refused(key):
    with pytest.raises(ValueError, match="trailer"):
        trailer_lines({key: "x"})


@pytest.mark.parametrize(
    ("message", "kept"),
    [
        ("Fix it", "Fix it"),
        ("Fix it\n\nBecause.\n", "Fix it\n\nBecause."),
        ("Fix it\n\nBecause: of this.\nAnd that.\n", "Fix it\n\nBecause: of this.\nAnd that."),
        ("Fix it\n\nBecause.\n\nTask: T1\nStep: other\n", "Fix it\n\nBecause."),
        ("Fix it\n\nTask: T142\nStep: build\n", "Fix it"),
        ("Fix: it", "Fix: it"),
        ("", "Work done"),
    ],
)
def test_a_message_gets_other_trailers_and_keeps_the_rest(message, kept):
    assert with_trailers(message, TRAILERS) == f"{kept}\n\nTask: T142\nStep: build\n"
