"""Verdicts on the agent's file tools: inside the worktree or not at all, then as the rules say."""

import re
from collections.abc import Mapping
from pathlib import Path

from core.agents.confinement import in_git_folder, inside, inside_as_tools_read
from core.agents.permissions import Rule, Verdict, denied, first_match

OUTSIDE = "It leads outside the worktree. Work only with files inside it."
PATH_KEYS: Mapping[str, str] = {
    "Read": "file_path",
    "Edit": "file_path",
    "Write": "file_path",
    "MultiEdit": "file_path",
    "NotebookEdit": "notebook_path",
    "NotebookRead": "notebook_path",
    "Grep": "path",
    "Glob": "path",
    "LS": "path",
}
"""The built-in file tools, and the part of their input that names the file."""
PATTERN_KEYS: Mapping[str, str] = {"Grep": "glob", "Glob": "pattern"}
"""Those that also take a pattern of file names."""
WRITING_TOOLS = frozenset({"Edit", "Write", "MultiEdit", "NotebookEdit"})


def file_verdict(rules: tuple[Rule, ...], *, tool: str, tool_input: Mapping[str, object], worktree: Path) -> Verdict:
    """The verdict on a call of a built-in file tool."""
    key = PATH_KEYS[tool]
    path = tool_input.get(key)
    if path is None and tool in PATTERN_KEYS:
        path = "."
    if not isinstance(path, str) or not path:
        return denied(f"{key} must name a file.")
    relative = inside_as_tools_read(path, worktree=worktree)
    if relative is None or leads_out(tool_input.get(PATTERN_KEYS.get(tool, "")), folder=path, worktree=worktree):
        return denied(OUTSIDE)
    if tool in WRITING_TOOLS:
        return write_verdict(rules, tool=tool, relative=relative)
    return first_match(rules, tool=tool, argument=relative)


def write_verdict(rules: tuple[Rule, ...], *, tool: str, relative: str) -> Verdict:
    """The verdict on writing to a path that is inside the worktree."""
    if in_git_folder(relative):
        return denied("Git's own files are not for agents to write; the orchestrator commits and pushes.")
    return first_match(rules, tool=tool, argument=relative)


def leads_out(pattern: object, *, folder: str, worktree: Path) -> bool:
    """Whether a pattern of file names, read from `folder`, could match outside the worktree."""
    if pattern is None:
        return False
    if not isinstance(pattern, str):
        return True
    plain = re.split(r"[*?\[{!]", pattern.strip(), maxsplit=1)[0]
    if ".." in re.split(r"[/\\{},]", pattern):
        return True
    return inside(plain or ".", worktree=worktree, folder=worktree / folder.strip()) is None
