"""What an agent said and did, message by message, and where a copy of its session may be cut (pure)."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

from adapters.claude.activity import activity, one_line
from adapters.claude.transcript import COPIED, Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One message of the agent with the answers to its calls. `uuid` names its last entry: a copy may end there."""

    number: int
    uuid: str
    at: str
    """As the agent program wrote it: ISO 8601, UTC; '' when it did not."""
    text: str
    """One printable line, secrets masked."""


def conversation(entries: Iterable[Entry] | None, *, worktree: Path, mask: Callable[[str], str]) -> list[Said]:
    """The agent's messages in order, numbered from 1; entries of an unknown shape are passed over."""
    found: list[Said] = []
    for entry in entries or ():
        kind, uuid = entry.get("type"), entry.get("uuid")
        if COPIED in entry or not isinstance(uuid, str):
            continue
        parts = _parts(entry)
        if kind == "assistant":
            found = _with_message(
                found, uuid, str(entry.get("timestamp", "")), _told(parts, worktree=worktree, mask=mask)
            )
        elif kind == "user" and found and any(part.get("type") == "tool_result" for part in parts):
            # a message is whole only with the answers to its calls
            found[-1] = replace(found[-1], uuid=uuid)
    return found


def _with_message(found: list[Said], uuid: str, at: str, text: str) -> list[Said]:
    """The agent program writes a message in pieces: one that says nothing belongs to the one before."""
    if not text and found:
        return [*found[:-1], replace(found[-1], uuid=uuid)]
    return [*found, Said(number=len(found) + 1, uuid=uuid, at=at, text=text or "…")]


def _told(parts: list[Mapping[str, object]], *, worktree: Path, mask: Callable[[str], str]) -> str:
    lines: list[str] = []
    for part in parts:
        if part.get("type") == "text":
            lines.append(mask(str(part.get("text", ""))))
        elif part.get("type") == "tool_use":
            given = part.get("input")
            table: Mapping[str, object] = cast("Mapping[str, object]", given) if isinstance(given, Mapping) else {}
            lines.append(activity(str(part.get("name", "")), table, worktree=worktree, mask=mask))
    return one_line(" · ".join(line for line in lines if line.strip()))


def _parts(entry: Entry) -> list[Mapping[str, object]]:
    message = entry.get("message")
    content = cast("Mapping[str, object]", message).get("content") if isinstance(message, Mapping) else None
    if not isinstance(content, list):
        return []
    return [cast("Mapping[str, object]", part) for part in cast("list[object]", content) if isinstance(part, Mapping)]
