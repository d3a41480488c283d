"""The chat platforms that the settings describe."""

from adapters.chat.port import ChatAdapter
from bot.serve import Platform
from bot.slack_app import slack_app
from config.settings import Settings
from core.domain.errors import ConfigurationError


def platforms_of(settings: Settings) -> tuple[Platform, ...]:
    """Every platform with a token; ConfigurationError when there is none."""
    found = (_slack(settings),)
    served = tuple(platform for platform in found if platform is not None)
    if not served:
        raise ConfigurationError(
            "No chat is set up yet.",
            source="[slack]",
            hint="Begin with: orchestrator init slack. In the terminal: orchestrator chat",
        )
    return served


def _slack(settings: Settings) -> Platform | None:
    given = slack_app(settings)
    if given is None:
        return None
    # the libraries of a platform are loaded for those who use it
    from adapters.slack.adapter import SlackAdapter

    def greeting(adapter: ChatAdapter) -> str:
        us = adapter.us if isinstance(adapter, SlackAdapter) else None
        where = f" as @{us.name} in {us.team_name}" if us is not None else ""
        by = f" on {given.host}:{adapter.port}" if isinstance(adapter, SlackAdapter) and given.mode == "http" else ""
        return f"Listening in Slack{where}{by}."

    return Platform(name="slack", title="Slack", adapter=lambda _: SlackAdapter(given), greeting=greeting)
