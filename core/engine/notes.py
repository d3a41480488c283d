"""The shared notes of a task: one Markdown file its agents read and add to, kept outside the repository."""

from collections.abc import Callable
from pathlib import Path

from core.domain.errors import InvalidInputError, WorkspaceError
from core.domain.identity import TaskId

MOST_CHARACTERS = 64_000
SHOWN_CHARACTERS = 8_000
MOST_AT_ONCE = 4_000


class TaskNotes:
    """One task's notes below `folder`. `mask` takes secrets out before anything is written."""

    def __init__(self, folder: Path, task: TaskId, *, mask: Callable[[str], str]) -> None:
        self._file = folder / f"{task}.md"
        self._mask = mask

    def read(self) -> str:
        """All notes; '' when there are none."""
        try:
            return self._file.read_text(encoding="utf-8", errors="replace")
        except OSError:
            return ""

    def latest(self) -> str:
        """The newest notes, as much as fits a prompt, from the beginning of a note."""
        notes = self.read()
        if len(notes) <= SHOWN_CHARACTERS:
            return notes
        cut = notes[-SHOWN_CHARACTERS:]
        start = cut.find("\n## ")
        return cut[start + 1 :] if start >= 0 else cut

    def add(self, text: str, *, by: str) -> None:
        """Add a note under the name of who wrote it; InvalidInputError when it is empty, or there is no more room.

        WorkspaceError when the file cannot be written.
        """
        note = self._mask(text).strip()
        if not note:
            raise InvalidInputError("The note is empty.", hint="Write what others should know.")
        if len(note) > MOST_AT_ONCE:
            raise InvalidInputError(f"The note has over {MOST_AT_ONCE} characters.", hint="Write the gist of it.")
        if len(self.read()) + len(note) > MOST_CHARACTERS:
            raise InvalidInputError("The notes are full.", hint="Say it in your result instead.")
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with self._file.open("a", encoding="utf-8") as file:
                file.write(f"## {by}\n{note}\n\n")
        except OSError as error:
            # notes are a help: a full disk must not end the agent that wanted to write one
            raise WorkspaceError(
                f"The notes cannot be written: {error.strerror}.", hint="Say it in your result instead."
            ) from error
