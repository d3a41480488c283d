"""The orchestrator itself: imports no chat SDK, no agent SDK, no forge SDK."""
