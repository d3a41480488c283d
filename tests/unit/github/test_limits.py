"""Texts that are too long are shortened where it hurts least."""

from hypothesis import given
from hypothesis import strategies as st

from adapters.github.limits import (
    MAX_BODY,
    MAX_COMMENT,
    MAX_COMMENTS,
    MAX_COMMENTS_TEXT,
    MAX_TITLE,
    bounded_body,
    bounded_comments,
    bounded_title,
)


@given(st.text(max_size=600))
def test_a_title_is_one_line_that_github_takes(text):
    title = bounded_title(text)
    assert 0 < len(title) <= MAX_TITLE
    assert "\n" not in title


def test_a_short_body_stays_as_it_is():
    assert bounded_body("Done.", closing="Fixes #7") == "Done.\n\nFixes #7"
    assert bounded_body("", closing="Fixes #7") == "Fixes #7"
    assert bounded_body("Done.") == "Done."


@given(st.integers(0, 5), st.sampled_from(["a", "```\n", "x\n```\n"]))
def test_a_long_body_keeps_its_end_and_closes_its_fences(more, piece):
    body = bounded_body(piece * (MAX_BODY // len(piece) + more), closing="Fixes #7")
    assert len(body) <= MAX_BODY
    assert body.endswith("Fixes #7")
    assert sum(line.startswith("```") for line in body.splitlines()) % 2 == 0


def test_few_comments_stay_as_they_are():
    assert bounded_comments(["a: 1", "b: 2"], total=2) == ("a: 1", "b: 2")


@given(st.lists(st.integers(0, 2 * MAX_COMMENT), max_size=150), st.integers(0, 900))
def test_comments_together_stay_below_their_limit_and_the_gap_is_counted(sizes, unread):
    comments = [f"{number}:" + "x" * size for number, size in enumerate(sizes)]
    shown = bounded_comments(comments, total=len(comments) + unread)
    kept = [each for each in shown if not each.startswith("… ")]
    assert len(kept) <= MAX_COMMENTS
    assert sum(map(len, kept)) <= MAX_COMMENTS_TEXT
    missing = len(comments) + unread - len(kept)
    assert (f"… {missing} comments in between are left out …" in shown) == (missing > 0)
    if comments:
        assert shown[-1].startswith(f"{len(comments) - 1}:")
