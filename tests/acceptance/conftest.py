"""Stories from outside: each has a machine of its own."""

from tests.support.discord_team import crew, discord
from tests.support.github_team import github, shipping
from tests.support.machines import director, machine, model, repository, shop
from tests.support.slack_team import team
from tests.support.studio import cast, studio
from tests.support.telegram_team import telegram, telegram_team

__all__ = [
    "cast",
    "crew",
    "director",
    "discord",
    "github",
    "machine",
    "model",
    "repository",
    "shipping",
    "shop",
    "studio",
    "team",
    "telegram",
    "telegram_team",
]
