"""The Slack app that the settings describe."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from adapters.slack.settings import SlackSettings
    from config.settings import Settings


def slack_app(settings: "Settings") -> "SlackSettings | None":
    """What the adapter is told; None without a bot token: then there is no Slack."""
    said = settings.slack
    if not said.bot_token.get_secret_value():
        return None
    # the libraries of a platform are loaded for those who use it
    from adapters.slack.settings import SlackSettings

    host, _, port = said.listen.rpartition(":")
    return SlackSettings(
        bot_token=said.bot_token.get_secret_value(),
        app_token=said.app_token.get_secret_value(),
        signing_secret=said.signing_secret.get_secret_value(),
        mode=said.mode,
        host=host,
        port=int(port),
        api_url=said.api_url,
    )
