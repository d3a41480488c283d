"""Telegram's ids as ours and back; a private chat has the id of its person, and is a channel that begins with D."""

from dataclasses import dataclass

from core.domain.identity import PersonId, Place

PLATFORM = "telegram"
_SUPERGROUPS = -1_000_000_000_000
"""Ids of supergroups and channels lie below (core.telegram.org/api/bots/ids)."""


def person_id(user: int) -> PersonId:
    """The person with this user id."""
    return PersonId(f"{PLATFORM}:{user}")


def user_of(person: PersonId) -> int:
    """Telegram's own id of a person; 0 for somebody who is not in Telegram."""
    platform, _, native = person.partition(":")
    return int(native) if platform == PLATFORM and native.isascii() and native.isdigit() else 0


def channel_of(chat: int) -> str:
    """The channel that stands for a chat."""
    return f"D{chat}" if chat > 0 else str(chat)


def chat_of(channel: str) -> int:
    """The chat a channel stands for; 0 for what is none."""
    try:
        return int(channel.removeprefix("D"))
    except ValueError:
        return 0


def is_supergroup(chat: int) -> bool:
    """Whether the chat is a supergroup, which counts its messages by itself; other chats share one count."""
    return chat < _SUPERGROUPS


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadId:
    """A forum topic, or a chain of replies below the message `root`; neither for a chat as such."""

    topic: int = 0
    root: int = 0

    def __str__(self) -> str:
        if self.topic:
            return f"t{self.topic}"
        return str(self.root) if self.root else ""


def thread_id(text: str) -> ThreadId:
    """The thread that `text` names: `t5` is a topic, `77` a chain of replies."""
    digits = text.removeprefix("t")
    if not (digits.isascii() and digits.isdigit()):
        return ThreadId()
    return ThreadId(topic=int(digits)) if text.startswith("t") else ThreadId(root=int(digits))


def place(channel: str, thread: str = "") -> Place:
    """A place in Telegram, which has no spaces."""
    return Place(platform=PLATFORM, channel=channel, thread=thread)
