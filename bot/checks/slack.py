"""Looks at Slack: the settings alone first, then what Slack says about tokens, scopes, socket and channels."""

from collections.abc import AsyncGenerator, Sequence

from adapters.chat.errors import ChatError, NotReachableError
from adapters.chat.payload import map_at, text_at
from adapters.slack.calls import Calls
from adapters.slack.identity import check, recognised, refusal
from adapters.slack.needs import SCOPES
from adapters.slack.parse import Us
from adapters.slack.settings import SlackSettings
from bot.checks.bound import MOST_CHANNELS, BoundChannel, channels_of
from bot.checks.finding import Finding, Mark, broken, fine, note, warning
from bot.checks.slack_people import people
from bot.slack_app import slack_app
from config.settings import Settings
from core.domain.errors import ConfigurationError

_NETWORK = "Check the network, a proxy (HTTPS_PROXY), or slack.api_url."


async def slack(settings: Settings, *, channels: Sequence[BoundChannel], offline: bool) -> Sequence[Finding]:
    """All about Slack; nothing is sent, and with `offline` Slack is not asked. `channels` are bound in Slack itself."""
    given = slack_app(settings)
    if given is None:
        return [_absent(settings)]
    try:
        check(given)
    except ConfigurationError as error:
        return [Finding(about="Slack", mark=Mark.BROKEN, text=error.message, todo=error.hint, is_configuration=True)]
    if offline:
        return [note("Slack", "There are tokens; Slack was not asked about them."), *people(settings, team="")]
    bound = channels_of("slack", settings, bound=channels)
    return [finding async for finding in _asked(settings, given, channels=bound)]


async def _asked(
    settings: Settings, given: SlackSettings, *, channels: Sequence[BoundChannel]
) -> AsyncGenerator[Finding]:
    calls = Calls(given)
    async with calls.connected():
        try:
            us = await recognised(calls)
            granted = await calls.granted()
        except ConfigurationError as error:
            yield broken("Slack", error.message, todo=error.hint)
            return
        except ChatError as error:
            yield warning("Slack", f"It could not be asked: {error.message}", todo=error.hint or _NETWORK)
            return
        yield fine("Slack", f"The app is @{us.name} in {us.team_name} ({us.team}).")
        yield _scopes(granted)
        yield await _connection(calls, given)
        for finding in people(settings, team=us.team):
            yield finding
        for finding in await _channels(calls, us, channels):
            yield finding


def _absent(settings: Settings) -> Finding:
    said = settings.slack
    if said.app_token.get_secret_value() or said.signing_secret.get_secret_value() or said.workspaces:
        todo = "Set ORCHESTRATOR_SLACK__BOT_TOKEN to the bot token (xoxb-…) from OAuth & Permissions."
        return warning("Slack", "It is in the settings, but there is no bot token.", todo=todo)
    return note("Slack", "Not set up.", todo="To work from Slack: orchestrator init slack")


def _scopes(granted: frozenset[str]) -> Finding:
    missing = sorted(set(SCOPES) - granted)
    if not granted:
        return note("Slack scopes", "Slack did not say which scopes the app has.")
    if not missing:
        return fine("Slack scopes", f"The app has all {len(SCOPES)} it needs.")
    todo = "Add them under OAuth & Permissions, Bot Token Scopes, and install the app again."
    return broken("Slack scopes", f"Missing: {', '.join(missing)}.", todo=todo)


async def _connection(calls: Calls, given: SlackSettings) -> Finding:
    if given.mode == "http":
        text = f"There is a signing secret; Slack's requests are awaited on {given.host}:{given.port}/slack/events."
        return fine("Slack connection", text)
    try:
        await calls.socket_address()
    except ChatError as error:
        if (never := refusal(error)) is not None:
            return broken("Slack connection", never.message, todo=never.hint)
        return warning("Slack connection", f"No socket is given: {error.message}", todo=error.hint or _NETWORK)
    return fine("Slack connection", "Socket Mode is on, and a socket is given.")


async def _channels(calls: Calls, us: Us, channels: Sequence[BoundChannel]) -> Sequence[Finding]:
    """One finding for each channel that cannot be used, or one for all."""
    if not channels:
        todo = "In a channel: /orchestrate project use NAME. Or set channels in [projects.NAME.chat]."
        return [note("Slack channels", "No channel is bound to a project.", todo=todo)]
    looks = [await _channel(calls, us, each) for each in channels[:MOST_CHANNELS]]
    if wrong := [each for each in looks if isinstance(each, Finding)]:
        return wrong
    more = f", and {len(channels) - MOST_CHANNELS} not asked about" if len(channels) > MOST_CHANNELS else ""
    return [fine("Slack channels", f"The app is in {', '.join(str(look) for look in looks)}{more}.")]


async def _channel(calls: Calls, us: Us, channel: BoundChannel) -> Finding | str:
    """What is wrong with one channel; its name when nothing is."""
    about = "Slack channels"
    team, _, native = channel.name.removeprefix("slack:").partition("/")
    if us.team.startswith("T") and team != us.team:
        text = f"{channel.name} ({channel.why}) is not in this workspace, which is {us.team}."
        return broken(about, text, todo=f"Write it as slack:{us.team}/… in the settings.")
    try:
        found = map_at(await calls.call("conversations.info", repeatable=True, channel=native), "channel")
    except NotReachableError:
        todo = f"Check its id; in a private channel: /invite @{us.name}"
        return broken(about, f"The app cannot see {channel.name} ({channel.why}).", todo=todo)
    except ChatError as error:
        return warning(about, f"{channel.name} could not be asked about: {error.message}", todo=error.hint or _NETWORK)
    name = f"#{text_at(found, 'name')}"
    if found.get("is_archived"):
        return broken(about, f"{name} ({channel.why}) is archived.", todo="Unarchive it, or bind another one.")
    if not found.get("is_member"):
        return broken(about, f"The app is not in {name} ({channel.why}).", todo=f"In {name}: /invite @{us.name}")
    return name
