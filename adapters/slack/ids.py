"""Slack's ids as ours and back: people belong to their own team, places to the team we are installed in."""

from core.domain.identity import PersonId, Place

PLATFORM = "slack"
UNKNOWN_TEAM = "unknown"
"""Stands for the team of somebody from outside whose team Slack does not tell: no rule of access matches it."""


def person_id(team: str, user: str) -> PersonId:
    """The person `user` (U… or W…) of `team` (T…, or E… in an organisation)."""
    return PersonId(f"{PLATFORM}:{team or UNKNOWN_TEAM}/{user}")


def team_and_user(person: PersonId) -> tuple[str, str]:
    """Slack's own ids of a person; an empty user for somebody who is not in Slack."""
    platform, _, native = person.partition(":")
    team, _, user = native.partition("/")
    return (team, user) if platform == PLATFORM else ("", "")


def place(space: str, channel: str = "", thread: str = "") -> Place:
    """A place in Slack; `thread` is the `ts` of the thread's first message."""
    return Place(platform=PLATFORM, space=space, channel=channel, thread=thread)
