"""What a stored transcript tells before its session goes on: what was asked, done, and is still open (pure)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import cast

WAITS = "This call also waits for a person's decision; do not repeat it until you are told."
"""Answer to every risky call but the first of a turn; a result with these words in it is an open question."""
COPIED = "forkedFrom"
"""The field that marks entries which were copied from another session, as the SDK's own forks do."""
RESULT_TOOL = "StructuredOutput"
"""The tool by which the CLI takes the typed result."""
MESSAGES = ("user", "assistant")
DEFERRED = "hook_deferred_tool"
"""The type of the attachment by which the CLI finds the call it puts to `can_use_tool` again."""

Entry = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One tool call of the transcript; `result` is None while there is none."""

    id: str
    tool: str
    tool_input: Mapping[str, object]
    result: str | None = None
    failed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """The calls of a session in order, and which one the CLI will put to `can_use_tool` when it is resumed."""

    calls: tuple[Call, ...] = ()
    deferred: Call | None = None
    begun: bool = False
    """Whether there is anything to continue: at least one message of either side, copied ones not counted."""
    copied: bool = False
    """Whether it begins as the copy of another session. What happened there is over: only its words count."""
    told: str = ""
    """All that was said to the agent by us, to find out what it already knows."""

    @property
    def waiting(self) -> tuple[Call, ...]:
        """Calls that a person must decide: the deferred one, and those that were told to wait."""
        return tuple(call for call in self.calls if call == self.deferred or _waits(call))

    @property
    def result(self) -> Mapping[str, object] | None:
        """The typed result when it was handed in and taken, and nothing happened since."""
        last = self.calls[-1] if self.calls else None
        taken = last is not None and last.tool == RESULT_TOOL and last.result is not None and not last.failed
        return last.tool_input if last is not None and taken else None


def read(entries: Iterable[Entry] | None) -> Transcript:
    """Read entries as the CLI writes them; those of an unknown shape are passed over."""
    known = [entry for entry in entries or () if isinstance(entry, Mapping)]  # pyright: ignore[reportUnnecessaryIsInstance] # from a database
    rows = [entry for entry in known if COPIED not in entry]
    results = {str(part.get("tool_use_id")): part for part in _parts(rows) if part.get("type") == "tool_result"}
    uses = {str(part.get("id")): part for part in _parts(rows) if part.get("type") == "tool_use"}
    calls = tuple(_call(use, results.get(tool_use_id)) for tool_use_id, use in uses.items())
    marked = [str(mark.get("toolUseID")) for mark in _attachments(rows) if mark.get("type") == DEFERRED]
    return Transcript(
        calls=calls,
        deferred=next((call for call in calls if marked and call.id == marked[-1] and call.result is None), None),
        begun=any(row.get("type") in MESSAGES for row in rows),
        copied=any(row.get("type") in MESSAGES for row in known if COPIED in row),
        told=words(rows),
    )


def words(entries: Iterable[Entry]) -> str:
    """All that the entries say to the agent."""
    return " ".join(_told(entries))


def _waits(call: Call) -> bool:
    return call.failed and call.result is not None and WAITS in call.result


def _call(use: Entry, result: Entry | None) -> Call:
    return Call(
        id=str(use.get("id")),
        tool=str(use.get("name")),
        tool_input=_mapping(use.get("input")),
        result=None if result is None else _text(result.get("content")),
        failed=result is not None and bool(result.get("is_error")),
    )


def _told(entries: Iterable[Entry]) -> Iterator[str]:
    rows = list(entries)
    for row in rows:
        content = _mapping(row.get("message")).get("content")
        if row.get("type") == "user":
            yield _text(content)
    for attachment in _attachments(rows):
        yield str(attachment.get("content", ""))
        # What came while the agent worked.
        yield str(attachment.get("prompt", ""))


def _parts(rows: Iterable[Entry]) -> Iterator[Entry]:
    for row in rows:
        content = _mapping(row.get("message")).get("content")
        if isinstance(content, list):
            yield from (_mapping(part) for part in cast("list[object]", content))


def _attachments(rows: Iterable[Entry]) -> Iterator[Entry]:
    return (_mapping(row.get("attachment")) for row in rows if row.get("type") == "attachment")


def _text(content: object) -> str:
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return "\n".join(str(_mapping(part).get("text", "")) for part in cast("list[object]", content))
    return ""


def _mapping(value: object) -> Mapping[str, object]:
    return cast("Mapping[str, object]", value) if isinstance(value, Mapping) else {}
