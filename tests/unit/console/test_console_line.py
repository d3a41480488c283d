"""A line being typed, key by key."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.console.limits import MAX_LINE_CHARACTERS
from adapters.console.line import Line, typed


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        ("hello", "hello"),
        ("helo\x7flo", "hello"),
        ("ab👩‍💻\x7fc", "abc"),
        ("one two\x17three", "one three"),
        ("gone\x15here", "here"),
        ("a\x1b[Db\x1bOAc", "abc"),
        ("a\x00\x07b", "ab"),
        ("\x7f\x7f", ""),
        ("half\x04", "half"),
    ],
)
def test_keys_become_text(keys: str, text: str) -> None:
    assert typed(Line(), keys).text == text


def test_one_key_at_a_time_or_all_at_once_is_the_same() -> None:
    line = Line()
    for key in "helo\x7f\x7flp":
        line = typed(line, key)
    assert line == typed(Line(), "helo\x7f\x7flp") == Line(text="help")


@pytest.mark.parametrize("enter", ["\r", "\n", "\r\n"])
def test_enter_ends_the_line_and_keeps_what_follows(enter: str) -> None:
    assert typed(Line(text="y"), f"es{enter}next\n") == Line(text="yes", state="entered", rest="next\n")


def test_the_end_of_input_enters_what_is_there_and_else_ends() -> None:
    assert typed(Line(text="y"), "") == Line(text="y", state="entered")
    assert typed(Line(), "") == Line(state="end")
    assert typed(Line(), "\x04") == Line(state="end")


def test_a_key_that_got_stuck_does_not_fill_the_memory() -> None:
    assert len(typed(Line(), "x" * 100_000).text) == MAX_LINE_CHARACTERS


@settings(deadline=None)
@given(st.lists(st.text(min_size=1), max_size=8))
def test_no_keys_break_the_line(chunks: list[str]) -> None:
    line = Line()
    for keys in chunks:
        if line.state == "typing":
            line = typed(line, keys)
    assert "\x1b" not in line.text
