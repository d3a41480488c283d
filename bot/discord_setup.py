"""How Discord is set up, in words: the settings to add, and the steps from nothing to the first command."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.settings_tables import Path, added, chat_table, missing, one, table

if TYPE_CHECKING:
    from config.settings import Settings

TOKEN_VARIABLE = "ORCHESTRATOR_DISCORD__BOT_TOKEN"  # noqa: S105 - the name of a variable
PORTAL = "https://discord.com/developers/applications"


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscordIds:
    """What is known of Discord; '' for what is not known yet."""

    application: str = ""
    guild: str = ""
    """The server."""
    admin: str = ""
    """The user who may do everything."""
    channel: str = ""
    """Where the project is talked about."""

    @property
    def admin_id(self) -> str:
        """As settings write it: `discord:4711`."""
        return f"discord:{self.admin}" if self.admin else ""

    @property
    def channel_id(self) -> str:
        """As settings write it: `discord:1234/5678`."""
        return f"discord:{self.guild}/{self.channel}" if self.guild and self.channel else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscordSetup:
    """What somebody wants. `project` is '' while there is none."""

    ids: DiscordIds
    project: str = ""


def tables(setup: DiscordSetup) -> dict[Path, str]:
    """The tables that Discord takes in the settings; what is not known yet is left empty, with what goes there."""
    ids = setup.ids
    discord = [
        f"# The token comes from the environment: {TOKEN_VARIABLE}",
        one("guilds", ids.guild, such_as="1234"),
    ]
    found: dict[Path, str] = {
        ("discord",): table(("discord",), discord),
        ("access",): table(("access",), [one("admins", ids.admin_id, such_as="discord:4711")]),
    }
    if setup.project:
        where = chat_table(setup.project)
        example = f"discord:{ids.guild or '1234'}/5678"
        found[where] = table(where, [one("channels", ids.channel_id, such_as=example)])
    return found


def by_hand(setup: DiscordSetup, settings: "Settings", *, text: str) -> Sequence[str]:
    """What has to be changed in tables that are there already, as lines of TOML."""
    ids, new = setup.ids, missing(tables(setup), text=text)
    lines: list[str] = []
    if ("discord",) not in new:
        lines += added(("discord",), "guilds", ids.guild, to=settings.discord.guilds)
    if ("access",) not in new:
        lines += added(("access",), "admins", ids.admin_id, to=settings.access.admins)
    if setup.project and (where := chat_table(setup.project)) not in new:
        lines += added(where, "channels", ids.channel_id, to=settings.project(setup.project).channels)
    return lines


def application_steps(*, intent: str) -> Sequence[str]:
    """How the application is made; `intent` is the one it needs."""
    return (
        f"Open {PORTAL}, New Application. Its name is what people see.",
        f"On the page Bot: switch on {intent}. Press Reset Token and copy it: export {TOKEN_VARIABLE}=…",
    )


def token_step() -> str:
    """Where the token goes once there is one."""
    return f"Give the token to the program through its environment: export {TOKEN_VARIABLE}=…"


def invite_step(*, url: str, permissions: Mapping[str, int]) -> str:
    """The step in which the bot is added to a server; `url` is '' while the application is not known."""
    needs = f"It asks for: {', '.join(permissions)}."
    if url:
        return f"Add the bot to your server, with exactly what it needs:\n\n   {url}\n\n   {needs}"
    return (
        "Add the bot to your server: copy the Application ID from the page General Information, and run "
        f"orchestrator init discord --application ID. It prints the address. {needs}"
    )


def id_steps(setup: DiscordSetup) -> Sequence[str]:
    """How the ids are found that are not known yet."""
    ids = setup.ids
    wanted: list[str] = []
    if not ids.guild:
        wanted.append("the server, Copy Server ID, for guilds in [discord]")
    if not ids.admin:
        wanted.append("yourself, Copy User ID, for admins in [access] as discord:ID")
    if setup.project and not ids.channel:
        where = f"[projects.{setup.project}.chat] as discord:{ids.guild or 'SERVER'}/ID"
        wanted.append(f"the channel, Copy Channel ID, for channels in {where}")
    if not wanted:
        return ()
    lines = "".join(f"\n   - {each}" for each in wanted)
    return (f"Switch on Developer Mode in Discord (User Settings, Advanced). Then right-click:{lines}",)


def last_steps(*, settings_step: str) -> Sequence[str]:
    """What is left to do. `settings_step` is the one about the settings file."""
    return (
        settings_step,
        "Ask what is still missing: orchestrator doctor",
        "Start it: orchestrator serve",
        "In a channel in Discord: /orchestrate help",
    )
