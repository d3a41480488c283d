"""The chat port: the neutral vocabulary every chat is spoken to in, and no platform's own."""
