"""A change an agent wants to make to a file, as a unified diff (pure).

Only the agent's own words are known, not the file: instead of line numbers a hunk says which part of the file it is.
"""

from collections.abc import Iterator, Mapping, Sequence
from difflib import unified_diff
from pathlib import Path
from typing import cast

_LARGEST = 2_000
"""Lines that are compared; of more the old ones are shown and then the new ones, as comparing takes too long."""

ToolInput = Mapping[str, object]


def change_diff(tool: str, tool_input: ToolInput, *, worktree: Path) -> str:
    """What `tool` would change in its file; '' when it is no tool that changes one."""
    hunks = list(_hunks(tool, tool_input))
    if not hunks:
        return ""
    named = _text(tool_input, "file_path") or _text(tool_input, "notebook_path")
    path = named.removeprefix(f"{worktree}/")
    return "\n".join((f"--- a/{path}", f"+++ b/{path}", *(line for hunk in hunks for line in hunk)))


def _hunks(tool: str, tool_input: ToolInput) -> Iterator[list[str]]:
    match tool:
        case "Edit":
            yield _edited(tool_input)
        case "MultiEdit":
            yield from map(_edited, _objects(tool_input.get("edits")))
        case "Write":
            yield _hunk("", _text(tool_input, "content"), where="the whole file")
        case "NotebookEdit":
            mode = _text(tool_input, "edit_mode") or "replace"
            new = "" if mode == "delete" else _text(tool_input, "new_source")
            yield _hunk("", new, where=f"{mode} cell {_text(tool_input, 'cell_id')}".strip())
        case _:
            return


def _edited(edit: ToolInput) -> list[str]:
    where = "every place" if edit.get("replace_all") is True else "one place"
    return _hunk(_text(edit, "old_string"), _text(edit, "new_string"), where=where)


def _hunk(old: str, new: str, *, where: str) -> list[str]:
    before, after = old.splitlines(), new.splitlines()
    if len(before) + len(after) > _LARGEST:
        changed = [*(f"-{line}" for line in before), *(f"+{line}" for line in after)]
    else:
        # the first three lines are names of files and line numbers, which are not known
        changed = list(unified_diff(before, after, lineterm="", n=_LARGEST))[3:] or [f" {line}" for line in before]
    return [f"@@ {where} @@", *changed]


def _text(tool_input: ToolInput, name: str) -> str:
    value = tool_input.get(name)
    return "" if value is None else str(value)


def _objects(value: object) -> Iterator[ToolInput]:
    entries: Sequence[object] = cast("list[object]", value) if isinstance(value, list) else ()
    return (cast("ToolInput", entry) for entry in entries if isinstance(entry, Mapping))
