"""The story: asked for in Discord, planned, permitted by two people, done; and told in its thread."""

import pytest

from tests.support.discord_team import Crew

pytestmark = [pytest.mark.discord, pytest.mark.slow, pytest.mark.agent_cli, pytest.mark.long]


async def test_a_request_becomes_a_result_with_a_plan_and_a_command_that_people_have_approved(crew: Crew) -> None:
    crew.write_settings(verify="python -m unittest discover -s tests -t .")
    crew.plays_the_fix()
    async with crew.serving():
        asked = await crew.alice.uses("/orchestrate run", {"request": "fix issue #123"}, crew.shop)
        card = await crew.shows("T1:card", "Waiting for you", label="Approve plan")
        plan = await crew.shows("A1:card", "Approve the plan?", "pricing/discount.py")
        await crew.alice.clicks("Approve plan", plan)
        await crew.shows("A1:card", "Approved by Alice")

        risky = await crew.shows("A2:card", "May the agent do this?", "chmod +x scripts/check.sh")
        said = await crew.bob.uses("/orchestrate approve", {"approval": "A2"}, crew.bob.direct)
        await crew.shows("A2:card", "Approved by Bob")

        result = await crew.shows("T1:ended:1", "Done")
        await crew.shows("T1:card", "Done")
        await crew.settled()

    assert asked.acked
    assert said.acked
    thread = crew.thread(card)
    assert {plan.channel, risky.channel, result.channel} == {thread.id}, "not all in the thread of its card"
    assert thread.name.startswith("✓ ")
    assert card.channel == crew.shop.id
    told = ("as the price list says", "pricing/discount.py", "scripts/check.sh", "passed", "Ran ", "builder", "$")
    assert [each for each in told if each not in result.words] == []
    assert plan.labels == risky.labels == [], "what is decided can still be pressed"
    view = await crew.studio.view()
    assert [(each.id, each.state.value, each.decided_by) for each in view.approvals] == [
        ("A1", "approved", crew.alice.key),
        ("A2", "approved", crew.bob.key),
    ]
    assert crew.discord.api.rate_limited == []
    assert crew.discord.unanswered == []
