"""The shape of what `orchestrator.toml` says about chats: platforms, people, channels, and who is told of what."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr

from config.chat_ids import (
    channel,
    discord_channel,
    discord_id,
    person_pattern,
    slack_channel,
    slack_workspace,
    telegram_group,
)
from config.chat_tokens import as_app_token, as_bot_token, as_discord_token, as_telegram_token, as_webhook_secret
from config.chat_words import address, as_time_zone, https_url
from config.documents import Document
from core.domain.access import Decider
from core.domain.notification import Happening

PersonPattern = Annotated[str, AfterValidator(person_pattern)]


class SlackSection(Document):
    """`[slack]`: the app people talk to, and where it may be talked to. Without a bot token there is no Slack."""

    bot_token: Annotated[SecretStr, AfterValidator(as_bot_token)] = SecretStr("")
    """`xoxb-…`."""
    app_token: Annotated[SecretStr, AfterValidator(as_app_token)] = SecretStr("")
    """`xapp-…`, for Socket Mode."""
    signing_secret: SecretStr = SecretStr("")
    """For HTTP mode."""
    mode: Literal["socket", "http"] = "socket"
    listen: Annotated[str, AfterValidator(address)] = "127.0.0.1:3000"
    """Address and port of HTTP mode, for what forwards Slack's requests."""
    api_url: str = "https://slack.com/api/"
    workspaces: tuple[Annotated[str, AfterValidator(slack_workspace)], ...] = ()
    """Ids of the workspaces (or organisations) whose people are listened to; nobody else is."""
    channels: tuple[Annotated[str, AfterValidator(slack_channel)], ...] = ()
    """Channels it may be used in besides those bound to a project; `*` for all. Direct messages are always open."""


class TelegramSection(Document):
    """`[telegram]`: the bot people talk to, and where it may be used. Without a token there is no Telegram."""

    bot_token: Annotated[SecretStr, AfterValidator(as_telegram_token)] = SecretStr("")
    """`123456:ABC…`, as BotFather gives it."""
    mode: Literal["polling", "webhook"] = "polling"
    listen: Annotated[str, AfterValidator(address)] = "127.0.0.1:8443"
    """Address and port of webhook mode, for what forwards Telegram's requests."""
    public_url: Annotated[str, AfterValidator(https_url)] = ""
    """Where Telegram reaches what forwards to `listen`; webhook mode needs it."""
    webhook_secret: Annotated[SecretStr, AfterValidator(as_webhook_secret)] = SecretStr("")
    """Sent along by Telegram with each update; '' means one that is made of the token."""
    api_url: str = "https://api.telegram.org"
    groups: tuple[Annotated[str, AfterValidator(telegram_group)], ...] = ()
    """Groups it may be used in besides those bound to a project; `*` for all. Private chats are always open."""


class DiscordSection(Document):
    """`[discord]`: the bot people talk to, and where it may be used. Without a token there is no Discord."""

    bot_token: Annotated[SecretStr, AfterValidator(as_discord_token)] = SecretStr("")
    """Of the bot, as the developer portal gives it."""
    api_url: str = "https://discord.com/api/v10"
    guilds: tuple[Annotated[str, AfterValidator(discord_id)], ...] = ()
    """Ids of the servers (guilds) whose people are listened to; nobody else is."""
    channels: tuple[Annotated[str, AfterValidator(discord_channel)], ...] = ()
    """Channels it may be used in besides those bound to a project; `*` for all. Direct messages are always open."""


class AccessSection(Document):
    """`[access]`: who may do everything, in every project."""

    admins: tuple[PersonPattern, ...] = ()


class ApprovalsSection(Document):
    """`[approvals]`: what happens while nobody answers."""

    remind_after_s: Annotated[float, Field(gt=0)] = 3600.0
    """A question that nobody answered is asked again after this long, and again after each doubling of it."""
    escalate_after_s: Annotated[float, Field(gt=0)] = 14400.0
    """The project's admins are told."""


class ProjectAccessSection(Document):
    """`[projects.NAME.access]`: people as `slack:T0123/U0456`, `telegram:4711`, `discord:4711`.

    `slack:T0123/*` is everybody of that workspace, `discord:1234/role:5678` everybody with that role.
    """

    admins: tuple[PersonPattern, ...] = ()
    developers: tuple[PersonPattern, ...] = ()
    viewers: tuple[PersonPattern, ...] = ()


class DecideSection(Document):
    """`[projects.NAME.decide]`: who may decide what."""

    plan: Decider = Decider.DEVELOPER
    tool: Decider = Decider.DEVELOPER
    budget: Decider = Decider.ADMIN
    publish: Decider = Decider.DEVELOPER
    question: Decider = Decider.DEVELOPER
    result: Decider = Decider.DEVELOPER
    conflict: Decider = Decider.DEVELOPER


class NotifySection(Document):
    """`[projects.NAME.notify]`: who is told of what beside the task's own thread, and when not."""

    channel: tuple[Happening, ...] = ()
    """Told in the channel itself, not only in the thread."""
    direct: tuple[Happening, ...] = (Happening.APPROVAL, Happening.BUDGET)
    """Told to the person who asked for the task."""
    quiet: Annotated[str, Field(pattern=r"^(?:(?:[01]\d|2[0-3]):[0-5]\d-(?:[01]\d|2[0-3]):[0-5]\d)?$")] = ""
    """Hours without direct messages, such as `22:00-07:00`; what came meanwhile is told after them."""
    time_zone: Annotated[str, AfterValidator(as_time_zone)] = "UTC"


class ProjectChatSection(Document):
    """`[projects.NAME.chat]`: the channels that talk about the project, as `slack:T0123/C0456`, `telegram:-1001234`."""

    channels: tuple[Annotated[str, AfterValidator(channel)], ...] = ()
