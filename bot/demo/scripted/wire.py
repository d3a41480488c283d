"""The Messages API on the wire: a reply as one JSON document, or as server-sent events (pure)."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import assert_never

from bot.demo.scripted.turn import Block, Reply, Text, Thinking, ToolUse

CHARACTERS_PER_TOKEN = 4
"""A usual rule of thumb; good enough for believable bills."""
CACHED_SHARE = 0.8
"""How much of a request that continues a conversation was sent before, about what agents really reach."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Tokens of one answer, in the API's own words."""

    input_tokens: int
    output_tokens: int
    cache_creation_input_tokens: int
    cache_read_input_tokens: int

    def json(self) -> dict[str, int]:
        """As the API writes it."""
        return {
            "input_tokens": self.input_tokens,
            "output_tokens": self.output_tokens,
            "cache_creation_input_tokens": self.cache_creation_input_tokens,
            "cache_read_input_tokens": self.cache_read_input_tokens,
        }


def usage(*, request_characters: int, reply: Reply, continued: bool) -> Usage:
    """Believable usage from the sizes of both sides; a `continued` conversation is mostly read from cache."""
    sent = max(1, request_characters // CHARACTERS_PER_TOKEN)
    cached = int(sent * CACHED_SHARE) if continued else 0
    written = 0 if continued else int(sent * CACHED_SHARE)
    answered = sum(len(json.dumps(block_json(block))) for block in reply.blocks)
    return Usage(
        input_tokens=sent - cached - written,
        output_tokens=max(1, answered // CHARACTERS_PER_TOKEN),
        cache_creation_input_tokens=written,
        cache_read_input_tokens=cached,
    )


def stop_reason(reply: Reply) -> str:
    """Why the message ended."""
    calls = any(isinstance(block, ToolUse) for block in reply.blocks)
    return reply.stop_reason or ("tool_use" if calls else "end_turn")


def block_json(block: Block) -> dict[str, object]:
    """One finished block."""
    match block:
        case Text():
            return {"type": "text", "text": block.text}
        case Thinking():
            return {"type": "thinking", "thinking": block.thinking, "signature": "scripted"}
        case ToolUse():
            return {"type": "tool_use", "id": block.id, "name": block.name, "input": dict(block.input)}
        case _:
            assert_never(block)


def document(reply: Reply, *, message_id: str, model: str, counted: Usage) -> dict[str, object]:
    """The whole message, for a request that does not stream."""
    return {
        **_head(message_id, model),
        "content": [block_json(block) for block in reply.blocks],
        "stop_reason": stop_reason(reply),
        "usage": counted.json(),
    }


def events(reply: Reply, *, message_id: str, model: str, counted: Usage) -> Iterator[bytes]:
    """The message as server-sent events. The first carries an early output count, the last but one the final one."""
    early = {**counted.json(), "output_tokens": 1}
    head: dict[str, object] = {**_head(message_id, model), "content": [], "stop_reason": None, "usage": early}
    yield _event("message_start", {"message": head})
    for index, block in enumerate(reply.blocks):
        yield _event("content_block_start", {"index": index, "content_block": _opening(block)})
        for delta in _deltas(block):
            yield _event("content_block_delta", {"index": index, "delta": delta})
        yield _event("content_block_stop", {"index": index})
    ending = {"stop_reason": stop_reason(reply), "stop_sequence": None}
    yield _event("message_delta", {"delta": ending, "usage": counted.json()})
    yield _event("message_stop", {})


def _head(message_id: str, model: str) -> dict[str, object]:
    return {"id": message_id, "type": "message", "role": "assistant", "model": model, "stop_sequence": None}


def _opening(block: Block) -> dict[str, object]:
    match block:
        case Text():
            return {"type": "text", "text": ""}
        case Thinking():
            return {"type": "thinking", "thinking": "", "signature": ""}
        case ToolUse():
            return {**block_json(block), "input": {}}
        case _:
            assert_never(block)


def _deltas(block: Block) -> list[dict[str, object]]:
    match block:
        case Text():
            return [{"type": "text_delta", "text": block.text}]
        case Thinking():
            return [
                {"type": "thinking_delta", "thinking": block.thinking},
                {"type": "signature_delta", "signature": "scripted"},
            ]
        case ToolUse():
            return [{"type": "input_json_delta", "partial_json": block.raw_input or json.dumps(dict(block.input))}]
        case _:
            assert_never(block)


def _event(kind: str, data: Mapping[str, object]) -> bytes:
    return f"event: {kind}\ndata: {json.dumps({'type': kind, **data})}\n\n".encode()
