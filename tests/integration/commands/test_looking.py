"""What people see when they ask about work in a chat: all that they may, nothing else, and where to ask for more."""

from dataclasses import replace

import pytest

from adapters.chat.card import Card, Fields, Table, Text, Weight
from adapters.claude.conversation import Said
from bot.commands.grammar import Verb
from bot.commands.listings import messages_card
from bot.commands.reply import Handed, Private, Public, Reply
from bot.commands.verbs import TYPED
from core.domain.conversation import Delivery, DeliveryState
from core.domain.identity import Place, TaskId
from tests.integration.commands.conftest import OPEN, Talk, person

pytestmark = pytest.mark.slack

T1, T3 = TaskId("T1"), TaskId("T3")


def card_of(reply: Reply) -> Card:
    """The card of an answer to one person."""
    assert isinstance(reply, Private)
    return reply.card


def cells(card: Card, column: int = 0) -> list[str]:
    """One column of every table on the card."""
    return [row[column] for part in card.sections if isinstance(part, Table) for row in part.rows]


def texts(card: Card) -> str:
    """Everything on the card that is plain text."""
    said = [card.title, card.status, *(part.text for part in card.sections if isinstance(part, Text))]
    said += [f"{f.label}: {f.value}" for part in card.sections if isinstance(part, Fields) for f in part.fields]
    return "\n".join(said)


def commands(card: Card) -> list[str]:
    """What its buttons stand for."""
    return [action.command for action in card.actions]


async def test_status_shows_what_runs_and_what_waits(talk: Talk) -> None:
    card = card_of(await talk.says("root", "status"))
    assert card.title == "3 tasks under way"
    assert cells(card) == ["T6", "T3", "T2"]
    assert "A1 waits for an answer (T3)" in texts(card)
    assert "No worker is running" in texts(card)
    assert commands(card)[0] == "task T3"


async def test_admins_are_told_of_messages_that_could_not_be_delivered(talk: Talk) -> None:
    store = talk.context.seen.store
    async with store.transaction() as uow:
        lost = Delivery(key="k", platform="slack", person=person("vic").id, notice={}, made_at=uow.now)
        await uow.deliveries.add(lost)
        await uow.deliveries.save(replace(await uow.deliveries.get("k"), state=DeliveryState.DEAD))
    assert "1 message could not be delivered" in texts(card_of(await talk.says("ada", "status")))
    assert "could not be delivered" not in texts(card_of(await talk.says("vic", "status")))


async def test_a_viewer_of_one_project_sees_nothing_of_the_other(talk: Talk) -> None:
    assert cells(card_of(await talk.says("vic", "status"))) == ["T6", "T2"]
    assert cells(card_of(await talk.says("vic", "tasks"))) == ["T6", "T5", "T4", "T2", "T1"]
    assert not [run for run in cells(card_of(await talk.says("vic", "agents --all"))) if run.startswith("T3")]
    assert "docs" not in str(await talk.says("vic", "costs"))
    assert cells(card_of(await talk.says("vic", "project list"))) == ["shop"]


@pytest.mark.parametrize("text", ["task T3", "status T3", "logs T3", "diff T3", "agent T3.1", "compare T1 T3"])
async def test_a_task_of_a_hidden_project_is_not_there_and_who_looked_for_it_is_written_down(
    talk: Talk, text: str
) -> None:
    card = card_of(await talk.says("vic", text))
    assert card.title == "There is no task T3."
    assert card.mentions == (), "whom to ask would tell that it is there"
    (row,) = await talk.audit()
    assert (row.actor, row.act, row.subject, row.allowed) == ("slack:T1/UVIC", "look", "T3", False)
    assert row.place == "slack/T1/COPEN"


async def test_listings_can_be_about_one_project_and_one_state(talk: Talk) -> None:
    assert cells(card_of(await talk.says("root", "tasks --project docs"))) == ["T3"]
    assert cells(card_of(await talk.says("root", "tasks failed --limit 1"))) == ["T5"]
    assert card_of(await talk.says("vic", "tasks --project docs")).title == "There is no project docs."


async def test_an_unknown_project_names_only_those_one_may_see(talk: Talk) -> None:
    card = card_of(await talk.says("vic", "tasks --project dcos"))
    assert texts(card).splitlines()[-1] == "Projects you may see: shop."


async def test_a_task_shows_a_viewer_no_buttons_that_they_may_not_press(talk: Talk) -> None:
    assert "cancel T2" in commands(card_of(await talk.says("dev", "task T2")))
    assert not [each for each in commands(card_of(await talk.says("vic", "task T2"))) if "cancel" in each]


async def test_an_agent_is_told_without_where_its_files_are(talk: Talk) -> None:
    card = card_of(await talk.says("vic", "agent T2.1"))
    assert "Editing src/pricing/money.py" in texts(card)
    assert "agent_logs" not in str(card)
    assert not [each for each in commands(card) if each.startswith("cancel")]


async def test_what_an_agent_said_is_listed_to_fork_there(talk: Talk) -> None:
    card = card_of(await talk.says("vic", "agent T2.1 --messages"))
    assert card.title == "T2.1 has said nothing yet"
    said = [Said(number=number, uuid=f"u{number}", at="", text=f"word {number}") for number in range(1, 31)]
    shown = messages_card("T2.1", said)
    assert (cells(shown)[0], cells(shown, 1)[-1]) == ("11", "word 30")
    assert "/orchestrate fork T2 --at T2.1:30" in texts(shown)
    assert "10 earlier ones are in its log." in texts(shown)


async def test_agents_say_what_they_do_or_wait_for(talk: Talk) -> None:
    card = card_of(await talk.says("dev", "agents"))
    assert card.title == "1 of 5 agents at work"
    assert cells(card, 2)[0] == "running: Editing src/pricing/money.py"
    assert any("tries again in" in text for text in cells(card, 2))


@pytest.mark.parametrize("text", ["task T99", "logs T1.9"])
async def test_what_does_not_exist_is_said_with_what_to_do(talk: Talk, text: str) -> None:
    card = card_of(await talk.says("root", text))
    assert card.title.startswith("There is no ")
    assert "orchestrator " not in texts(card)


@pytest.mark.parametrize("text", ["tasks --limit 0", "tasks --limit many", "logs T1 --tail -1"])
async def test_a_number_that_is_none_is_asked_for_again(talk: Talk, text: str) -> None:
    assert "Give a number" in texts(card_of(await talk.says("root", text)))


async def test_costs_are_told_by_role_model_and_agent(talk: Talk) -> None:
    card = card_of(await talk.says("root", "costs month"))
    assert card.status == "$0.54"
    assert "This month: $0.54" in texts(card)
    assert cells(card) == ["builder", "sonnet-4-5", "T1.1 builder", "T2.1 builder"]
    assert commands(card) == ["costs today", "costs this week", "costs last month"]


async def test_budget_tells_the_limits_that_hold_and_how_a_tasks_own_is_set(talk: Talk) -> None:
    card = card_of(await talk.says("root", "budget --project shop"))
    assert "builder" in cells(card)
    assert "A new task in shop has no budget unless one is given." in texts(card)
    assert "budget T142 7.50 sets it" in texts(card)
    assert "How much in which period is '5'?" in texts(card_of(await talk.says("root", "budget set 5")))
    assert commands(card_of(await talk.says("dev", "budget"))) == [
        "budget set",
        "budget --project docs",
        "budget --project shop",
    ]


async def test_an_estimate_comes_from_completed_tasks_of_the_same_kind(talk: Talk) -> None:
    card = card_of(await talk.says("dev", "estimate do something with the build --project shop"))
    assert card.status.startswith("About $")
    assert "From 1 completed task of the same kind" in texts(card)
    assert commands(card) == [
        "--project=shop -- do something with the build",
        "--project=shop --dry-run -- do something with the build",
    ]


async def test_without_any_such_task_an_estimate_rests_on_what_is_stated_and_says_so(talk: Talk) -> None:
    card = card_of(await talk.says("vic", "estimate review PR #45"))
    assert "No task like it was completed yet" in texts(card)
    # who may only look is offered nothing
    assert commands(card) == []


async def test_a_log_is_a_file_and_for_the_asker_alone_where_the_task_is_not_talked_about(talk: Talk) -> None:
    reply = await talk.says("vic", "logs T1.1")
    assert isinstance(reply, Handed)
    assert reply.private
    assert reply.file.name == "T1.1.log"
    assert reply.file.data.decode().startswith("── T1.1 · builder · step build")
    assert b"agent_logs" not in reply.file.data


async def test_a_log_has_no_secrets_in_it(talk: Talk) -> None:
    seen = talk.context.seen
    run = next(step.runs[0].run for step in (await seen.reader.task(T1)).steps if step.runs)
    folder = seen.logs_of(run)
    folder.mkdir(parents=True)
    (folder / "text.txt").write_text("the key is sk-ant-api03-" + "x" * 90 + "\nlast line\n")
    reply = await talk.says("vic", "logs T1 --tail 1")
    assert isinstance(reply, Handed)
    assert b"sk-ant" not in reply.file.data
    assert reply.file.data.decode().splitlines()[-1] == "last line"


async def test_tasks_side_by_side_say_which_did_best(talk: Talk) -> None:
    card = card_of(await talk.says("vic", "compare T1 T2"))
    assert card.title == "T1 and T2 compared"
    assert "Only T1 completed" in texts(card)


async def test_a_diff_that_cannot_be_read_says_why(talk: Talk) -> None:
    card = card_of(await talk.says("vic", "diff T1"))
    assert "is gone from shop" in card.title
    assert card_of(await talk.says("vic", "diff T2")).title == "T2 has not changed anything yet."


async def test_help_explains_each_command_and_guesses_what_was_meant(talk: Talk) -> None:
    overview = texts(card_of(await talk.says("vic", "help")))
    named = {line.partition(" ")[0] for line in overview.splitlines()}
    assert {verb.value for verb in TYPED} - {part.rstrip(":") for part in named} == {Verb.QUIT}
    card = card_of(await talk.says("vic", "help retry"))
    assert card.title == "/orchestrate retry"
    assert "Try an ended task again" in texts(card)


async def test_whoami_says_what_one_may_do_here(talk: Talk) -> None:
    card = card_of(await talk.says("dev", "whoami"))
    assert (cells(card), cells(card, 1)) == (["docs", "shop"], ["admin", "developer"])
    assert card_of(await talk.says("root", "whoami")).status == "Admin of everything"


async def test_whoami_in_a_bound_channel_says_what_it_is_about(talk: Talk) -> None:
    docs = Place(platform="slack", space="T1", channel="CDOCS")
    assert "This channel is about docs." in texts(card_of(await talk.says("dev", "whoami", place=docs)))


async def test_templates_are_listed_and_shown_with_a_button_for_those_who_may(talk: Talk) -> None:
    assert "fix-issue" in cells(card_of(await talk.says("vic", "template list")))
    card = card_of(await talk.says("dev", "template show fix-issue"))
    assert commands(card) == ["--template=fix-issue"]
    assert commands(card_of(await talk.says("vic", "template show fix-issue"))) == []


async def test_a_project_is_shown_without_where_it_is_on_the_server(talk: Talk) -> None:
    card = card_of(await talk.says("vic", "project show shop"))
    assert "Repository: repository" in texts(card)
    assert "/" not in texts(card).replace("orchestrator/", "")


async def test_an_admin_binds_a_channel_and_it_stays_bound(talk: Talk) -> None:
    assert isinstance(await talk.says("ada", "project use shop"), Public)
    assert await talk.context.bound(OPEN) == "shop"
    assert card_of(await talk.says("ada", "project use shop")).title == "This channel is about shop already."
    (row,) = await talk.audit()
    assert (row.act, row.subject, row.allowed) == ("project use", "shop", True)


async def test_a_channel_is_taken_from_a_project_only_by_an_admin_of_both(talk: Talk) -> None:
    docs = Place(platform="slack", space="T1", channel="CDOCS", thread="1.2")
    refused = texts(card_of(await talk.says("ada", "project use shop", place=docs)))
    assert "This channel is about a project that you may not see." in refused
    assert await talk.context.bound(docs) == "docs"
    assert isinstance(await talk.says("root", "project use shop", place=docs), Public)
    assert await talk.context.bound(docs) == "shop"


async def test_only_admins_bind_channels_and_only_channels_are_bound(talk: Talk) -> None:
    assert "that takes an admin" in texts(card_of(await talk.says("vic", "project use shop")))
    direct = Place(platform="slack", space="T1", channel="D1")
    assert "Only a channel" in texts(card_of(await talk.says("ada", "project use shop", place=direct)))


async def test_a_project_with_open_tasks_is_not_archived_and_that_is_written_down(talk: Talk) -> None:
    assert "still has 2 open tasks" in texts(card_of(await talk.says("ada", "project archive shop")))
    assert [row.detail[:9] for row in await talk.audit()] == ["Not done:", ""]


async def test_an_archived_project_comes_back(talk: Talk) -> None:
    await talk.context.orchestrator.cancel(T3, by=person("dev").id)
    assert isinstance(await talk.says("dev", "project archive docs"), Public)
    assert cells(card_of(await talk.says("dev", "project list")), 4) == ["archived", ""]
    assert isinstance(await talk.says("dev", "project restore docs"), Public)


async def test_ones_own_wishes_are_kept_as_the_delivery_reads_them(talk: Talk) -> None:
    await talk.says("vic", "notify direct approval, finished and failed")
    card = card_of(await talk.says("vic", "notify quiet 22:00–7:00 Europe/Berlin"))
    assert "Quiet hours: 22:00 to 07:00 (Europe/Berlin)" in texts(card)
    async with talk.context.seen.store.reading() as uow:
        known = await uow.people.get(person("vic").id)
    assert known is not None
    assert known.wishes == {
        "direct": ["approval", "finished", "failed"],
        "quiet": {"begin": "22:00", "end": "07:00", "time_zone": "Europe/Berlin"},
    }
    assert "as the project says" in texts(card_of(await talk.says("vic", "notify default")))


@pytest.mark.parametrize(
    "text", ["notify direct everything", "notify quiet late", "notify quiet 22:00-07:00 Mars/Base"]
)
async def test_wishes_that_mean_nothing_are_asked_about(talk: Talk, text: str) -> None:
    card = card_of(await talk.says("vic", text))
    assert any(isinstance(part, Text) and part.weight is Weight.NEXT for part in card.sections)
    async with talk.context.seen.store.reading() as uow:
        assert await uow.people.get(person("vic").id) is None
