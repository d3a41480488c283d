"""Money in Discord, in words: questions, budgets that are set, and what begins by the clock."""

import signal

import pytest

from tests.support.discord_team import Crew
from tests.support.money_talk import QUESTIONS, a_day_passes, far_from_now, second_project, works_cheaply

pytestmark = [pytest.mark.discord, pytest.mark.money, pytest.mark.slow, pytest.mark.agent_cli, pytest.mark.long]


async def test_questions_are_answered_alone_and_in_threads_with_what_one_may_see(crew: Crew) -> None:
    works_cheaply(crew.studio)
    crew.write_settings(second_project(crew.studio, admin=crew.ada.key))
    async with crew.serving():
        await crew.asks(crew.alice, "write a note")
        card = await crew.shows("T1:card", "Done")
        await crew.asks(crew.ada, "write another one", project="secret")
        await crew.shows("T2:card", "Done")
        for question, words in QUESTIONS:
            await crew.alice.writes(question)
            await crew.whispered(crew.alice, *words)
        await crew.bob.says("how much did this cost?", crew.thread(card))
        await crew.whispered(crew.bob, "T1 · write a note", "Understood as: cost of a task, and why, task T1")
        await crew.ada.writes("cost by project this week")
        seen = await crew.whispered(crew.ada, "Understood as: cost by project, this week")
        await crew.vera.writes("cost by project this week")
        unseen = await crew.whispered(crew.vera, "Understood as: cost by project, this week")
        await crew.settled()

    assert [("shop" in each.words, "secret" in each.words) for each in (unseen, seen)] == [(True, False), (True, True)]
    assert await crew.tasks() == ["T1", "T2"], "a question became a task"


async def test_a_budget_is_set_by_a_form_and_what_was_due_meanwhile_is_done_once(crew: Crew) -> None:
    works_cheaply(crew.studio)
    at = far_from_now()
    async with crew.serving() as program:
        await crew.ada.uses("/orchestrate budget", {}, crew.shop)
        shown = await crew.whispered(crew.ada, "Budget")
        await crew.opens_form(crew.ada, lambda: crew.ada.clicks("Set a budget…", shown))
        await crew.ada.submits({"May cost (US dollars)": "200"})
        await crew.whispered(crew.ada, "shop may cost $200.00 a month")
        await crew.alice.mentions(
            f"schedule every day at {at} --template tidy --set folder=docs --tz Europe/Berlin", crew.shop
        )
        await crew.discord.shows(lambda each: "S1 is scheduled" in each.words, in_=crew.shop)
        await crew.alice.mentions(f"schedule daily report every day at {at}", crew.shop)
        await crew.discord.shows(lambda each: "S2 is scheduled" in each.words, in_=crew.shop)
        await crew.settled()
        program.send(signal.SIGTERM)
        await program.ended()
        await crew.discord.disconnected()
    await a_day_passes(crew.studio, "S1", "S2")
    async with crew.serving():
        await crew.shows("T1:card", "Done", "Tidy the folder docs.")
        await crew.discord.shows(lambda each: _is_report(each.words), in_=crew.shop)
        await crew.settled()

    assert await crew.tasks() == ["T1"]
    assert len([each for each in crew.public(crew.shop) if _is_report(each.words)]) == 1
    trail = [(each.actor, each.subject, each.allowed) for each in await crew.audit() if each.act == "budget"]
    assert trail == [(crew.ada.key, "project=shop/month", True)]


def _is_report(words: str) -> bool:
    return "shop · " in words and "Spent" in words
