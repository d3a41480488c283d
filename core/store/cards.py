"""Cards that stand somewhere, in the database: where, and whether they still show how things are."""

from datetime import datetime

from sqlalchemy import case, delete, false, not_, or_, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.domain.conversation import PostedCard, channel_of
from core.domain.identity import Place
from core.store import chat_tables
from core.store.records import Records
from core.store.still_open import is_about_open_task, is_decided_approval

_CARDS = chat_tables.cards


class Cards:
    """Posted cards, as one unit of work sees them."""

    def __init__(self, connection: AsyncConnection, *, locking: bool) -> None:
        self._connection = connection
        self._records = Records(connection, _CARDS, PostedCard, kind="card", hint="", locking=locking)

    async def add(self, card: PostedCard) -> bool:
        """Write down that `card` was posted; False, and nothing changes, when it stands at that place already."""
        beside = {"platform": card.place.platform, "channel": channel_of(card.place)}
        return await self._records.add_once(self._records.row(card) | beside)

    async def of(self, key: str) -> list[PostedCard]:
        """Everywhere the card `key` stands, or stood, oldest first."""
        query = self._records.select().where(_CARDS.c.key == key)
        return await self._records.all(query.order_by(_CARDS.c.posted_at, _CARDS.c.place))

    async def get(self, key: str, place: Place) -> PostedCard:
        """The card `key` at the place it was posted; NotFoundError when there is none."""
        query = self._records.select().where(_CARDS.c.key == key, _CARDS.c.place == place)
        found = await self._records.first(query)
        if found is None:
            raise self._records.missing(key)
        return found

    async def save(self, card: PostedCard) -> None:
        """Replace the stored card, but for a later `wanted_seq`, which stays; NotFoundError when there is none."""
        row = self._records.row(card)
        # somebody may have wanted more while this one was drawn
        row["wanted_seq"] = case((_CARDS.c.wanted_seq > card.wanted_seq, _CARDS.c.wanted_seq), else_=card.wanted_seq)
        mine = (_CARDS.c.key == card.key) & (_CARDS.c.place == card.place)
        changed = await self._connection.execute(update(_CARDS).where(mine).values(row))
        if changed.rowcount == 0:
            raise self._records.missing(card.key)

    async def want(self, key: str, seq: int) -> None:
        """What the card `key` shows has changed with journal entry `seq`, wherever the card stands."""
        lower = (_CARDS.c.key == key) & (_CARDS.c.wanted_seq < seq)
        await self._connection.execute(update(_CARDS).where(lower).values(wanted_seq=seq))

    async def stale(self, platform: str, limit: int) -> list[PostedCard]:
        """Cards that do not show the newest state, and still can; the longest out of date first."""
        query = self._records.select().where(
            _CARDS.c.platform == platform, _CARDS.c.wanted_seq > _CARDS.c.drawn_seq, _CARDS.c.gone == false()
        )
        return await self._records.all(query.order_by(_CARDS.c.wanted_seq, _CARDS.c.key, _CARDS.c.place).limit(limit))

    async def forget(self, before: datetime) -> int:
        """Take away cards posted before then that never change again: of decided approvals, and those that are gone.

        How many that were. What is about open tasks stays, and so do the cards of tasks: a task may be begun again.
        """
        over = or_(_CARDS.c.gone == true(), is_decided_approval(_CARDS.c.key)) & (_CARDS.c.posted_at < before)
        done = await self._connection.execute(delete(_CARDS).where(over, not_(is_about_open_task(_CARDS.c.key))))
        return done.rowcount

    async def at(self, place: Place, message: str) -> PostedCard | None:
        """The card that is this message of the place's channel, in whichever thread; None when it is none of ours."""
        query = self._records.select().where(_CARDS.c.channel == channel_of(place), _CARDS.c.message == message)
        return await self._records.first(query)
