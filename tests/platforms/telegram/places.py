"""Where people and the bot meet: private chats, groups, supergroups, forums with topics, channels; and who is who."""

from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["private", "group", "supergroup", "channel"]
Status = Literal["creator", "administrator", "member", "restricted", "left", "kicked"]

BOT_ID = 4711
BOT_USERNAME = "orchestrator_bot"
ANONYMOUS_ADMIN = 1087968824
"""The account that stands as the author of what anonymous administrators write: @GroupAnonymousBot."""
CHANNEL_SPEAKER = 136817688
"""The same for what people write in the name of a channel: @Channel_Bot."""
TELEGRAM_ITSELF = 777000
"""The same for posts of a channel that Telegram brings into the group where they are discussed."""

RIGHTS = frozenset(
    (
        "can_manage_chat",
        "can_delete_messages",
        "can_manage_video_chats",
        "can_restrict_members",
        "can_promote_members",
        "can_change_info",
        "can_invite_users",
        "can_post_stories",
        "can_edit_stories",
        "can_delete_stories",
        "can_pin_messages",
        "can_manage_topics",
    )
)
"""What an administrator may be allowed to do in a group."""


@dataclass(slots=True, kw_only=True)
class Account:
    """A person's or a bot's account, and how it stands with the bot."""

    id: int
    name: str
    username: str = ""
    language: str = "en"
    is_bot: bool = False
    started: bool = False
    """Whether the person pressed Start: until then the bot may not write to them."""
    blocked: bool = False
    """Whether the person has blocked the bot."""
    deleted: bool = False


@dataclass(slots=True, kw_only=True)
class Member:
    """How somebody stands in a chat; `rights` are those of an administrator."""

    status: Status = "member"
    rights: set[str] = field(default_factory=set[str])
    anonymous: bool = False
    muted: bool = False
    """Whether they are there and may not write."""

    @property
    def inside(self) -> bool:
        """Whether they are in the chat."""
        return self.status not in {"left", "kicked"}

    @property
    def admin(self) -> bool:
        """Whether they run the chat."""
        return self.status in {"creator", "administrator"}

    def may(self, right: str) -> bool:
        """Whether they have a right of administrators."""
        return self.status == "creator" or (self.admin and right in self.rights)


@dataclass(slots=True, kw_only=True)
class Topic:
    """A topic of a forum, or of a private chat with topics; its id is that of the message that opened it."""

    chat: int
    id: int
    name: str
    color: int = 7322096
    emoji: str = ""
    opened_by: int = 0
    closed: bool = False
    deleted: bool = False


@dataclass(slots=True, kw_only=True)
class Chat:
    """One chat. A private chat has the id of its person."""

    id: int
    kind: Kind
    title: str = ""
    username: str = ""
    forum: bool = False
    members: dict[int, Member] = field(default_factory=dict[int, Member])
    topics: dict[int, Topic] = field(default_factory=dict[int, Topic])
    migrated_to: int = 0
    last_message: int = 0
    """The highest message id, where the chat counts its own."""

    def thread_of_reply(self, to: int, *, thread: int, in_topic: bool) -> tuple[int, bool]:
        """Thread of an answer to a message, and whether that is a topic.

        In supergroups, also in what forums have outside of topics, answers carry the first message they go back to.
        """
        if in_topic:
            return thread, True
        return (thread or to if self.kind == "supergroup" else 0), False

    @property
    def private(self) -> bool:
        """Whether it is the conversation of one person and the bot."""
        return self.kind == "private"

    @property
    def bot(self) -> Member:
        """How the bot stands in it."""
        return self.members.setdefault(BOT_ID, Member(status="left"))

    def member(self, account: int) -> Member:
        """How somebody stands in it; who was never there has left."""
        return self.members.get(account) or Member(status="left")
