"""From a command to what carries it out: one handler for each verb, and errors as private answers."""

from collections.abc import Awaitable, Callable, Mapping

import structlog

from bot.commands.context import Asker, Context
from bot.commands.grammar import Command, Verb
from bot.commands.notes import error_note, note_card
from bot.commands.reply import Private, Reply
from core.domain.errors import OrchestratorError, StoreError

log = structlog.get_logger(__name__)

Handler = Callable[[Command, Asker, Context], Awaitable[Reply]]
"""Checks through the gate, makes one call of the core, and says what comes back. It may raise OrchestratorError."""


class Registry:
    """The handlers there are. Each module of commands offers its own as `HANDLERS`."""

    def __init__(self, *tables: Mapping[Verb, Handler]) -> None:
        """Later tables win where two have the same verb."""
        self._handlers: dict[Verb, Handler] = {}
        for table in tables:
            self._handlers |= table

    @property
    def verbs(self) -> frozenset[Verb]:
        """What it knows."""
        return frozenset(self._handlers)

    async def run(self, command: Command, asker: Asker, context: Context) -> Reply:
        """Do what `command` says in the name of `asker`; what cannot be done is a private answer that says why."""
        handler = self._handlers.get(command.verb)
        if handler is None:
            return Private(
                card=note_card(f"{command.verb.value} has no meaning here.", hint="Type help for the commands.")
            )
        try:
            return await handler(command, asker, context)
        except OrchestratorError as error:
            if isinstance(error, StoreError):
                log.warning("command_failed", verb=command.verb.value, error=error.message)
            return Private(card=error_note(error, mask=context.seen.mask))
