"""Every command there is in a chat, as one registry."""

from bot.commands import control, decisions, pull_requests, requests, steering
from bot.commands.all import LOOKING
from bot.commands.registry import Registry


def chat_commands() -> Registry:
    """What looks, and what changes something."""
    changing = (requests.HANDLERS, control.HANDLERS, decisions.HANDLERS, steering.HANDLERS, pull_requests.HANDLERS)
    return Registry(*LOOKING, *changing)
