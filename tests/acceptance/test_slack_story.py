"""The story: asked for in Slack, planned, permitted by two people, done; and told in its thread."""

import pytest

from tests.support.slack_team import Team

pytestmark = [pytest.mark.slack, pytest.mark.slow, pytest.mark.agent_cli, pytest.mark.long]


async def test_a_request_becomes_a_result_with_a_plan_and_a_command_that_people_have_approved(team: Team) -> None:
    team.write_settings(verify="python -m unittest discover -s tests -t .")
    team.plays_the_fix()
    async with team.serving():
        asked = await team.alice.types("/orchestrate fix issue #123", team.shop)
        card = await team.shows("T1:card", "Waiting for you", label="Approve plan")
        plan = await team.shows("A1:card", "Approve the plan?", "pricing/discount.py")
        await team.alice.clicks("Approve plan", plan)
        await team.shows("A1:card", "Approved by alice")

        risky = await team.shows("A2:card", "May the agent do this?", "chmod +x scripts/check.sh")
        await team.bob.opens_home()
        home = await team.slack.shows_home(team.bob, lambda view: "chmod +x" in str(view))
        await team.bob.clicks("Approve", home)
        await team.shows("A2:card", "Approved by bob")

        result = await team.shows("T1:ended:1", "Done")
        await team.shows("T1:card", "Done")
        await team.settled()

    assert asked.acked
    assert {plan.thread_ts, risky.thread_ts, result.thread_ts} == {card.ts}, "not all in the thread of its card"
    assert not card.thread_ts
    told = ("as the price list says", "pricing/discount.py", "scripts/check.sh", "passed", "Ran ", "builder", "$")
    assert [each for each in told if each not in result.words] == []
    assert plan.labels == risky.labels == [], "what is decided can still be pressed"
    assert "chmod" not in str(team.bob.home)
    view = await team.studio.view()
    assert [(each.id, each.state.value, each.decided_by) for each in view.approvals] == [
        ("A1", "approved", team.alice.key),
        ("A2", "approved", team.bob.key),
    ]
    assert team.slack.api.rate_limited == []
    assert team.slack.missed_acks == []
