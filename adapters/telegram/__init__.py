"""Telegram as a chat: updates in, cards out as messages with entities, calls and their errors."""
