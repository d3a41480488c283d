"""The story in Telegram: asked for in a group, planned, permitted by two people, done; and told in its thread."""

import pytest

from tests.support.telegram_team import TelegramTeam
from tests.support.waiting import fair_s

pytestmark = [pytest.mark.telegram, pytest.mark.slow, pytest.mark.agent_cli, pytest.mark.long]


async def test_a_request_becomes_a_result_with_a_plan_and_a_command_that_people_have_approved(
    telegram_team: TelegramTeam,
) -> None:
    team = telegram_team
    team.write_settings(verify="python -m unittest discover -s tests -t .")
    team.plays_the_fix()
    async with team.serving():
        asked = await team.alice.says("/orchestrate fix issue #123", team.shop)
        card = await team.shows("T1:card", "Waiting for you", label="Approve plan")
        plan = await team.shows("A1:card", "Approve the plan?", "pricing/discount.py")
        tap = await team.alice.presses("Approve plan", plan)
        await team.shows("A1:card", "Approved by alice")

        risky = await team.shows("A2:card", "May the agent do this?", "chmod +x scripts/check.sh")
        await team.bob.writes("/status")
        waiting = await team.told_alone(team.bob, "chmod +x scripts/check.sh")
        await team.bob.presses("Show T1", waiting)
        shown = await team.told_alone(team.bob, "T1 · fix issue #123", "A2 needs your answer")
        private = await team.bob.presses("Approve", shown)
        await team.shows("A2:card", "Approved by bob")

        result = await team.shows("T1:ended:1", "Done")
        await team.shows("T1:card", "Done")
        await team.settled()

    assert [plan.reply_to, risky.reply_to, result.reply_to] == [card] * 3, "not all in the thread of its card"
    told = ("as the price list says", "pricing/discount.py", "scripts/check.sh", "passed", "Ran ", "builder", "$")
    assert [each for each in told if each not in result.words] == []
    assert plan.labels == risky.labels == [], "what is decided can still be pressed"
    assert max(each.answered_at - each.at for each in (tap, private)) < fair_s(1)
    view = await team.studio.view()
    assert [(each.id, each.state.value, each.decided_by) for each in view.approvals] == [
        ("A1", "approved", team.alice.key),
        ("A2", "approved", team.bob.key),
    ]
    assert [each for each in team.telegram.messages(team.shop) if each.id < card.id] == [asked]
    assert len(team.public()) == 4, "more was said in the group than had to be"


async def test_in_a_forum_each_task_has_a_topic_in_which_a_plain_message_steers(telegram_team: TelegramTeam) -> None:
    team = telegram_team
    team.shop = team.telegram.forum("the shop")
    team.write_settings()
    team.cast.hold("build")
    async with team.serving():
        await team.alice.says("/run write a note --workflow solo", team.shop)
        await team.cast.hears("build")
        topic = await team.telegram.opens_topic(team.shop)
        card = await team.shows("T1:card", "Working")
        said = await team.bob.says("keep it short", topic)
        await team.telegram.until(lambda: said.reactions or None)
        team.cast.let_go()
        result = await team.shows("T1:ended:1", "Done")
        await team.settled()

    assert "T1" in topic.name
    assert {card.thread, result.thread} == {topic.id}
    assert [each.act for each in await team.audit()].count("steer") == 1
