"""One call of the HTTP API: what came, how it is refused, and what is remembered of it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.platforms.discord.permissions import May, allowed
from tests.platforms.discord.world import BOT_USER, Channel, Guild, World

Answer = dict[str, Any] | list[Any] | None


class RefusedError(Exception):
    """Discord answers with one of its codes (docs.discord.com/developers/topics/opcodes-and-status-codes)."""

    def __init__(
        self, code: int, says: str, *, status: int = 400, details: list[str] | None = None, defect: bool = False
    ) -> None:
        super().__init__(f"{code} {says} {details or ''}")
        self.code, self.says, self.status = code, says, status
        self.details = details or []
        """What is wrong, each as `path: words`."""
        self.defect = defect
        """Whether no app must ever have asked for this: too long, malformed."""

    def answer(self) -> dict[str, Any]:
        """The body of the refusal."""
        body: dict[str, Any] = {"code": self.code, "message": self.says}
        for detail in self.details:
            path, _, words = detail.partition(": ")
            node = body.setdefault("errors", {})
            for name in [each for each in path.split(".") if each]:
                node = node.setdefault(name, {})
            node.setdefault("_errors", []).append({"code": "BASE_TYPE_BAD", "message": words or path})
        return body


def unknown(what: str, code: int) -> RefusedError:
    """There is no such thing: `Unknown Message` is 10008."""
    return RefusedError(code, f"Unknown {what}", status=404)


def malformed(*details: str, defect: bool = True) -> RefusedError:
    """The body is not one that Discord takes; no defect when it only names what is not there any more."""
    return RefusedError(50035, "Invalid Form Body", details=list(details), defect=defect)


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file that came with a call; `number` as in `files[0]`."""

    number: int
    name: str
    data: bytes
    kind: str


@dataclass(slots=True, kw_only=True)
class Call:
    """A call as it arrived; `answer` and `status` are set when it was answered."""

    method: str
    """Our name for it, such as `messages.post`."""
    arguments: dict[str, Any]
    """What stood in the path."""
    query: dict[str, str]
    body: Any
    at: float
    files: list[Upload] = field(default_factory=list[Upload])
    answer: Any = None
    status: int = 200

    @property
    def given(self) -> dict[str, Any]:
        """The body where it is an object."""
        return self.body if isinstance(self.body, dict) else {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What a method needs to do its work."""

    world: World
    base_url: str
    tell: Callable[[str, dict[str, Any]], None]
    """Sends the app an event."""
    flags: Callable[[], int]
    """Of the application: which intents it was given."""

    def guild(self, given: Any) -> Guild:
        """A guild the app is in."""
        guild = self.world.guilds.get(str(given))
        if guild is None or BOT_USER not in guild.members:
            raise unknown("Guild", 10004)
        return guild

    def channel(self, given: Any, *needs: May) -> Channel:
        """A channel in which the app has these rights."""
        channel = self.world.channels.get(str(given))
        if channel is None or channel.deleted:
            raise unknown("Channel", 10003)
        guild = self.world.guild_of(channel)
        if guild is None:
            return channel
        if BOT_USER not in guild.members:
            raise RefusedError(50001, "Missing Access", status=403)
        may = allowed(guild, BOT_USER, self.world.ruling(channel))
        if May.VIEW_CHANNEL not in may:
            raise RefusedError(50001, "Missing Access", status=403)
        if any(each not in may for each in needs):
            raise RefusedError(50013, "Missing Permissions", status=403)
        return channel


Handler = Callable[[Desk, Call], Answer]
