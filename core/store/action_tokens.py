"""What buttons stand for, in the database: one unused token for each command on a card, good for one use."""

import hashlib
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Select, delete, not_, or_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.domain.conversation import ActionToken
from core.domain.identity import PersonId
from core.store import chat_tables
from core.store.codec import escaped_text
from core.store.records import Records
from core.store.still_open import is_about_open_task, is_decided_approval

_TOKENS = chat_tables.action_tokens
_ASKED_ONCE = ("form:", "choose:")
"""Beginnings of subjects that are never shown a second time."""


class ActionTokens:
    """Tokens of buttons, as one unit of work sees them."""

    def __init__(self, connection: AsyncConnection, *, now: datetime) -> None:
        self._connection = connection
        self._now = now
        # unlocked: many are only looked at while a card is drawn, and `use` decides by itself
        self._records = Records(connection, _TOKENS, ActionToken, kind="button", hint="", locking=False)

    async def for_command(self, subject: str, command: str, *, make: Callable[[], str]) -> ActionToken:
        """The unused token of `command` on the card `subject`; when there is none, a new one that `make` gives."""
        query = self._unused(subject, command)
        found = await self._records.first(query)
        if found is not None:
            return found
        made = ActionToken(token=make(), subject=subject, command=command, made_at=self._now)
        if await self._records.add_once(self._records.row(made) | {"digest": _digest(command)}):
            return made
        # another process was faster
        found = await self._records.first(query)
        return found or await self.for_command(subject, command, make=make)

    async def find(self, token: str) -> ActionToken | None:
        """What the button with this token stands for; None when we never made it."""
        return await self._records.first(self._records.select().where(_TOKENS.c.token == token))

    async def use(self, token: str, by: PersonId) -> bool:
        """Take the token's one use; False when it was used before, or never made."""
        free = (_TOKENS.c.token == token) & _TOKENS.c.used_at.is_(None)
        done = await self._connection.execute(update(_TOKENS).where(free).values(used_at=self._now, used_by=by))
        return done.rowcount == 1

    async def forget(self, before: datetime) -> int:
        """Take away what was used before then, and what was asked before then and cannot be answered any more: choices,
        forms, approvals that are decided. How many that were.

        Buttons of open tasks stay, and so does what nobody has pressed yet: the card may still stand somewhere.
        """
        asked_once = or_(*(_TOKENS.c.subject.like(f"{beginning}%") for beginning in _ASKED_ONCE))
        over = or_(asked_once, is_decided_approval(_TOKENS.c.subject))
        old = or_(_TOKENS.c.used_at < before, over & (_TOKENS.c.made_at < before))
        done = await self._connection.execute(delete(_TOKENS).where(old, not_(is_about_open_task(_TOKENS.c.subject))))
        return done.rowcount

    def _unused(self, subject: str, command: str) -> Select[tuple[object, ...]]:
        return self._records.select().where(
            _TOKENS.c.subject == subject, _TOKENS.c.digest == _digest(command), _TOKENS.c.used_at.is_(None)
        )


def _digest(command: str) -> str:
    return hashlib.sha256(escaped_text(command).encode()).hexdigest()
