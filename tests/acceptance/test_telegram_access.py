"""Who may do what in Telegram: a polite line alone for everybody else, a row in the audit trail, nothing happens."""

import copy

import pytest

from tests.support.telegram_team import TelegramTeam

pytestmark = [pytest.mark.telegram, pytest.mark.slow, pytest.mark.agent_cli, pytest.mark.long]

REQUEST = "/orchestrate write a note --workflow trio"


async def test_who_may_not_is_told_so_alone_once_and_politely_and_nothing_happens(telegram_team: TelegramTeam) -> None:
    team = telegram_team
    elsewhere = team.telegram.supergroup("elsewhere")
    async with team.serving():
        await team.alice.says(REQUEST, team.shop)
        plan = await team.shows("A1:card", "Approve the plan?", label="Approve plan")
        card = await team.shows("T1:card", "Waiting for you")

        await team.sam.says("/orchestrate delete everything", team.shop)
        invited = await team.telegram.shows(team.sam.is_mentioned_in, in_=team.shop)
        looked = await team.vera.presses("Approve plan", plan)
        await team.alerted(team.vera, looked, "You may look in shop, but not decide: that takes a developer.")
        await team.bob.says("/orchestrate delete everything", elsewhere)
        await team.told_alone(team.bob, "I am not used in this channel.")
        await team.dealt_with(await team.sam.replies("do it all differently", card))
        await team.settled()
        assert "access" not in invited.text, "everybody reads what is for Sam alone"
        await team.sam.follows("Open", invited)
        await team.told_alone(team.sam, "You have not been given access to anything here yet.")
        tried = await team.sam.presses("Approve plan", plan)
        await team.alerted(team.sam, tried, "You have not been given access to anything here yet.")
        await team.dealt_with(tried)
        await team.settled()

    assert [len(await team.refusals(each)) for each in (team.sam, team.vera, team.bob)] == [2, 1, 1]
    assert await team.tasks() == ["T1"]
    view = await team.studio.view()
    assert [each.state.value for each in view.approvals] == ["pending"]
    assert "Approve plan" in plan.labels, "it can still be answered"
    assert team.public() == [card, plan, invited], "others were bothered"
    assert team.telegram.messages(elsewhere)[1:] == []


async def test_a_second_press_and_a_press_on_an_old_card_say_what_is_the_case(telegram_team: TelegramTeam) -> None:
    team = telegram_team
    async with team.serving():
        await team.alice.says(REQUEST, team.shop)
        plan = await team.shows("A1:card", label="Approve plan")
        card = await team.shows("T1:card", "Waiting for you", label="Cancel task")
        old_plan, old_card = copy.deepcopy(plan), copy.deepcopy(card)
        await team.alice.presses("Approve plan", plan)
        await team.shows("A1:card", "Approved by alice")
        late = await team.bob.presses("Approve plan", old_plan)
        await team.alerted(team.bob, late, "A1 was approved by alice at")
        await team.shows("T1:ended:1", "Done")
        await team.bob.presses("Cancel task", old_card, accessible=False)
        again = await team.bob.presses("Cancel task", old_card, accessible=False)
        await team.alerted(team.bob, again, "T1 has already ended: it is completed.")
        denied = await team.bob.presses("Deny…", old_plan)
        await team.alerted(team.bob, denied, "A1 was approved by alice")
        await team.settled()

    assert not [each for each in team.public() if team.bob.is_mentioned_in(each)], (
        "a form was asked for what is decided"
    )
    view = await team.studio.view()
    assert (view.task.state.value, [each.decided_by for each in view.approvals]) == ("completed", [team.alice.key])


async def test_who_never_pressed_start_is_called_in_the_group_and_after_start_is_asked_alone(
    telegram_team: TelegramTeam,
) -> None:
    team = telegram_team
    team.alice.account.started = False
    team.cast.hold("build")
    async with team.serving():
        await team.alice.says(REQUEST, team.shop)
        plan = await team.shows("A1:card", label="Approve plan")
        call = await team.shows(f"A1:direct:{team.alice.key}:call", "https://t.me/orchestrator_bot")
        await team.alice.opens(next(each for each in call.text.split() if each.startswith("https://t.me/")))
        await team.alice.presses("Approve plan", plan)
        await team.alice.says(REQUEST, team.shop)
        alone = await team.shows(f"A2:direct:{team.alice.key}", label="Approve plan")
        await team.alice.presses("Approve plan", alone)
        await team.shows("A2:card", "Approved by alice")
        team.cast.let_go()
        await team.shows("T1:ended:1", "Done")
        await team.shows("T2:ended:1", "Done")
        await team.settled()

    assert team.alice.is_mentioned_in(call)
    assert alone.chat == team.alice.id


async def test_an_administrator_who_remains_anonymous_is_told_so_once_and_decides_nothing(
    telegram_team: TelegramTeam,
) -> None:
    team = telegram_team
    team.ada.becomes_admin(team.shop, anonymous=True)
    channel = team.telegram.channel("news")
    robot = team.telegram.person("robot", is_bot=True)
    async with team.serving():
        await team.ada.says(REQUEST, team.shop)
        masked = await team.telegram.shows(lambda each: "anonymous" in each.text, in_=team.shop)
        await team.ada.says(REQUEST, team.shop)
        await team.telegram.posts(REQUEST, channel, discussed_in=team.shop)
        await team.bob.says(REQUEST, team.shop, for_channel=channel)
        await robot.says(REQUEST, team.shop)
        changed = await team.bob.says("what a day", team.shop)
        await team.bob.edits(changed, REQUEST)
        await team.settled()

        await team.bob.says(REQUEST, team.shop)
        await team.shows("A1:card", label="Approve plan")
        await team.settled()

    assert await team.tasks() == ["T1"]
    assert [each for each in team.public() if "anonymous" in each.text] == [masked]
    assert [each.actor for each in await team.audit() if each.act == "submit"] == [team.bob.key]
