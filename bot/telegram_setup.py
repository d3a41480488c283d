"""How Telegram is set up, in words: the settings to add, and the steps from nothing to the first command."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.settings_tables import Path, added, chat_table, missing, one, table

if TYPE_CHECKING:
    from config.settings import Settings

TOKEN_VARIABLE = "ORCHESTRATOR_TELEGRAM__BOT_TOKEN"  # noqa: S105 - the name of a variable
FATHER = "https://t.me/BotFather"


@dataclass(frozen=True, slots=True, kw_only=True)
class TelegramIds:
    """What is known of Telegram; 0 and '' for what is not known yet."""

    username: str = ""
    """Of the bot, without @."""
    admin: int = 0
    """The number of who may do everything."""
    group: int = 0
    """The number of the group in which the project is talked about; below zero."""

    @property
    def admin_id(self) -> str:
        """As settings write it: `telegram:4711`."""
        return f"telegram:{self.admin}" if self.admin else ""

    @property
    def group_id(self) -> str:
        """As settings write it: `telegram:-1001234`."""
        return f"telegram:{self.group}" if self.group else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TelegramSetup:
    """What somebody wants. `project` is '' while there is none; `http_url` is '' for polling."""

    ids: TelegramIds
    project: str = ""
    http_url: str = ""


def tables(setup: TelegramSetup) -> dict[Path, str]:
    """The tables that Telegram takes in the settings; what is not known yet is left empty, with what goes there."""
    ids = setup.ids
    telegram = [
        f"# The token comes from the environment: {TOKEN_VARIABLE}",
        *(_webhook(setup.http_url) if setup.http_url else []),
        *([one("groups", str(ids.group), such_as="")] if ids.group and not setup.project else []),
    ]
    found: dict[Path, str] = {
        ("telegram",): table(("telegram",), telegram),
        ("access",): table(("access",), [one("admins", ids.admin_id, such_as="telegram:4711")]),
    }
    if setup.project:
        where = chat_table(setup.project)
        found[where] = table(where, [one("channels", ids.group_id, such_as="telegram:-1001234")])
    return found


def by_hand(setup: TelegramSetup, settings: "Settings", *, text: str) -> Sequence[str]:
    """What has to be changed in tables that are there already, as lines of TOML."""
    ids, telegram, new = setup.ids, settings.telegram, missing(tables(setup), text=text)
    lines: list[str] = []
    if ("telegram",) not in new:
        other = setup.http_url and (telegram.mode, telegram.public_url) != ("webhook", setup.http_url)
        lines += [f"[telegram] {line}" for line in _webhook(setup.http_url)[:2]] if other else []
        lines += [] if setup.project else added(("telegram",), "groups", str(ids.group or ""), to=telegram.groups)
    if ("access",) not in new:
        lines += added(("access",), "admins", ids.admin_id, to=settings.access.admins)
    if setup.project and (where := chat_table(setup.project)) not in new:
        lines += added(where, "channels", ids.group_id, to=settings.project(setup.project).channels)
    return lines


def bot_steps() -> Sequence[str]:
    """How a bot is made."""
    return (
        f"In Telegram open {FATHER} and send /newbot. It asks for a name, and for a username that ends in bot.",
        token_step("It answers with a token"),
    )


def token_step(beginning: str) -> str:
    """Where the token goes."""
    return f"{beginning}: export {TOKEN_VARIABLE}=123456:ABC…"


def number_steps(setup: TelegramSetup) -> Sequence[str]:
    """How the numbers are found that are not known yet, once the bot runs."""
    ids, steps = setup.ids, list[str]()
    if not ids.admin:
        steps.append(
            "Your own number is told by orchestrator init telegram at a terminal, while serve does not run, when you "
            "press Start. It goes as telegram:4711 into admins in [access]."
        )
    if not ids.group:
        where = f"[projects.{setup.project or 'NAME'}.chat]"
        steps.append(
            f"To use it in a group: {group_words(ids.username)} The same command tells the group's number, which goes "
            f"as telegram:-1001234 into channels in {where}."
        )
    return steps


def group_words(username: str) -> str:
    """What to do in a group."""
    bot = f"@{username}" if username else "the bot"
    return (
        f"add {bot} to it, and make it an administrator that may manage topics. It then hears what is said in a task's "
        "thread, and opens a topic for each task where the group has topics."
    )


def last_steps(setup: TelegramSetup, *, settings_step: str) -> Sequence[str]:
    """What is left to do. `settings_step` is the one about the settings file."""
    return (
        settings_step,
        "Ask what is still missing: orchestrator doctor",
        "Start it: orchestrator serve",
        *number_steps(setup),
        f"Open {link(setup.ids.username)} and press Start, then: /help",
    )


def link(username: str) -> str:
    """Where people open the bot."""
    return f"https://t.me/{username}" if username else "the bot"


def _webhook(url: str) -> list[str]:
    return ['mode = "webhook"', f'public_url = "{url}"', '# listen = "127.0.0.1:8443"']
