"""Who may do what in Slack: a polite private line for everybody else, a row in the audit trail, and nothing happens."""

import copy
from pathlib import Path

import pytest

from bot.demo.repository import make_sample_repository
from tests.platforms.slack.message import Message
from tests.platforms.slack.person import Person
from tests.support.slack_team import Team

pytestmark = [pytest.mark.slack, pytest.mark.slow, pytest.mark.agent_cli, pytest.mark.long]


async def test_who_may_not_is_told_so_alone_once_and_politely_and_nothing_happens(team: Team) -> None:
    eve = team.slack.person("eve", team="T0999")
    elsewhere = team.slack.channel("elsewhere")
    async with team.serving():
        await team.alice.types("/orchestrate write a note --workflow trio", team.shop)
        plan = await team.shows("A1:card", label="Approve plan")
        card = await team.shows("T1:card", "Waiting for you")

        await team.sam.types("/orchestrate delete everything", team.shop)
        await team.whispered(team.sam, "You have not been given access to anything here yet.")
        await team.vera.clicks("Approve plan", plan)
        await team.whispered(team.vera, "You may look in shop, but not decide: that takes a developer.")
        await eve.types("/orchestrate delete everything", team.shop)
        await team.whispered(eve, "This workspace is not set up for me.")
        await team.bob.types("/orchestrate delete everything", elsewhere)
        await team.whispered(team.bob, "I am not used in this channel.")
        await team.dealt_with(await team.sam.replies("do it all differently", card))
        await team.settled()

        assert [len(_answers(team, each)) for each in (team.sam, team.vera, eve, team.bob)] == [1, 1, 1, 1]
        assert all("@ada" in each.words or team.ada.id in each.words for each in _answers(team, team.vera))
        assert [len(await team.refusals(each)) for each in (team.sam, team.vera, eve, team.bob)] == [1, 1, 1, 1]
        assert await team.tasks() == ["T1"]
        view = await team.studio.view()
        assert [each.state.value for each in view.approvals] == ["pending"]
        assert "Approve plan" in plan.labels, "it can still be answered"
        public = [each for each in team.slack.messages(team.shop) if each.by_app and not each.only_for]
        assert [each.ts for each in public] == [card.ts, plan.ts], "others were bothered"


async def test_a_second_click_and_a_click_on_an_old_card_say_what_is_the_case(team: Team) -> None:
    async with team.serving():
        await team.alice.types("/orchestrate write a note --workflow trio", team.shop)
        plan = await team.shows("A1:card", label="Approve plan")
        card = await team.shows("T1:card", "Waiting for you", label="Cancel task")
        old_plan, old_card = copy.deepcopy(plan), copy.deepcopy(card)
        await team.dealt_with(await team.alice.clicks("Approve plan", plan))
        await team.bob.clicks("Approve plan", old_plan)
        late = await team.whispered(team.bob, "A1 was approved by alice at")
        await team.shows("T1:ended:1", "Done")
        await team.bob.clicks("Cancel task", old_card)
        ended = await team.whispered(team.bob, "T1 has already ended: it is completed.")
        await team.bob.clicks("Deny…", old_plan)
        await team.slack.until(lambda: team.private(team.bob)[2:] or None)
        await team.settled()

    assert [each.only_for for each in (late, ended)] == [team.bob.id] * 2
    assert team.bob.form is None, "a form was opened for what is decided"
    assert "A1 was approved by alice" in team.private(team.bob)[2].words
    view = await team.studio.view()
    assert (view.task.state.value, [each.decided_by for each in view.approvals]) == ("completed", [team.alice.key])


async def test_where_two_projects_may_be_meant_a_button_says_which(team: Team, tmp_path: Path) -> None:
    docs = await make_sample_repository(tmp_path / "docs")
    random = team.slack.channel("random")
    team.write_settings(
        f'[projects.docs]\npath = "{docs}"\n[projects.docs.access]\ndevelopers = ["{team.alice.key}"]',
        slack=f'channels = ["{random.id}"]',
    )
    async with team.serving():
        await team.alice.types("/orchestrate write a note --workflow solo", random)
        which = await team.whispered(team.alice, "Which project is meant?", "write a note")
        assert which.labels == ["docs", "shop"]
        assert await team.tasks() == []
        await team.alice.clicks("docs", which)
        card = await team.shows("T1:card", "docs")
        await team.whispered(team.alice, "Handed over, in docs.")
        assert which.labels == [], "a button was left on a question that is decided"
        await team.bob.types("/orchestrate write a note --workflow solo", random)
        other = await team.shows("T2:card", "shop")
        await team.shows("T1:ended:1", "Done")
        await team.shows("T2:ended:1", "Done")
        await team.settled()

    assert {card.channel, other.channel} == {random.id}
    assert await team.tasks() == ["T1", "T2"]


def _answers(team: Team, person: Person) -> list[Message]:
    """What this person was told alone; questions that came by direct message are none."""
    return [each for each in team.private(person) if each.only_for]
