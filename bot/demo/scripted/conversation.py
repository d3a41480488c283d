"""What a scripted model is asked: one request of the Messages API, read into a frozen value."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import cast

_ROLE_LINE = re.compile(r"^Role:\s*([\w-]+)", re.MULTILINE)

Json = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolResult:
    """A finished tool call: what the model asked for, and what came of it."""

    tool_use_id: str
    tool: str
    tool_input: Json
    text: str
    is_error: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """One request. `results` are all tool results so far, oldest first; `texts` all texts of the user's side."""

    model: str
    system: str
    tools: frozenset[str]
    texts: tuple[str, ...]
    results: tuple[ToolResult, ...]
    body: Json = field(default_factory=dict[str, object], repr=False)

    @property
    def role(self) -> str:
        """Which role is played: the `Role: name` line of the system prompt, '' when there is none."""
        found = _ROLE_LINE.search(self.system)
        return found.group(1) if found else ""

    @property
    def prompt(self) -> str:
        """All that was said to the model, as one text."""
        return "\n\n".join(self.texts)

    def results_of(self, tool: str) -> tuple[ToolResult, ...]:
        """The results of one tool, oldest first."""
        return tuple(result for result in self.results if result.tool == tool)


def conversation(body: Json) -> Conversation:
    """Read a request body; parts of a shape nobody knows are passed over."""
    parts = list(_message_parts(body))
    calls = {str(part["id"]): part for part in parts if part.get("type") == "tool_use"}
    return Conversation(
        model=str(body.get("model", "")),
        system=_text(body.get("system", "")),
        tools=frozenset(str(tool.get("name", "")) for tool in _objects(body.get("tools"))),
        texts=tuple(str(part["text"]) for part in parts if part.get("type") == "text" and part.get("of") == "user"),
        results=tuple(_result(part, calls) for part in parts if part.get("type") == "tool_result"),
        body=body,
    )


def _result(part: Json, calls: Mapping[str, Json]) -> ToolResult:
    tool_use_id = str(part.get("tool_use_id", ""))
    call = calls.get(tool_use_id, {})
    return ToolResult(
        tool_use_id=tool_use_id,
        tool=str(call.get("name", "")),
        tool_input=cast("Json", call.get("input", {})),
        text=_text(part.get("content", "")),
        is_error=bool(part.get("is_error", False)),
    )


def _message_parts(body: Json) -> Iterator[Json]:
    for message in _objects(body.get("messages")):
        content = message.get("content", "")
        parts = [{"type": "text", "text": content}] if isinstance(content, str) else _objects(content)
        for part in parts:
            yield {**part, "of": message.get("role", "")}


def _text(content: object) -> str:
    if isinstance(content, str):
        return content
    return "\n".join(str(part["text"]) for part in _objects(content) if part.get("type") == "text")


def _objects(value: object) -> Iterable[Json]:
    return [item for item in cast("list[Json]", value) if isinstance(item, dict)] if isinstance(value, list) else []
