"""Channels of chats that have to be reached, as settings write them."""

from collections.abc import Sequence
from dataclasses import dataclass

from config.settings import Settings

MOST_CHANNELS = 20
"""So many channels of a chat are asked about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundChannel:
    """A channel that has to be reached: `slack:T0123/C0456`, and what for."""

    name: str
    why: str

    @property
    def native(self) -> str:
        """Without the platform: `T0123/C0456`."""
        return self.name.partition(":")[2]


def channels_of(platform: str, settings: Settings, *, bound: Sequence[BoundChannel]) -> Sequence[BoundChannel]:
    """The channels of one platform, each once: those in settings, and those `bound` in a chat."""
    said = [
        BoundChannel(name=name, why=f"project {project.name}")
        for project in settings.projects.values()
        for name in project.channels
    ]
    found = {each.name: each for each in (*said, *bound) if each.name.startswith(f"{platform}:")}
    return list(found.values())


def people_of(platform: str, settings: Settings) -> Sequence[str]:
    """People of one platform, and patterns, who have access to anything."""
    named = {*settings.access.admins, *(who for project in settings.projects.values() for who in project.access)}
    return sorted(each for each in named if each.startswith(f"{platform}:"))


def some(names: Sequence[str], *, most: int = 5) -> str:
    """The first few of `names`, and how many more there are."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return f"{', '.join(names[:most])}{more}"
