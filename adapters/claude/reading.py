"""How far the agent program's messages have been read: hooks come beside them, and may be ahead of what they say."""

import asyncio

from claude_agent_sdk import AssistantMessage, ToolUseBlock

CATCHES_UP_WITHIN_S = 5.0
"""Far more than reading what was written already takes; a message that never comes must not hold the agent up."""


class Reading:
    """Knows whether the message that made certain calls has been read to its end, and its usage told."""

    def __init__(self) -> None:
        self._called: set[str] = set()
        """Calls whose message has not been read …"""
        self._read: set[str] = set()
        """… and those no hook was asked about yet."""
        self._open = False
        self._moved = asyncio.Event()

    def called(self, tool_use_id: str) -> None:
        """A hook was asked about this call."""
        if tool_use_id in self._read:
            self._read.discard(tool_use_id)
        else:
            self._called.add(tool_use_id)

    def event(self, kind: object) -> None:
        """This event of the stream has been read, and acted on."""
        if kind in ("message_start", "message_stop"):
            self._open = kind == "message_start"
            self._moved.set()

    def message(self, message: AssistantMessage) -> None:
        """This message, or part of one, has been read."""
        calls = {block.id for block in message.content if isinstance(block, ToolUseBlock)}
        self._read |= calls - self._called
        self._called -= calls
        self._moved.set()

    async def caught_up(self, *, within_s: float = CATCHES_UP_WITHIN_S) -> bool:
        """Wait until every message is read whose calls hooks know of; False when that did not come in time."""
        try:
            async with asyncio.timeout(within_s):
                while self._open or self._called:
                    self._moved.clear()
                    await self._moved.wait()
        except TimeoutError:
            self._called.clear()
            # of a message that was cut off there is no end
            self._open = False
            return False
        return True
