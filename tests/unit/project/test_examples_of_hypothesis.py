"""The examples that Hypothesis tries are those of every other run: a failure nobody sees twice helps nobody."""

import sys
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st


def tried() -> list[object]:
    """What is tried in one run of a test."""
    seen: list[object] = []

    @settings(derandomize=True, database=None, max_examples=300)
    @given(st.lists(st.text() | st.integers() | st.floats(allow_nan=False), max_size=5))
    def look(example: list[object]) -> None:
        seen.append(example)

    look()
    return seen


def test_the_same_examples_are_tried_whatever_else_is_loaded(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    before = tried()
    source = tmp_path / "another_of_ours.py"
    source.write_text(f"NUMBERS = {list(range(1000, 1500))}\nWORDS = {[f'word {number}' for number in range(500)]}\n")
    another = ModuleType(source.stem)
    another.__file__ = str(source)
    monkeypatch.setitem(sys.modules, source.stem, another)

    assert tried() == before or settings.get_current_profile_name() == "search"
