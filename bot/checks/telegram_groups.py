"""Looks at the groups a bot has to reach in Telegram: whether it is in them, may write, and may open topics."""

from collections.abc import Sequence
from dataclasses import dataclass

from adapters.chat.errors import ChatError, NotReachableError
from adapters.chat.payload import Payload, text_at, truth_at
from adapters.telegram.calls import Calls
from adapters.telegram.errors import MovedError
from adapters.telegram.us import Us
from bot.checks.bound import MOST_CHANNELS, BoundChannel
from bot.checks.finding import Finding, broken, fine, note, warning

_ABOUT = "Telegram groups"
_NETWORK = "Check the network, a proxy (HTTPS_PROXY), or telegram.api_url."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fine:
    """A group that can be used."""

    name: str


async def groups(calls: Calls, us: Us, channels: Sequence[BoundChannel]) -> Sequence[Finding]:
    """One finding for each group about which something is to be said, or one for all."""
    if not channels:
        todo = "In a group: /project use NAME. Or set channels in [projects.NAME.chat]."
        return [note(_ABOUT, "No group is bound to a project; private chats work.", todo=todo)]
    looks = [await _group(calls, us, each) for each in channels[:MOST_CHANNELS]]
    if told := [each for each in looks if isinstance(each, Finding)]:
        return told
    more = f", and {len(channels) - MOST_CHANNELS} not asked about" if len(channels) > MOST_CHANNELS else ""
    return [fine(_ABOUT, f"The bot is in {', '.join(each.name for each in looks if isinstance(each, _Fine))}{more}.")]


async def _group(calls: Calls, us: Us, channel: BoundChannel) -> Finding | _Fine:
    """What is to be said of one group; its name when nothing is."""
    try:
        chat = await calls.ask("getChat", repeatable=True, chat_id=int(channel.native))
        member = await calls.ask("getChatMember", repeatable=True, chat_id=int(channel.native), user_id=us.id)
    except MovedError as error:
        text = f"{channel.name} ({channel.why}) became a supergroup with another number."
        return note(_ABOUT, text, todo=f"It still works; write telegram:{error.to} in its place.")
    except NotReachableError:
        todo = f"Add @{us.username} to the group, or correct the number: orchestrator init telegram tells it."
        return broken(_ABOUT, f"The bot does not see {channel.name} ({channel.why}).", todo=todo)
    except ChatError as error:
        return warning(_ABOUT, f"{channel.name} could not be asked about: {error.message}", todo=_NETWORK)
    return _standing(us, chat, member, channel)


def _standing(us: Us, chat: Payload, member: Payload, channel: BoundChannel) -> Finding | _Fine:
    name, status = text_at(chat, "title") or channel.name, text_at(member, "status")
    where = f"{name} ({channel.why})"
    if status in {"left", "kicked"}:
        return broken(_ABOUT, f"The bot is not in {where}.", todo=f"Add @{us.username} to the group.")
    if status == "restricted" and not truth_at(member, "can_send_messages"):
        return broken(_ABOUT, f"The bot may not write in {where}.", todo="Lift what the group restricts it to.")
    if truth_at(chat, "is_forum") and not (status == "creator" or truth_at(member, "can_manage_topics")):
        todo = "Make it an administrator that may manage topics; until then tasks are chains of replies."
        return note(_ABOUT, f"The bot cannot open topics in {where}.", todo=todo)
    if status not in {"administrator", "creator"} and not us.hears_all:
        todo = "Make it an administrator, so that it hears what is said in a task's thread without an answer to it."
        return note(_ABOUT, f"In {where} the bot hears commands, answers to it and its name only.", todo=todo)
    return _Fine(name=name)
