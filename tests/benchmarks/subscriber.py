"""A program that follows a journal and prints how old each notice is when it arrives: `… subscriber DATABASE_URL`."""

import asyncio
import sys

from bot.onlooker import utc_now
from core.domain.event import NoticeRaised
from core.store.store import Store
from tests.benchmarks.latency import passed_ms


async def subscribe(url: str) -> None:
    """Print a first line when listening, then one for each notice, until terminated."""
    async with await Store.open(url, clock=utc_now) as store:
        after = await store.journal.last_seq()
        print("listening", flush=True)
        async for entry in store.journal.follow(after=after):
            if isinstance(entry.event, NoticeRaised):
                print(passed_ms(entry.event), flush=True)


if __name__ == "__main__":
    asyncio.run(subscribe(sys.argv[1]))
