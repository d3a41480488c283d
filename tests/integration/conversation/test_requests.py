"""Handing work over from a chat: by command, mention, form or shortcut, and to which project."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from adapters.chat.errors import FormExpiredError
from bot.tokens import pressable
from core.domain.identity import ProjectName
from tests.support.conversations import Room, person, texts

pytestmark = [pytest.mark.slack, pytest.mark.slow]

SHOP = ProjectName("shop")


async def test_a_request_in_a_projects_channel_becomes_a_task_with_its_card_there(room: Room) -> None:
    await room.types("alice", "fix the sum --priority high")

    view = await room.task("T1")
    card = await room.card("T1")

    assert (view.task.project, view.task.requested_by, view.task.request) == ("shop", "slack:T1/UALICE", "fix the sum")
    assert view.task.priority == "high"
    assert "fix the sum" in texts(card)
    assert (await room.thread("T1")).channel == "CSHOP"
    assert room.answers("alice") == []
    assert [(row.act, row.subject, row.allowed) for row in await room.audit()] == [("submit", "T1", True)]


async def test_the_same_delivery_twice_makes_one_task(room: Room) -> None:
    for _ in range(3):
        await room.types("alice", "fix the sum", event="same")
    await room.settled()

    assert [view.task.id for view in await room.tasks()] == ["T1"]


async def test_where_it_is_not_clear_which_project_is_meant_buttons_ask_and_one_press_counts(room: Room) -> None:
    await room.types("alice", "--model big fix the sum, `--project x` stays", at=room.place("COPEN"))
    card = await room.answer("alice")

    assert card.title == "Which project is meant?"
    await room.presses("alice", "docs", card, at=room.place("COPEN"))
    await room.presses("alice", "docs", card, at=room.place("COPEN"))
    await room.presses("alice", "shop", card, at=room.place("COPEN"))
    await room.settled()

    [view] = await room.tasks()
    assert (view.task.project, view.task.model) == ("docs", "big")
    assert view.task.request == "fix the sum, `--project x` stays"


async def test_the_only_project_a_person_may_use_needs_no_name(room: Room) -> None:
    await room.types("bob", "fix the sum", at=room.place("COPEN"))

    assert (await room.task("T1")).task.project == "shop"


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("bob", "fix it --project docs", "There is no project docs.\nProjects you may see: shop."),
        ("alice", "fix it --project elsewhere", "There is no project elsewhere.\nProjects you may see: docs, shop."),
        ("alice", "fix it --workflow nope", "There is no workflow nope."),
        ("alice", "fix it --template nope", "There is no template nope."),
        ("alice", "fix it --priority urgent", "--priority cannot be 'urgent'."),
        ("vera", "fix the sum", "You may look in shop, but not hand work over: that takes a developer."),
        ("mallory", "fix the sum", "You have not been given access to anything here yet."),
        # so that an admin can be asked to let them in
        ("mallory", "whoami", "You are slack:T1/UMALLORY."),
    ],
)
async def test_what_cannot_be_taken_on_is_said_in_private(room: Room, name: str, text: str, said: str) -> None:
    await room.types(name, text)

    assert said in texts(await room.answer(name))
    assert room.messages() == []
    assert await room.tasks() == []


async def test_once_a_project_is_chosen_the_question_says_so_and_has_no_buttons(room: Room) -> None:
    asked = await room.says("alice", "fix the sum", direct=True)
    [(message, question)] = await room.until(
        lambda: [(each.id, each.card) for each in room.messages() if each.card and each.card.actions]
    )
    assert question.title == "Which project is meant?"
    await room.presses("alice", "docs", question, at=asked.place, message=message)

    assert (await room.task("T1")).task.project == "docs"
    chosen = await room.until(
        lambda: [each.card for each in room.messages() if each.card and "Handed over" in each.card.title]
    )
    assert [(texts(each), each.actions) for each in chosen] == [("Handed over, in docs.\nfix the sum", ())]


async def test_an_archived_project_says_how_to_bring_it_back(room: Room) -> None:
    await room.program.orchestrator.archive_project(SHOP, by=person("ada").id)
    await room.types("alice", "fix the sum")

    said = texts(await room.answer("alice"))
    assert "The project shop is archived." in said
    assert "/orchestrate project restore shop" in said


async def test_a_mention_hands_work_over_in_its_own_thread(room: Room) -> None:
    await room.says("alice", "fix the sum", at=room.place(thread="t9"), mention=True)

    view = await room.task("T1")
    await room.card("T1")
    assert view.task.place == room.place(thread="t9")
    assert [each.place.thread for each in room.messages()] == ["t9"]


async def test_a_direct_message_hands_work_over_and_the_card_comes_there(room: Room) -> None:
    await room.says("bob", "fix the sum", direct=True)

    await room.task("T1")
    await room.card("T1")
    assert {each.place.channel for each in room.messages()} == {"D-UBOB"}


async def test_chatter_is_left_alone(room: Room) -> None:
    await room.says("alice", "lunch?")
    await room.says("alice", "fix the sum", at=room.place(thread="nobodys"))
    await room.settled()

    assert (room.messages(), room.chat.board.whispers, await room.tasks(), await room.audit()) == ([], [], [], [])


@pytest.mark.parametrize("text", ["hi!", "thank you", "what can you do?", "", "👍"])
async def test_small_talk_is_no_request(room: Room, text: str) -> None:
    await room.says("alice", text, mention=True)

    assert "help" in texts(await room.answer("alice")).lower()
    assert await room.tasks() == []


async def test_a_question_is_asked_about_before_an_agent_works_on_it(room: Room) -> None:
    await room.says("alice", "why does the sum give three?", mention=True)
    card = await room.answer("alice")

    assert card.title == "Shall I work on this?"
    assert await room.tasks() == []
    await room.presses("alice", "Yes, begin", card)
    assert (await room.task("T1")).task.request == "why does the sum give three?"


async def test_a_typed_question_that_nobody_can_answer_is_asked_about_too(room: Room) -> None:
    await room.types("alice", "why does the sum give three?")
    card = await room.answer("alice")

    assert card.title == "Shall I work on this?"
    assert [each.label for each in pressable(card)][-1] == "What can I ask?"
    assert await room.tasks() == []
    await room.presses("alice", "Yes, begin", card)
    assert (await room.task("T1")).task.request == "why does the sum give three?"


async def test_who_may_only_look_is_told_what_can_be_asked_and_refused_nothing(room: Room) -> None:
    await room.says("vera", "why does the sum give three?", mention=True)
    card = await room.answer("vera")

    assert texts(card).startswith("I cannot answer that.\nAsk me about a task by its name")
    assert [each.label for each in pressable(card)] == ["What is running?", "What can I ask?"]
    assert [row for row in await room.audit() if not row.allowed] == []
    await room.presses("vera", "What is running?", card)
    await room.answer("vera", 2)


async def test_a_question_in_a_tasks_thread_shows_how_it_stands_and_how_to_reach_its_agents(room: Room) -> None:
    await room.types("alice", "fix the sum")
    thread = await room.thread("T1")
    await room.says("alice", "how long will it take?", at=thread, mention=True)

    said = texts(await room.answer("alice"))
    assert "fix the sum" in said.lower()
    assert said.endswith("To tell its agents, write it here without my name.")
    assert (await room.task("T1")).messages == ()


async def test_a_question_about_a_task_is_answered_with_the_task(room: Room) -> None:
    await room.types("alice", "fix the sum")
    await room.task("T1")
    await room.says("alice", "how is t1 doing?", mention=True)

    assert "T1" in (await room.answer("alice")).title
    assert len(await room.tasks()) == 1


async def test_a_picked_message_becomes_a_request_through_a_form(room: Room) -> None:
    await room.picks("alice", "the sum is wrong")
    form = await room.until(lambda: room.chat.board.forms)
    assert form[0].form.fields[0] == replace(form[0].form.fields[0], name="request", value="the sum is wrong")

    await room.fills("alice", request="the sum is wrong, fix it", project="shop", priority="low", budget="2")

    view = await room.task("T1")
    assert (view.task.request, view.task.priority) == ("the sum is wrong, fix it", "low")
    assert str(view.task.budget_usd) == "2"
    assert view.task.place == room.place(thread="picked")


async def test_a_form_that_can_no_longer_open_becomes_buttons(room: Room) -> None:
    room.chat.faults.fail(FormExpiredError("too late"), call="ask")
    await room.picks("alice", "the sum is wrong")

    await room.presses("alice", "shop", await room.answer("alice"))

    assert (await room.task("T1")).task.request == "the sum is wrong"


async def test_a_request_longer_than_a_form_is_not_cut(room: Room) -> None:
    long = "the sum is wrong " * 400
    await room.picks("alice", long)

    await room.presses("alice", "docs", await room.answer("alice"))

    assert (await room.task("T1")).task.request == long.strip()


async def test_a_form_sent_twice_is_one_task_and_the_second_time_says_so(room: Room) -> None:
    await room.types("bob", "new")
    await room.fills("bob", request="fix the sum")
    await room.task("T1")
    await room.fills("bob", request="fix the sum")

    assert "handed over already" in texts(await room.answer("bob"))
    assert len(await room.tasks()) == 1


async def test_what_was_written_into_a_form_comes_back_when_nothing_came_of_it(room: Room) -> None:
    await room.types("bob", "new")
    await room.fills("bob", request="fix the sum of all things", workflow="nope")

    said = texts(await room.answer("bob"))
    assert "There is no workflow nope." in said
    assert "fix the sum of all things" in said


async def test_a_template_with_gaps_asks_for_them(room: Room) -> None:
    (room.program.settings.home / "templates").mkdir()
    (room.program.settings.home / "templates" / "greet.yaml").write_text(
        "name: greet\nrequest: Greet {{who}} with {{word}}\n"
        "parameters:\n  who: {required: true}\n  word: {default: hello}\n"
    )
    await room.types("bob", "template run greet")
    await room.fills("bob", **{"set-who": "the world", "set-word": "ahoi"})

    view = await room.task("T1")
    assert (view.task.request, view.task.template) == ("Greet the world with ahoi", "greet@1.0")
    await room.types("bob", "template run greet --set who=me")
    assert (await room.task("T2")).task.request == "Greet me with hello"


async def test_a_repository_that_cannot_be_worked_with_is_refused_at_once(room: Room) -> None:
    shutil.rmtree(Path(room.program.settings.project(SHOP).repository) / ".git")
    await room.types("alice", "fix the sum")

    assert "repository" in texts(await room.answer("alice"))
    assert await room.tasks() == []
