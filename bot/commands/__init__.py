"""What people can say: one grammar for every chat, who may say it, and what then happens."""
