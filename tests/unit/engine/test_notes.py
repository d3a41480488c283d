"""The shared notes of a task: in order, under names, without secrets, and never too long for a prompt."""

from pathlib import Path

import pytest

from core.domain.errors import InvalidInputError, WorkspaceError
from core.engine.notes import MOST_AT_ONCE, MOST_CHARACTERS, SHOWN_CHARACTERS, TaskNotes
from tests.support.values import T1


def notes(folder: Path) -> TaskNotes:
    return TaskNotes(folder, T1, mask=lambda text: text.replace("hunter2", "***"))


def test_without_notes_there_is_nothing_to_read(tmp_path: Path) -> None:
    assert notes(tmp_path / "new").read() == ""
    assert notes(tmp_path / "new").latest() == ""
    assert not (tmp_path / "new").exists(), "reading makes no folder"


def test_notes_are_kept_in_order_under_the_names_of_their_authors(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    notes(folder).add("The tax is added twice.\n", by="analyst (T1.1)")
    notes(folder).add("  Fixed in a.py.", by="builder (T1.2)")
    text = "## analyst (T1.1)\nThe tax is added twice.\n\n## builder (T1.2)\nFixed in a.py.\n\n"
    assert notes(folder).read() == notes(folder).latest() == text


def test_secrets_are_never_written(tmp_path: Path) -> None:
    notes(tmp_path).add("The password is hunter2", by="builder")
    (file,) = tmp_path.iterdir()
    assert file.read_text(encoding="utf-8") == "## builder\nThe password is ***\n\n"


def test_each_task_has_notes_of_its_own(tmp_path: Path) -> None:
    notes(tmp_path).add("Mine.", by="builder")
    other = TaskNotes(tmp_path, type(T1)("T11"), mask=str)
    assert other.read() == ""


@pytest.mark.parametrize("text", ["", "  \n\t", "x" * (MOST_AT_ONCE + 1)], ids=["empty", "blank", "too long"])
def test_a_note_that_cannot_be_taken_is_refused_with_a_hint_and_not_written(tmp_path: Path, text: str) -> None:
    with pytest.raises(InvalidInputError) as refusal:
        notes(tmp_path).add(text, by="builder")
    assert refusal.value.hint
    assert notes(tmp_path).read() == ""


def test_full_notes_take_no_more_and_keep_what_there_is(tmp_path: Path) -> None:
    mine = notes(tmp_path)
    with pytest.raises(InvalidInputError, match="full"):
        for _ in range(MOST_CHARACTERS // MOST_AT_ONCE + 1):
            mine.add("x" * MOST_AT_ONCE, by="builder")
    assert len(mine.read()) <= MOST_CHARACTERS + 1000
    assert mine.read().count("## builder") == MOST_CHARACTERS // MOST_AT_ONCE - 1


def test_a_prompt_is_shown_the_newest_notes_from_the_beginning_of_one(tmp_path: Path) -> None:
    for number in range(20):
        notes(tmp_path).add(f"{number}:" + "x" * 1000, by="builder")
    latest = notes(tmp_path).latest()
    assert len(latest) <= SHOWN_CHARACTERS
    assert latest.startswith("## builder\n13:")
    assert latest.endswith(notes(tmp_path).read()[-1000:])


def test_one_note_that_is_longer_than_a_prompt_takes_is_cut_at_its_front(tmp_path: Path) -> None:
    (tmp_path / f"{T1}.md").write_text("x" * (SHOWN_CHARACTERS + 5) + "end", encoding="utf-8")
    latest = notes(tmp_path).latest()
    assert len(latest) == SHOWN_CHARACTERS
    assert latest.endswith("end")


def test_a_file_that_is_no_text_is_read_as_far_as_it_is(tmp_path: Path) -> None:
    (tmp_path / f"{T1}.md").write_bytes(b"ok \xff")
    assert notes(tmp_path).read() == "ok \ufffd"


def test_notes_that_cannot_be_written_are_refused_with_what_to_do_instead(tmp_path: Path) -> None:
    (tmp_path / "in the way").write_text("a file, not a folder")
    with pytest.raises(WorkspaceError, match="cannot be written") as refusal:
        notes(tmp_path / "in the way").add("Look here.", by="analyst")
    assert refusal.value.hint == "Say it in your result instead."
