"""A session that begins as the copy of another: its entries up to a message, fit to be continued elsewhere (pure)."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import cast
from uuid import NAMESPACE_URL, uuid5

from adapters.claude.sessions import Entry
from adapters.claude.transcript import COPIED, DEFERRED, MESSAGES, WAITS

KEPT = frozenset({*MESSAGES, "attachment", "system"})
"""Kinds of entries that are part of the conversation; all others are notes about one process."""
NOT_MADE = "This call was not made: the conversation was copied before anybody decided about it."
_OWN_WORDS = ("thinking", "redacted_thinking")
"""Blocks the API has signed: a changed one would be refused."""


def copied(entries: Iterable[Entry], *, session: str, until: str, worktree: Path) -> list[Entry]:
    """The entries of a copy named `session` that goes on in `worktree`; the given ones are left as they are.

    `until` is the id of the last message to keep, by the API's name for it or the entry's own; '' keeps all, and so
    does one that does not occur. What its calls led to is kept with it. Calls that led to nothing are left out, so that
    nothing of the old session runs, waits or counts as handed in here. Paths of the old worktree become the new one's.
    """
    source = [entry for entry in entries if entry.get("type") in KEPT and not entry.get("isSidechain")]
    kept = _up_to(source, until=until)
    answered = {str(part.get("tool_use_id")) for entry in kept for part in _parts(entry, "tool_result")}
    whole = [entry for entry in kept if not _is_open(entry, answered=answered)]
    return [_copy(entry, session=session, parents=_parents(kept, whole), worktree=worktree) for entry in whole]


def _up_to(entries: list[Entry], *, until: str) -> list[Entry]:
    last = max((index for index, entry in enumerate(entries) if until and until in _names(entry)), default=None)
    if last is None:
        return entries
    calls = {str(part.get("id")) for entry in entries[: last + 1] for part in _parts(entry, "tool_use")}
    end = last + 1
    for index in range(last + 1, len(entries)):
        results = [str(part.get("tool_use_id")) for part in _parts(entries[index], "tool_result")]
        if results and calls.issuperset(results):
            end = index + 1
        elif entries[index].get("type") == "assistant":
            break
    return entries[:end]


def _names(entry: Entry) -> set[str]:
    return {str(entry.get("uuid", "")), str(_mapping(entry.get("message")).get("id", ""))} - {""}


def _is_open(entry: Entry, *, answered: set[str]) -> bool:
    """Whether the entry is a call without a result, or the CLI's mark on one."""
    if _mapping(entry.get("attachment")).get("type") == DEFERRED:
        return True
    calls = [str(part.get("id")) for part in _parts(entry, "tool_use")]
    return bool(calls) and not answered.issuperset(calls)


def _parents(kept: Iterable[Entry], whole: Iterable[Entry]) -> Mapping[str, str | None]:
    """For each kept entry its nearest ancestor that stays."""
    staying = {str(entry.get("uuid")) for entry in whole}
    above = {str(entry.get("uuid")): entry.get("parentUuid") for entry in kept}
    found: dict[str, str | None] = {}
    for uuid, nearest in above.items():
        parent = nearest
        while isinstance(parent, str) and parent not in staying:
            parent = above.get(parent)
        found[uuid] = parent if isinstance(parent, str) else None
    return found


def _copy(entry: Entry, *, session: str, parents: Mapping[str, str | None], worktree: Path) -> Entry:
    uuid = str(entry.get("uuid"))
    parent = parents.get(uuid)
    caller = entry.get("sourceToolAssistantUUID")
    old = str(entry.get("cwd") or "")
    moved = cast("Entry", _moved(entry, old=old, new=str(worktree))) if old and old != str(worktree) else dict(entry)
    return {
        **_settled(moved),
        "uuid": _renamed(uuid, session),
        "parentUuid": _renamed(parent, session) if parent else None,
        **({"sourceToolAssistantUUID": _renamed(caller, session)} if isinstance(caller, str) else {}),
        "sessionId": session,
        "cwd": str(worktree),
        COPIED: {"sessionId": entry.get("sessionId"), "messageUuid": uuid},
    }


def _renamed(uuid: str, session: str) -> str:
    # The same for the same copy: when it is made twice, as after a crash, nothing is there twice.
    return str(uuid5(NAMESPACE_URL, f"{session}/{uuid}"))


def _settled(entry: Entry) -> Entry:
    """A call that was told to wait for a decision is told that it was not made: nobody decides it here."""
    message = _mapping(entry.get("message"))
    content = message.get("content")
    if not isinstance(content, list) or WAITS not in str(cast("list[object]", content)):
        return entry
    replaced = _replaced(cast("object", content), old=WAITS, new=NOT_MADE)
    return {**entry, "message": {**message, "content": replaced}}


def _moved(value: object, *, old: str, new: str) -> object:
    """`value` with the old worktree's path replaced wherever the API allows changes."""
    if isinstance(value, Mapping):
        mapping = cast("Mapping[str, object]", value)
        if mapping.get("type") in _OWN_WORDS:
            return dict(mapping)
        return {name: _moved(inner, old=old, new=new) for name, inner in mapping.items()}
    if isinstance(value, list):
        return [_moved(inner, old=old, new=new) for inner in cast("list[object]", value)]
    return _replaced(value, old=old, new=new)


def _replaced(value: object, *, old: str, new: str) -> object:
    if isinstance(value, str):
        return value.replace(old, new)
    if isinstance(value, Mapping):
        mapping = cast("Mapping[str, object]", value)
        return {name: _replaced(inner, old=old, new=new) for name, inner in mapping.items()}
    if isinstance(value, list):
        return [_replaced(inner, old=old, new=new) for inner in cast("list[object]", value)]
    return value


def _parts(entry: Entry, kind: str) -> list[Mapping[str, object]]:
    content = _mapping(entry.get("message")).get("content")
    if not isinstance(content, list):
        return []
    parts = [_mapping(part) for part in cast("list[object]", content)]
    return [part for part in parts if part.get("type") == kind]


def _mapping(value: object) -> Mapping[str, object]:
    return cast("Mapping[str, object]", value) if isinstance(value, Mapping) else {}
