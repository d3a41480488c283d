"""What the doctor says about Slack, on a simulated workspace with the real client."""

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters.slack.needs import SCOPES
from bot.checks import house
from bot.checks.bound import BoundChannel
from bot.checks.finding import Finding, Mark
from bot.checks.slack import slack as slack_checks
from bot.onlooker import looking, utc_now
from config.settings import Settings, load_settings
from core.domain.conversation import Binding, Delivery, DeliveryState
from core.domain.identity import PersonId, Place, ProjectName
from core.store import Store
from tests.platforms.slack.simulator import SlackSimulator
from tests.platforms.slack.workspace import TEAM
from tests.support.command_line import CommandLine

pytestmark = pytest.mark.slack
PEOPLE = f'[access]\nadmins = ["slack:{TEAM}/U0001"]\n'
LISTENS = f'workspaces = ["{TEAM}"]\n'


def settings_for(folder: Path, slack: SlackSimulator, more: str = LISTENS + PEOPLE, **variables: str) -> Settings:
    (folder / "orchestrator.toml").write_text(text_for(slack, more))
    environ = {"HOME": str(folder), "ORCHESTRATOR_HOME": str(folder / "state"), **variables}
    return load_settings(config=None, cwd=folder, environ=environ)


def text_for(slack: SlackSimulator, more: str = LISTENS + PEOPLE) -> str:
    tokens = {"bot_token": slack.bot_token, "app_token": slack.app_token, "api_url": slack.api_url}
    return "[slack]\n" + "".join(f'{key} = "{value}"\n' for key, value in tokens.items()) + more


async def found_by(
    settings: Settings, *, channels: Sequence[BoundChannel] = (), offline: bool = False
) -> Mapping[str, Finding]:
    """The findings by what they are about, the worst of each."""
    order = list(Mark)
    found = await slack_checks(settings, channels=channels, offline=offline)
    secrets = settings.secrets()
    assert not [each for each in found if any(secret in f"{each.text}{each.todo}" for secret in secrets)]
    return {each.about: each for each in sorted(found, key=lambda each: order.index(each.mark))}


async def test_when_all_is_set_up_all_is_fine(tmp_path: Path, slack: SlackSimulator) -> None:
    shop = slack.channel("shop")
    bound = f'[projects.shop]\npath = "."\nchat = {{ channels = ["slack:{TEAM}/{shop.id}"] }}\n'

    found = await found_by(settings_for(tmp_path, slack, LISTENS + PEOPLE + bound))

    assert {each.mark for each in found.values()} == {Mark.FINE}, found
    assert TEAM in found["Slack"].text
    assert "#shop" in found["Slack channels"].text


async def test_nothing_is_sent_and_nothing_is_connected(tmp_path: Path, slack: SlackSimulator) -> None:
    await found_by(settings_for(tmp_path, slack))

    assert {call.method for call in slack.calls} == {"auth.test", "apps.connections.open"}
    assert not slack.sockets.connected


async def test_offline_slack_is_not_asked(tmp_path: Path, slack: SlackSimulator) -> None:
    found = await found_by(settings_for(tmp_path, slack), offline=True)

    assert found["Slack"].mark is Mark.NOTE
    assert found["Slack people"].mark is Mark.FINE
    assert slack.calls == []


async def test_without_a_token_it_says_how_to_begin(tmp_path: Path) -> None:
    empty = load_settings(config=None, cwd=tmp_path, environ={"HOME": str(tmp_path)})
    assert (await found_by(empty))["Slack"].todo == "To work from Slack: orchestrator init slack"

    (tmp_path / "orchestrator.toml").write_text(f"[slack]\n{LISTENS}")
    begun = load_settings(config=None, cwd=tmp_path, environ={"HOME": str(tmp_path)})
    found = (await found_by(begun))["Slack"]
    assert (found.mark, "ORCHESTRATOR_SLACK__BOT_TOKEN" in found.todo) == (Mark.WARNING, True)


async def test_a_missing_token_is_named_before_slack_is_asked(tmp_path: Path, slack: SlackSimulator) -> None:
    (tmp_path / "orchestrator.toml").write_text(f'[slack]\nbot_token = "{slack.bot_token}"\n')
    settings = load_settings(config=None, cwd=tmp_path, environ={"HOME": str(tmp_path)})

    found = (await found_by(settings))["Slack"]

    assert (found.mark, found.is_configuration) == (Mark.BROKEN, True)
    assert "connections:write" in found.todo
    assert slack.calls == []


async def test_http_mode_needs_a_signing_secret(tmp_path: Path, slack: SlackSimulator) -> None:
    without = await found_by(settings_for(tmp_path, slack, f'mode = "http"\n{LISTENS}{PEOPLE}'))
    assert "signing_secret is missing" in without["Slack"].text

    secret = f'mode = "http"\nsigning_secret = "{slack.signing_secret}"\n'
    found = await found_by(settings_for(tmp_path, slack, secret + LISTENS + PEOPLE))
    assert found["Slack connection"].mark is Mark.FINE
    assert "127.0.0.1:3000" in found["Slack connection"].text
    assert {call.method for call in slack.calls} == {"auth.test"}


async def test_tokens_that_slack_does_not_accept_are_told_apart(tmp_path: Path, slack: SlackSimulator) -> None:
    settings = settings_for(tmp_path, slack, ORCHESTRATOR_SLACK__BOT_TOKEN="xoxb-revoked")
    bot = (await found_by(settings))["Slack"]
    assert (bot.mark, "bot_token" in bot.text) == (Mark.BROKEN, True)

    settings = settings_for(tmp_path, slack, ORCHESTRATOR_SLACK__APP_TOKEN="xapp-revoked")
    found = await found_by(settings)
    assert found["Slack"].mark is Mark.FINE
    assert (found["Slack connection"].mark, "app_token" in found["Slack connection"].text) == (Mark.BROKEN, True)


async def test_scopes_that_are_missing_are_named(tmp_path: Path) -> None:
    scopes = set(SCOPES) - {"files:write", "reactions:write"}
    async with SlackSimulator(scopes=scopes) as slack:
        found = (await found_by(settings_for(tmp_path, slack)))["Slack scopes"]

    assert found.mark is Mark.BROKEN
    assert found.text == "Missing: files:write, reactions:write."


async def test_slack_being_away_is_a_warning(tmp_path: Path, slack: SlackSimulator) -> None:
    slack.faults.server_error()

    found = await found_by(settings_for(tmp_path, slack))

    assert (found["Slack"].mark, list(found)) == (Mark.WARNING, ["Slack"])


async def test_who_and_where_is_told_with_the_ids_to_write(tmp_path: Path, slack: SlackSimulator) -> None:
    nobody = await found_by(settings_for(tmp_path, slack, ""))
    assert nobody["Slack workspaces"].todo == f'Set workspaces = ["{TEAM}"] in [slack].'
    assert f'admins = ["slack:{TEAM}/U0456"]' in nobody["Slack people"].todo
    assert {nobody[each].mark for each in ("Slack workspaces", "Slack people")} == {Mark.BROKEN}
    assert nobody["Slack people"].is_configuration

    other = await found_by(settings_for(tmp_path, slack, f'workspaces = ["T999"]\n{PEOPLE}'))
    assert other["Slack workspaces"].text == f"The app's own workspace {TEAM} is not listened to."
    assert other["Slack people"].mark is Mark.WARNING


async def test_channels_that_cannot_be_used_are_told_with_what_to_do(tmp_path: Path, slack: SlackSimulator) -> None:
    outside, gone = slack.channel("outside", with_app=False), slack.channel("gone")
    gone.archived = True
    names = {outside.id: "not in #outside", gone.id: "#gone", "C404": "cannot see", "CX": "not in this workspace"}
    bound = [
        BoundChannel(name=f"slack:{'T999' if each == 'CX' else TEAM}/{each}", why="project shop") for each in names
    ]

    found = await slack_checks(settings_for(tmp_path, slack), channels=bound, offline=False)

    told = [each for each in found if each.about == "Slack channels"]
    assert {each.mark for each in told} == {Mark.BROKEN}
    assert all(any(word in each.text for each in told) for word in names.values()), told
    assert "/invite @" in told[0].todo


async def test_without_a_bound_channel_it_says_how_to_bind_one(tmp_path: Path, slack: SlackSimulator) -> None:
    found = (await found_by(settings_for(tmp_path, slack)))["Slack channels"]

    assert (found.mark, "/orchestrate project use" in found.todo) == (Mark.NOTE, True)


async def test_what_never_arrived_is_told_with_to_whom_and_why(tmp_path: Path, slack: SlackSimulator) -> None:
    settings = settings_for(tmp_path, slack)
    settings.home.mkdir()
    await store_past(settings.database_url)

    async with looking(settings) as seen:
        (found,) = await house.deliveries(seen)
        bound = await house.bindings(seen)

    assert found.mark is Mark.WARNING
    assert all(word in found.text for word in ("1 never arrived", "slack:T1/U1", "It is closed."))
    assert bound == [("slack:T1/C1", "shop")]


async def test_a_changed_row_of_the_audit_trail_is_told(tmp_path: Path, slack: SlackSimulator) -> None:
    settings = settings_for(tmp_path, slack)
    settings.home.mkdir()
    await store_past(settings.database_url)

    async with looking(settings) as seen:
        assert await house.audit(seen) == []
    async with await Store.open(settings.database_url, clock=utc_now) as store:
        for act in ("submit", "decide"):
            async with store.transaction() as uow:
                await uow.audit.append(actor=PersonId("slack:T1/U1"), act=act, allowed=True)
    async with looking(settings) as seen:
        assert [each.mark for each in await house.audit(seen)] == [Mark.FINE]

    database = sqlite3.connect(settings.home / "orchestrator.sqlite3")
    with closing(database), database:
        database.execute("update audit set act = 'look' where seq = 1")
    async with looking(settings) as seen:
        (found,) = await house.audit(seen)
    assert (found.mark, "Row 1 " in found.text) == (Mark.BROKEN, True)


@pytest.mark.slow
async def test_doctor_and_status_tell_it_all_as_commands(machine: CommandLine, slack: SlackSimulator) -> None:
    machine.write_settings(text_for(slack))
    machine.home.mkdir()
    await store_past(f"sqlite:///{machine.database}")

    told = (await machine.run("doctor", "--json")).document["findings"]
    assert {each["mark"] for each in told if each["about"] in ("Slack", "Slack scopes", "Slack connection")} == {"fine"}
    # bound in Slack itself, of a workspace that is not ours
    assert [each["mark"] for each in told if each["about"] == "Slack channels"] == ["broken"]

    words = (await machine.run("status")).stdout
    assert "1 message could not be delivered in the chat:" in words
    assert "slack:T1/U1" in words
    document = (await machine.run("status", "--json")).document["undelivered"]
    assert (document["given_up"], document["newest"][0]["why"]) == (1, "It is closed.")


async def store_past(url: str) -> None:
    """A message that was given up, and a channel that somebody bound."""
    at = datetime.now(UTC)
    async with await Store.open(url, clock=lambda: at) as store, store.transaction() as uow:
        place = Place(platform="slack", space="T1", channel="C1")
        await uow.bindings.set(Binding(place=place, project=ProjectName("shop"), by=PersonId("slack:T1/U1"), at=at))
        await uow.deliveries.add(
            Delivery(
                key="A17:direct:slack:T1/U1",
                platform="slack",
                person=PersonId("slack:T1/U1"),
                notice={},
                state=DeliveryState.DEAD,
                error="It is closed.",
                made_at=at,
                settled_at=at,
            )
        )
