"""Usage of each model call, told once per message id: read from the stream, where the final numbers are."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

from core.agents.runner import ModelAnswered
from core.domain.cost import TokenUsage


@dataclass(frozen=True, slots=True, kw_only=True)
class _Open:
    """A message that has begun; its numbers grow until it ends."""

    message_id: str
    model: str
    usage: Mapping[str, object]


@dataclass(slots=True)
class UsageMeter:
    """Turns stream events and whole messages into ModelAnswered.

    `message_start` carries all input numbers and an early output number; `message_delta` repeats them with the final
    output. A whole message alone (the CLI falls back to requests that do not stream) carries what it has. A message
    broken in the middle has been paid for too, so `rest` tells what is known about it.
    """

    total: TokenUsage = field(default_factory=TokenUsage)
    _open: _Open | None = None
    _told: set[str] = field(default_factory=set[str])

    def stream_event(self, event: Mapping[str, object]) -> ModelAnswered | None:
        """Follow one event of the Messages API's stream; something to tell at the end of a message."""
        match event.get("type"):
            case "message_start":
                broken = self.rest()
                message = _mapping(event.get("message"))
                self._begin(message)
                return broken
            case "message_delta" if self._open is not None:
                final = {name: value for name, value in _mapping(event.get("usage")).items() if value is not None}
                self._open = _Open(
                    message_id=self._open.message_id, model=self._open.model, usage={**self._open.usage, **final}
                )
                return None
            case "message_stop":
                return self.rest()
            case _:
                return None

    def whole_message(self, *, message_id: str, model: str, usage: Mapping[str, object]) -> ModelAnswered | None:
        """A message the stream did not show; something to tell when an earlier one is complete by that."""
        if message_id in self._told or (self._open is not None and self._open.message_id == message_id):
            return None
        before = self.rest()
        self._open = _Open(message_id=message_id, model=model, usage=usage)
        return before

    def rest(self) -> ModelAnswered | None:
        """Close what is open."""
        opened, self._open = self._open, None
        if opened is None or opened.message_id in self._told:
            return None
        self._told.add(opened.message_id)
        usage = token_usage(opened.usage)
        self.total = self.total + usage
        return ModelAnswered(message_id=opened.message_id, model=opened.model, usage=usage)

    def _begin(self, message: Mapping[str, object]) -> None:
        message_id = str(message.get("id", ""))
        if message_id:
            self._open = _Open(
                message_id=message_id, model=str(message.get("model", "")), usage=_mapping(message.get("usage"))
            )


def token_usage(usage: Mapping[str, object]) -> TokenUsage:
    """The API's numbers in our words; what is missing is 0."""
    return TokenUsage(
        input_tokens=_number(usage.get("input_tokens")),
        output_tokens=_number(usage.get("output_tokens")),
        cache_read_tokens=_number(usage.get("cache_read_input_tokens")),
        cache_write_tokens=_number(usage.get("cache_creation_input_tokens")),
        thinking_tokens=_number(_mapping(usage.get("output_tokens_details")).get("thinking_tokens")),
    )


def _number(value: object) -> int:
    return value if isinstance(value, int) else 0


def _mapping(value: object) -> Mapping[str, object]:
    return cast("Mapping[str, object]", value) if isinstance(value, Mapping) else {}
