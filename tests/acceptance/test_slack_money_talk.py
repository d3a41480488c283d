"""Money in Slack, in words: questions, budgets that are set, and what begins by the clock."""

import signal

import pytest

from tests.support.money_talk import QUESTIONS, a_day_passes, far_from_now, second_project, works_cheaply
from tests.support.slack_team import Team

pytestmark = [pytest.mark.slack, pytest.mark.money, pytest.mark.slow, pytest.mark.agent_cli, pytest.mark.long]


async def test_questions_are_answered_alone_and_in_threads_with_what_one_may_see(team: Team) -> None:
    works_cheaply(team.studio)
    team.write_settings(second_project(team.studio, admin=team.ada.key))
    async with team.serving():
        await team.alice.types("/orchestrate write a note --workflow solo", team.shop)
        card = await team.shows("T1:card", "Done")
        await team.ada.types("/orchestrate write another one --workflow solo --project secret", team.shop)
        await team.shows("T2:card", "Done")
        for question, words in QUESTIONS:
            await team.alice.writes(question)
            await team.whispered(team.alice, *words)
        await team.bob.replies("how much did this cost?", card)
        await team.whispered(team.bob, "T1 · write a note", "Understood as: cost of a task, and why, task T1")
        seen: list[str] = []
        for person in (team.vera, team.ada):
            await person.writes("cost by project this week")
            seen.append((await team.whispered(person, "Understood as: cost by project, this week")).words)
        await team.vera.writes("what did T2 cost and why?")
        await team.vera.writes("what did T9 cost and why?")
        unseen = [await team.whispered(team.vera, task) for task in ("T2", "T9")]
        await team.settled()

    assert [("shop" in words, "secret" in words) for words in seen] == [(True, False), (True, True)]
    assert unseen[0].words.replace("T2", "T9") == unseen[1].words
    assert await team.tasks() == ["T1", "T2"], "a question became a task"


async def test_budgets_are_set_in_words_and_by_a_form_and_the_trail_says_by_whom(team: Team) -> None:
    async with team.serving():
        await team.alice.types("/orchestrate budget set --project shop --monthly 200", team.shop)
        await team.whispered(team.alice, "that takes an admin")
        await team.ada.types("/orchestrate budget set --project shop --monthly 200", team.shop)
        await team.whispered(team.ada, "shop may cost $200.00 a month")
        await team.ada.types("/orchestrate budget", team.shop)
        shown = await team.whispered(team.ada, "$0.00 of $200.00", "$200.00 left")
        await team.ada.clicks("Set a budget…", shown)
        form = await team.slack.opens_form(team.ada)
        await team.ada.submits(
            form,
            {"In each": "Day", "May cost (US dollars)": "7.50", "Counts only": "One role of agents",
             "Which person, role or model?": "builder"},
        )  # fmt: skip
        await team.whispered(team.ada, "builder in shop may cost $7.50 a day")
        await team.settled()

    trail = [(each.actor, each.subject, each.allowed) for each in await team.audit() if each.act == "budget"]
    assert trail == [
        (team.alice.key, "project=shop", False),
        (team.ada.key, "project=shop/month", True),
        (team.ada.key, "project=shop,role=builder/day", True),
    ]


async def test_what_was_due_while_the_program_was_away_is_done_once_or_skipped_and_can_be_changed(team: Team) -> None:
    works_cheaply(team.studio)
    at = far_from_now()
    made = (
        f"schedule every day at {at} --template tidy --set folder=docs --tz Europe/Berlin",
        f"schedule daily report every day at {at}",
        f"schedule every day at {at} tidy up --missed skip --workflow solo",
        f"schedule every weekday at {at} fix flaky tests",
    )
    async with team.serving() as program:
        for number, words in enumerate(made, 1):
            await team.alice.types(f"/orchestrate {words}", team.shop)
            await team.slack.shows(lambda each, number=number: f"S{number} is scheduled" in each.words, in_=team.shop)
        await team.bob.types("/orchestrate schedule delete S4", team.shop)
        await team.whispered(team.bob, "that takes an admin")
        await team.alice.types("/orchestrate schedule pause S4", team.shop)
        await team.whispered(team.alice, "S4 is paused.")
        await team.settled()
        program.send(signal.SIGTERM)
        await program.ended()
        await team.slack.disconnected()
    await a_day_passes(team.studio, "S1", "S2", "S3", "S4")
    async with team.serving():
        await team.shows("T1:card", "Done", "Tidy the folder docs.")
        await team.slack.shows(lambda each: "shop · " in each.words and "Spent" in each.words, in_=team.shop)
        await team.alice.types("/orchestrate schedule list", team.shop)
        await team.whispered(team.alice, "S1", "S2", "S3", "S4", "paused")
        await team.alice.types("/orchestrate schedule resume S4", team.shop)
        await team.whispered(team.alice, "S4 goes on. Next: ")
        await team.alice.types("/orchestrate schedule delete S1", team.shop)
        await team.whispered(team.alice, "S1 is deleted.")
        await team.settled()

    assert await team.tasks() == ["T1"], "what was skipped or paused was begun"
    reports = [each for each in team.slack.messages(team.shop) if "Spent" in each.words and "shop · " in each.words]
    assert len(reports) == 1
