"""Discord as a chat: events of its gateway in, cards out as components, calls and their errors."""
