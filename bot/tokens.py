"""Tokens of buttons: a card made with commands gets, on its way out, a token for each thing that can be pressed."""

import secrets
from collections.abc import Callable
from dataclasses import replace

from adapters.chat.card import Action, Card, Choices, Option, Section
from core.store.unit_of_work import UnitOfWork

_BYTES = 16
"""128 random bits, 22 characters: nobody guesses one, and every platform has room for it."""


def new_token() -> str:
    """A random token that no one can guess."""
    return secrets.token_urlsafe(_BYTES)


async def with_tokens(uow: UnitOfWork, card: Card, *, make: Callable[[], str] = new_token) -> Card:
    """`card` with a token on every action and offered answer that has a command.

    The same command on the same card keeps its token until that is used, so a card that is drawn again has the buttons
    it had. `uow` must be one that writes.
    """

    async def token(command: str) -> str:
        return (await uow.action_tokens.for_command(card.key, command, make=make)).token

    async def tokened(section: Section) -> Section:
        if not isinstance(section, Choices):
            return section
        options = [
            replace(option, token=await token(option.command)) if option.command else option
            for option in section.options
        ]
        return replace(section, options=tuple(options))

    actions = [replace(each, token=await token(each.command)) if each.command else each for each in card.actions]
    sections = [await tokened(each) for each in card.sections]
    return replace(card, actions=tuple(actions), sections=tuple(sections))


def pressable(card: Card) -> list[Action | Option]:
    """Everything on `card` that has a token."""
    options = [option for part in card.sections if isinstance(part, Choices) for option in part.options]
    return [each for each in (*card.actions, *options) if each.token]
