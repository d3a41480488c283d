"""Looks at who is listened to in Discord: the settings deny every server and everybody whom they do not name."""

from collections.abc import Iterator, Mapping

from adapters.discord.needs import invite_url
from bot.checks.bound import people_of, some
from bot.checks.finding import Finding, Mark, broken, fine, note
from config.settings import Settings


def servers(settings: Settings, joined: Mapping[str, str], *, application: str) -> Iterator[Finding]:
    """Whether the bot is in the servers that are listened to; `joined` are those it is in, id → name."""
    about, known = "Discord servers", settings.discord.guilds
    if not joined:
        yield broken(about, "The bot is in no server.", todo=f"Add it to one: {invite_url(application)}")
        return
    if not known:
        first = next(iter(joined))
        todo = f'Set guilds = ["{first}"] in [discord]. It is in {_named(joined)}.'
        yield Finding(about=about, mark=Mark.BROKEN, text="No server is listened to.", todo=todo, is_configuration=True)
        return
    there = {each: joined[each] for each in known if each in joined}
    for each in known:
        if each not in joined:
            yield broken(about, f"The bot is not in the server {each}.", todo=f"Add it: {invite_url(application)}")
    if there:
        yield fine(about, f"Listened to: {_named(there)}.")
    if strange := {each: name for each, name in joined.items() if each not in known}:
        todo = "Add them to guilds in [discord], or let the bot leave them."
        yield note(about, f"Not listened to: {_named(strange)}.", todo=todo)


def people(settings: Settings) -> Finding:
    """Whether anybody is allowed anything."""
    about, named = "Discord people", people_of("discord", settings)
    if named:
        return fine(about, f"Allowed: {some(named)}.")
    todo = (
        'Set admins = ["discord:4711"] in [access]. A user id: switch on Developer Mode in Discord, '
        "right-click the person, Copy User ID."
    )
    return Finding(
        about=about, mark=Mark.BROKEN, text="Nobody is allowed to do anything.", todo=todo, is_configuration=True
    )


def _named(guilds: Mapping[str, str]) -> str:
    return some([f"{name} ({each})" for each, name in guilds.items()])
