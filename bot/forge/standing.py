"""How the watch over a forge stands, kept where other processes can read it: for `doctor` and `status`."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from core.store.store import Store

KEPT_FOR = timedelta(minutes=5)
"""Whoever watches says so again before that; what is older was said by a process that is gone."""
_PLATFORM, _KEY = "github", "watch"


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchStanding:
    """What the process that watches last said of it."""

    listening: bool
    trouble: str = ""
    """Why it does not listen, or not well; '' for nothing."""
    hint: str = ""
    """What a person can do about it."""
    at: str = ""
    """When it began to be so, as ISO 8601."""


async def tell_standing(store: Store, standing: WatchStanding, *, now: datetime) -> None:
    """Keep it; `now` is when."""
    async with store.transaction() as uow:
        await uow.chat_values.set(_PLATFORM, _KEY, json.dumps(asdict(standing)), until=now + KEPT_FOR)


async def forget_standing(store: Store) -> None:
    """Nobody watches any more."""
    async with store.transaction() as uow:
        await uow.chat_values.remove(_PLATFORM, _KEY)


async def watch_standing(store: Store) -> WatchStanding | None:
    """What was last said; None when nobody watches."""
    async with store.reading() as uow:
        text = await uow.chat_values.get(_PLATFORM, _KEY)
    return None if text is None else WatchStanding(**cast("dict[str, Any]", json.loads(text)))
