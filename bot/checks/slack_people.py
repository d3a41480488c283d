"""Looks at who is listened to in Slack: the settings deny everybody whom they do not name."""

from collections.abc import Iterator, Sequence

from bot.checks.bound import people_of, some
from bot.checks.finding import Finding, Mark, fine, warning
from config.settings import Settings

_WHOSE_ID = "A member id stands in Slack under Profile, ⋯, Copy member ID."


def people(settings: Settings, *, team: str) -> Sequence[Finding]:
    """Whether a workspace is listened to, and somebody in it; `team` is the app's own, '' when nobody was asked."""
    return [_workspaces(settings, team=team), *_people(settings, team=team)]


def _workspaces(settings: Settings, *, team: str) -> Finding:
    about, known = "Slack workspaces", settings.slack.workspaces
    add = f'Set workspaces = ["{team or "T0123"}"] in [slack].'
    if not known:
        return _wrong(about, "No workspace is listened to.", todo=add)
    # an app of an organisation (E…) hears from many workspaces
    if team.startswith("T") and team not in known:
        return _wrong(about, f"The app's own workspace {team} is not listened to.", todo=add)
    return fine(about, f"Listened to: {', '.join(known)}.")


def _people(settings: Settings, *, team: str) -> Iterator[Finding]:
    about, named = "Slack people", people_of("slack", settings)
    if not named:
        example = f'admins = ["slack:{team or "T0123"}/U0456"]'
        yield _wrong(about, "Nobody is allowed to do anything.", todo=f"Set {example} in [access]. {_WHOSE_ID}")
        return
    spaces = settings.slack.workspaces
    strange = [each for each in named if each != "slack:*" and _space(each) not in spaces]
    if strange and spaces:
        todo = "Correct them, or add their workspace to workspaces in [slack]."
        yield warning(about, f"Not in a workspace that is listened to: {', '.join(strange[:5])}.", todo=todo)
    yield fine(about, f"Allowed: {some(named)}.")


def _space(person: str) -> str:
    return person.partition(":")[2].partition("/")[0]


def _wrong(about: str, text: str, *, todo: str) -> Finding:
    return Finding(about=about, mark=Mark.BROKEN, text=text, todo=todo, is_configuration=True)
