"""Who we are in Telegram."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Us:
    """Who we are in Telegram, as `getMe` says."""

    id: int
    username: str
    name: str = ""
    hears_all: bool = False
    """Whether privacy mode is off: then everything in groups is delivered to us."""
    has_topics: bool = False
    """Whether private chats with us have topics."""
