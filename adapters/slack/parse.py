"""What Slack sends becomes an inbound value, or nothing; no payload raises."""

from dataclasses import dataclass

from adapters.chat.inbound import CommandReceived, Inbound
from adapters.chat.payload import Payload, map_at, maps_at, text_at
from adapters.slack.ids import person_id, place
from adapters.slack.mentions import NameOf, mentioned, undone
from adapters.slack.parse_event import parse_event
from adapters.slack.parse_interaction import parse_interaction
from core.domain.identity import Person

OWN_COMMAND = "orchestrate"
"""Commands whose name begins so say in their text what is wanted; any other command is itself a verb."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Us:
    """Who we are in Slack, as `auth.test` says."""

    user: str
    """U…, the bot's own user."""
    bot: str
    """B…."""
    team: str
    """T… of the workspace, or E… of the organisation the app is installed in."""
    url: str = ""
    """Of the workspace: `https://acme.slack.com/`."""
    name: str = ""
    team_name: str = ""

    def space(self, team: str) -> str:
        """The space of places: the team we are installed in; in an organisation the workspace it happened in."""
        return (team or self.team) if self.team.startswith("E") else self.team


def parse(payload: Payload, us: Us, *, name_of: NameOf) -> Inbound | None:
    """The inbound value of what Slack sent, None for what is not for us: bots, edits, chatter, what we do not know."""
    space = us.space(_installed_team(payload))
    if text_at(payload, "command"):
        return _command(payload, space, name_of)
    if text_at(payload, "type") == "event_callback":
        return parse_event(payload, us=us.user, bot=us.bot, space=space, name_of=name_of)
    return parse_interaction(payload, space=space, name_of=name_of)


def names_needed(payload: Payload) -> tuple[frozenset[str], frozenset[str]]:
    """The ids of the people and of the channels whose names `parse` will ask for."""
    people, channels = mentioned(
        "\n".join((text_at(payload, "text"), text_at(payload, "event", "text"), text_at(payload, "message", "text")))
    )
    if text_at(payload, "type") == "event_callback" and (writer := text_at(payload, "event", "user")):
        people |= {writer}
    if text_at(payload, "type") == "message_action" and (author := text_at(payload, "message", "user")):
        people |= {author}
    return people, channels


def _command(payload: Payload, space: str, name_of: NameOf) -> CommandReceived | None:
    user, trigger = text_at(payload, "user_id"), text_at(payload, "trigger_id")
    if not user or not trigger:
        return None
    name = text_at(payload, "command").removeprefix("/")
    return CommandReceived(
        # a command has no event id; its trigger is made for it alone
        event_id=f"command:{trigger}",
        person=Person(id=person_id(text_at(payload, "team_id"), user), name=text_at(payload, "user_name") or user),
        place=place(space, text_at(payload, "channel_id"), text_at(payload, "thread_ts")),
        text=undone(text_at(payload, "text"), name_of=name_of).strip(),
        verb="" if name.startswith(OWN_COMMAND) else name,
        trigger=trigger,
    )


def _installed_team(payload: Payload) -> str:
    """The team of the installation this was sent to: in shared channels not that of who acts."""
    authorizations = maps_at(payload, "authorizations")
    return (
        text_at(payload, "view", "app_installed_team_id")
        or (text_at(authorizations[0], "team_id") if authorizations else "")
        or text_at(payload, "context_team_id")
        or text_at(payload, "team_id")
        or text_at(map_at(payload, "team"), "id")
        or text_at(payload, "user", "team_id")
    )
