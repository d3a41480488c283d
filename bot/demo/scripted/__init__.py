"""A scripted model: the Messages API answered by a plain function, for the demo and for tests."""

from bot.demo.scripted.conversation import Conversation, ToolResult, conversation
from bot.demo.scripted.fix_issue import fix_issue
from bot.demo.scripted.server import ScriptedModel
from bot.demo.scripted.turn import Cut, Fault, Held, Reply, Script, Text, Thinking, ToolUse, Turn, finish, say, use

__all__ = [
    "Conversation",
    "Cut",
    "Fault",
    "Held",
    "Reply",
    "Script",
    "ScriptedModel",
    "Text",
    "Thinking",
    "ToolResult",
    "ToolUse",
    "Turn",
    "conversation",
    "finish",
    "fix_issue",
    "say",
    "use",
]
