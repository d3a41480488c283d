"""Money in Telegram, in words: questions, budgets that are set, and what begins by the clock."""

import signal

import pytest

from tests.support.money_talk import QUESTIONS, a_day_passes, far_from_now, second_project, works_cheaply
from tests.support.telegram_team import TelegramTeam

pytestmark = [pytest.mark.telegram, pytest.mark.money, pytest.mark.slow, pytest.mark.agent_cli, pytest.mark.long]


async def test_questions_are_answered_alone_and_in_threads_with_what_one_may_see(telegram_team: TelegramTeam) -> None:
    team = telegram_team
    works_cheaply(team.studio)
    team.write_settings(second_project(team.studio, admin=team.ada.key))
    async with team.serving():
        await team.alice.says("/orchestrate write a note --workflow solo", team.shop)
        card = await team.shows("T1:card", "Done")
        await team.ada.says("/orchestrate write another one --workflow solo --project secret", team.shop)
        await team.shows("T2:card", "Done")
        for question, words in QUESTIONS:
            await team.alice.writes(question)
            await team.told_alone(team.alice, *words)
        await team.bob.replies("how much did this cost?", card)
        await team.told_alone(team.bob, "T1 · write a note", "Understood as: cost of a task, and why, task T1")
        await team.ada.writes("cost by project this week")
        seen = await team.told_alone(team.ada, "Understood as: cost by project, this week")
        await team.vera.writes("cost by project this week")
        unseen = await team.told_alone(team.vera, "Understood as: cost by project, this week")
        await team.settled()

    assert [("shop" in each.words, "secret" in each.words) for each in (unseen, seen)] == [(True, False), (True, True)]
    assert await team.tasks() == ["T1", "T2"], "a question became a task"


async def test_a_budget_is_set_by_a_form_and_what_was_due_meanwhile_is_done_once(telegram_team: TelegramTeam) -> None:
    team = telegram_team
    works_cheaply(team.studio)
    at = far_from_now()
    async with team.serving() as program:
        await team.ada.writes("/budget")
        await team.ada.presses("Set a budget…", await team.told_alone(team.ada, "Budget"))
        for field, said in (
            ("Project", "shop"),
            ("In each", "Month"),
            ("May cost (US dollars)", "200"),
            ("Counts only", "Skip"),
            ("Which person, role or model?", "Skip"),
        ):
            question = await team.told_alone(team.ada, field)
            await (team.ada.presses(said, question) if said in question.labels else team.ada.writes(said))
        await team.told_alone(team.ada, "shop may cost $200.00 a month")
        await team.alice.says(
            f"/orchestrate schedule every day at {at} --template tidy --set folder=docs --tz Europe/Berlin", team.shop
        )
        await team.telegram.shows(lambda each: "S1 is scheduled" in each.words, in_=team.shop)
        await team.alice.says(f"/orchestrate schedule daily report every day at {at}", team.shop)
        await team.telegram.shows(lambda each: "S2 is scheduled" in each.words, in_=team.shop)
        await team.settled()
        program.send(signal.SIGTERM)
        await program.ended()
    await a_day_passes(team.studio, "S1", "S2")
    async with team.serving():
        await team.shows("T1:card", "Done", "Tidy the folder docs.")
        await team.telegram.shows(lambda each: _is_report(each.words), in_=team.shop)
        await team.settled()

    assert await team.tasks() == ["T1"]
    assert len([each for each in team.public() if _is_report(each.words)]) == 1
    trail = [(each.actor, each.subject, each.allowed) for each in await team.audit() if each.act == "budget"]
    assert trail == [(team.ada.key, "project=shop/month", True)]


def _is_report(words: str) -> bool:
    return "shop · " in words and "Spent" in words
