"""Pictures of our messages in Telegram."""
