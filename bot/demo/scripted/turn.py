"""What a scripted model answers: blocks of a message, or a way to fail."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from bot.demo.scripted.conversation import Conversation


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """Words for the reader."""

    text: str
    type: Literal["text"] = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Thinking:
    """Reasoning shown before the answer."""

    thinking: str
    type: Literal["thinking"] = "thinking"


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolUse:
    """A call of a tool; '' as id means that the server gives a fresh one.

    `raw_input`, when it is not '', goes over the wire instead of `input` while streaming: for input that is no JSON.
    """

    name: str
    input: Mapping[str, object]
    id: str = ""
    raw_input: str = ""
    type: Literal["tool_use"] = "tool_use"


Block = Text | Thinking | ToolUse


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A complete answer; `stop_reason` '' means what follows from the last block."""

    blocks: tuple[Block, ...]
    stop_reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """An HTTP error, as the Messages API words it."""

    status: int
    kind: str = "api_error"
    message: str = "scripted fault"
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """The connection breaks after the message has begun and `blocks` of it have come."""

    blocks: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Nothing is answered until `until` is set (for tests that must act in the middle of a turn)."""

    until: asyncio.Event
    then: "Turn" = field(default_factory=Cut)


Turn = Reply | Fault | Cut | Held
Script = Callable[[Conversation], Turn]
"""Decides what the model answers; pure but for a test's own notes."""


def say(text: str) -> Reply:
    """A reply of words only."""
    return Reply(blocks=(Text(text=text),))


def use(name: str, tool_input: Mapping[str, object], *, saying: str = "") -> Reply:
    """A reply that calls one tool, perhaps with words before it."""
    words = (Text(text=saying),) if saying else ()
    return Reply(blocks=(*words, ToolUse(name=name, input=tool_input)))


def finish(result: Mapping[str, object]) -> Reply:
    """A reply that hands in the typed result: the agent CLI offers a tool of this name when a schema is asked for."""
    return use("StructuredOutput", result)
