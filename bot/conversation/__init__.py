"""What people do in a chat, and what is done about it: messages, commands, buttons, forms, their own page."""
