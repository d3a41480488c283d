"""What a tool call is called in front of people: one printable line, such as `Editing src/money.py` (pure)."""

import unicodedata
from collections.abc import Callable, Mapping
from pathlib import Path

from core.agents.verdicts import OWN_SERVER, SERVED

MAX_CHARACTERS = 100
_ELLIPSIS = "…"

ToolInput = Mapping[str, object]


def activity(tool: str, tool_input: ToolInput, *, worktree: Path, mask: Callable[[str], str] = str) -> str:
    """At most 100 printable characters, secrets masked, paths relative to the worktree."""
    match tool:
        case "Read" | "NotebookRead":
            text = f"Reading {_path(tool_input, worktree)}"
        case "Edit" | "MultiEdit" | "NotebookEdit":
            text = f"Editing {_path(tool_input, worktree)}"
        case "Write":
            text = f"Writing {_path(tool_input, worktree)}"
        case "Bash":
            text = f"Running `{_value(tool_input, 'command')}`"
        case "Grep":
            text = f"Searching for `{_value(tool_input, 'pattern')}`"
        case "Glob":
            text = f"Looking for {_value(tool_input, 'pattern')}"
        case "AskUserQuestion":
            text = "Asking a question"
        case "StructuredOutput":
            text = "Handing in the result"
        case "TodoWrite":
            text = "Planning the next steps"
        case "WebFetch" | "WebSearch":
            text = f"Looking at {_value(tool_input, 'url') or _value(tool_input, 'query')}"
        case _:
            text = f"Using {_name(tool)}"
    return one_line(mask(text))


def title(tool: str, tool_input: ToolInput, *, worktree: Path, mask: Callable[[str], str] = str) -> str:
    """What will happen when the call is approved, as a sentence for the one who decides."""
    match tool:
        case "Bash":
            text = f"Run `{_value(tool_input, 'command')}`"
        case "Edit" | "MultiEdit" | "NotebookEdit":
            text = f"Edit {_path(tool_input, worktree)}"
        case "Write":
            text = f"Write {_path(tool_input, worktree)}"
        case "Read" | "NotebookRead":
            text = f"Read {_path(tool_input, worktree)}"
        case "WebFetch" | "WebSearch":
            text = f"Look at {_value(tool_input, 'url') or _value(tool_input, 'query')}"
        case _:
            text = f"Use {_name(tool)}"
    return one_line(mask(text))


def one_line(text: str) -> str:
    """Printable, on one line, cut at 100 characters; a closing backtick survives the cut."""
    flat = " ".join("".join(character if _shown(character) else " " for character in text).split())
    if len(flat) <= MAX_CHARACTERS:
        return flat
    tail = _ELLIPSIS + ("`" if flat.endswith("`") else "")
    return flat[: MAX_CHARACTERS - len(tail)] + tail


def _shown(character: str) -> bool:
    # Categories C*: control, format (bidirectional overrides among them), surrogate, private use, unassigned.
    return not unicodedata.category(character).startswith("C")


def _name(tool: str) -> str:
    """A tool's name; a server's as `tool of server`, ours by itself."""
    server, separator, name = tool.removeprefix(SERVED).partition("__")
    if not tool.startswith(SERVED) or not separator:
        return tool
    return name if server == OWN_SERVER else f"{name} of {server}"


def _value(tool_input: ToolInput, name: str) -> str:
    return str(tool_input.get(name, ""))


def _path(tool_input: ToolInput, worktree: Path) -> str:
    named = _value(tool_input, "file_path") or _value(tool_input, "notebook_path")
    return named.removeprefix(f"{worktree}/") or "a file"
