"""The terminal as a chat: live cards, plain lines where there is no terminal, answers at the keyboard."""
