"""Text from outside: what is left of it, and how wide it gets."""

import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from adapters.chat.text import MAX_MARKS, cut, one_line, printable

HOSTILE = st.lists(
    st.one_of(
        st.text(),
        st.text(alphabet=st.characters(categories=["Cs", "Cc", "Cf", "Mn"])),
        st.sampled_from(
            [
                "\x1b[31m",
                "\x1b]0;title\x07",
                "\x1b]8;;http://x\x1b\\",
                "\x9b2J",
                "\x1bPq\x1b\\",
                "\x1b",
                "\u202e",
                "👩‍💻",
            ]
        ),
    ),
    max_size=12,
).map("".join)


def steers_or_hides(text: str) -> bool:
    """Whether any character of `text` is a control, a surrogate, or an invisible format character but a joiner."""
    return any(
        unicodedata.category(c) in {"Cc", "Cs"} or c in "\u200b\u200e\u202e\u2066\ufeff" for c in text if c != "\n"
    )


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("\x1b[1;31mred\x1b[0m", "red"),
        ("\x1b]0;new title\x07after", "after"),
        ("\x1b]8;;https://evil.example\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x9b31mred", "red"),
        ("\x1bPsecret\x1b\\x", "x"),
        ("a\r\nb\rc\u2028d\x85e", "a\nb\nc\nd\ne"),
        ("tab\there", "tab here"),
        ("abc\u202edef\u2069", "abcdef"),
        ("half \ud83d of a pair", "half \ufffd of a pair"),
        ("nul\x00 bell\x07", "nul bell"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("tag\U000e0041\U000e0042", "tag"),
        ("می‌خواهم", "می‌خواهم"),
        ("👩‍💻 works", "👩‍💻 works"),
    ],
)
def test_only_what_can_be_read_is_left(raw: str, shown: str) -> None:
    assert printable(raw) == shown


def test_marks_do_not_pile_up_over_other_lines() -> None:
    assert printable("a" + "\u0301" * 500) == "a" + "\u0301" * MAX_MARKS


@settings(deadline=None)
@given(HOSTILE)
def test_whatever_comes_in_nothing_steers_the_terminal(raw: str) -> None:
    assert not steers_or_hides(printable(raw))


@settings(deadline=None)
@given(HOSTILE)
def test_cleaning_twice_changes_nothing_more(raw: str) -> None:
    assert printable(printable(raw)) == printable(raw)


@settings(deadline=None)
@given(HOSTILE, st.integers(min_value=0, max_value=60))
def test_a_line_is_one_line_and_never_wider_than_asked(raw: str, width: int) -> None:
    line = one_line(raw, width=width)
    assert cell_len(line) <= width
    assert "\n" not in line


def test_text_that_fits_is_left_alone() -> None:
    assert cut("日本語", width=6) == "日本語"


def test_a_cut_text_says_so_and_keeps_characters_whole() -> None:
    assert cut("日本語", width=5) == "日本…"
    assert cut("ab👩‍💻cd", width=4) == "ab…"
    assert cut("hello world", width=7) == "hello…"


def test_an_ascii_ellipsis_counts_its_three_columns() -> None:
    assert cut("hello world", width=8, ellipsis="...") == "hello..."


def test_a_megabyte_without_a_line_break_is_cut_at_once() -> None:
    assert one_line("é" * 1_000_000, width=20) == "é" * 19 + "…"


def test_many_unfinished_escapes_are_cleaned_in_linear_time() -> None:
    assert re.fullmatch(r"[\]x]*", printable("\x1b]x" * 100_000))
