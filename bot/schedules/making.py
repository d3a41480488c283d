"""What is looked up when a schedule is made: its time zone, its place, the values of its template."""

from collections.abc import Sequence

from bot.wish import given
from core.domain.errors import InvalidInputError
from core.domain.identity import Place
from core.domain.project import Project
from core.store.store import Store


def checked_zone(name: str) -> str:
    """The time zone of that name; InvalidInputError for none."""
    from config.chat_words import as_time_zone

    try:
        return as_time_zone(name)
    except ValueError as error:
        raise InvalidInputError(str(error), hint="For example: --tz Europe/Berlin") from error


def pairs(texts: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """`KEY=VALUE` texts as pairs, one for each value; InvalidInputError for a text that sets nothing."""
    return tuple(
        (key, each) for key, value in given(texts).items() for each in ([value] if isinstance(value, str) else value)
    )


async def usual_place(store: Store, project: Project) -> Place | None:
    """Where work that was scheduled at a terminal is told: the project's own channel."""
    from bot.forge.labelled import own_channel

    async with store.reading() as uow:
        return await own_channel(uow, project)
