"""The agent runner on claude-agent-sdk."""

from adapters.claude.runner import ClaudeAgentRunner
from adapters.claude.sessions import MemoryTranscripts, StoredSessions, TranscriptTable
from adapters.claude.settings import ClaudeSettings

__all__ = ["ClaudeAgentRunner", "ClaudeSettings", "MemoryTranscripts", "StoredSessions", "TranscriptTable"]
