"""Slack: threads, live cards, buttons, forms and direct messages, on slack-bolt."""
