"""Questions in plain words and `costs` with all its options: answered from the ledger, with what was understood."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from adapters.chat.card import Code, Meter, Table, Text
from bot.commands.command import Command
from bot.commands.context import Asker
from bot.commands.cost_views import DOCUMENTS, VIEWS
from bot.commands.grammar import read_command
from bot.commands.questions import heard
from bot.commands.reply import Private, Reply
from bot.commands.requests import asked_first
from bot.commands.verbs import Verb
from bot.commands.vocabulary import COST_VIEWS
from bot.compose import Program
from core.costs.query import Group, Query, Where
from core.costs.reader import Reading
from core.domain.cost import TokenUsage
from core.domain.identity import agent_run_id, task_id
from core.domain.limit import BudgetScope
from core.domain.period import PeriodUnit
from core.domain.unusual import Oddity, Unusual
from tests.integration.commands.conftest import OPEN, Talk, person
from tests.support.values import a_call

pytestmark = [pytest.mark.money, pytest.mark.slack]


def shown(reply: Reply) -> str:
    """Everything a person reads of an answer, line by line."""
    assert isinstance(reply, Private)
    lines = [reply.card.title, reply.card.status]
    for section in reply.card.sections:
        match section:
            case Text() | Code():
                lines.append(section.text)
            case Meter():
                lines.append(f"{section.label} {section.text}")
            case Table():
                lines += [" | ".join(row) for row in (*section.rows, section.total) if row]
            case _:
                pass
    return "\n".join(lines)


async def asked(talk: Talk, name: str, text: str) -> str:
    """What somebody reads who asks that."""
    return shown(await talk.says(name, f"ask {text}?"))


async def test_a_total_says_what_was_understood(talk: Talk) -> None:
    told = await asked(talk, "root", "how much did we spend this week")
    assert told.splitlines()[:2] == ["Cost · this week", "$0.54"]
    assert "Understood as: cost, this week (" in told
    viewer = await asked(talk, "vic", "how much did we spend this week")
    assert "in the projects you may see" in viewer


async def test_one_of_many_is_named(talk: Talk) -> None:
    told = await asked(talk, "root", "which agent spent the most today")
    assert "T1.1 builder: $0.42 of $0.54, the most." in told


async def test_rows_add_up(talk: Talk) -> None:
    told = await asked(talk, "root", "cost by task this week")
    assert "T1 Fix issue 123 | 1 | $0.42" in told
    assert "Total | 2 | $0.54" in told


async def test_a_bill_says_why(talk: Talk) -> None:
    told = await asked(talk, "root", "what did T1 cost and why")
    assert told.splitlines()[0] == "T1 · Fix issue 123"
    assert "model calls read" in told
    assert "builder | " in told


async def test_tasks_are_listed_with_why_they_failed(talk: Talk) -> None:
    told = await asked(talk, "vic", "show me failed tasks of all time")
    assert "T4 Fix issue 123 | failed" in told
    assert "T4: The Messages API does not accept the key" in told


async def test_what_waits_is_what_the_asker_may_decide(talk: Talk) -> None:
    assert "A1 · Run: chmod +x" in await asked(talk, "dev", "what is waiting for me")
    assert "Nothing waits for your answer." in await asked(talk, "vic", "what is waiting for me")


async def test_a_budget_is_looked_ahead(talk: Talk) -> None:
    told = await asked(talk, "root", "are we going to stay under budget")
    assert "No budget is set for that.\nAll in all $0.54 was spent this month. Too early to tell: from " in told
    assert "budget set --project NAME --monthly 200" in told


async def test_follow_ups_keep_what_was_asked_in_that_place(talk: Talk) -> None:
    await asked(talk, "root", "how much did we spend this week")
    told = shown(await talk.says("root", "ask by model?"))
    assert "Understood as: cost by model, this week" in told
    told = shown(await talk.says("root", "ask and last month?"))
    assert "Understood as: cost by model, last month" in told
    # somebody else has asked nothing yet
    assert "I did not understand" in shown(await talk.says("ada", "ask and last month?"))


async def test_what_was_not_understood_says_what_can_be_asked(talk: Talk) -> None:
    reply = await talk.says("dev", "ask how much did we spend on kubernetes?")
    told = shown(reply)
    assert "I do not know what “kubernetes” stands for." in told
    assert "which agent spent the most today?" in told
    assert isinstance(reply, Private)
    assert [action.command for action in reply.card.actions] == ["-- how much did we spend on kubernetes?"]
    twice = shown(await talk.says("dev", "ask how much did we spend by model per day?"))
    assert "I tell figures apart in one way at a time: ask by model or by day." in twice


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("costs by model", "Understood as: cost by model, this week"),
        ("costs by person", "Understood as: cost by person, this week"),
        ("costs --by role --project shop --all-time", "Understood as: cost by role, project shop, all time"),
        ("costs --by agents --limit 1", "T1.1 builder: $0.42 of $0.54, the most."),
        ("costs --metric calls --by day", "Understood as: model calls by day, this week"),
        ("costs --metric cached --by role", "Understood as: share read from the cache by role, this week"),
        ("costs --metric average", "Understood as: average cost of a task, this week"),
        ("costs --from 2026-01-01 --to 2026-01-31 --by project", "cost by project, 1 Jan to 31 Jan 2026"),
        ("costs --role tester", "Nothing was spent."),
        ("costs yesterday", "Costs · yesterday"),
        ("costs last month --project shop", "Costs · last month"),
        ("costs --by month --by colour", "--by cannot be 'colour'."),
        ("costs --from tomorrow", "--from cannot be 'tomorrow'."),
        ("costs --from 2026-02-01 --to 2026-01-01", "--from is not before --to."),
        ("costs --limit 0", "--limit cannot be '0'."),
    ],
)
async def test_costs_takes_words_and_options(talk: Talk, text: str, told: str) -> None:
    assert told in shown(await talk.says("root", text))


async def test_buttons_ask_for_the_same_figures_in_another_way(talk: Talk) -> None:
    reply = await talk.says("root", "ask cost by role of project shop this week?")
    assert isinstance(reply, Private)
    again = {action.label: action.command for action in reply.card.actions}
    told = shown(await talk.says("root", again["By model"]))
    assert "cost by model" in told
    assert "project shop" in told


async def asker(talk: Talk, name: str) -> Asker:
    """Somebody in an open channel."""
    return await talk.context.asker(person(name), OPEN, event_id="e")


async def test_a_question_is_heard_without_its_verb_and_a_request_is_not(talk: Talk) -> None:
    who = await asker(talk, "dev")
    for text in ("how much did we spend this week?", "what is waiting for me?", "how much did we spend on kubernetes?"):
        command = await heard(text, who, talk.context)
        assert command is not None
        assert command.text == text
    for text in (
        "fix the login, it costs us money",
        "costs",
        "tasks failed",
        "and last week?",
        "status",
        "how is it going?",
    ):
        assert await heard(text, who, talk.context) is None


@pytest.mark.parametrize(
    ("text", "work"),
    [
        ("how much would it cost to add a dark mode?", "add a dark mode"),
        ("What would it cost us to add a dark mode", "add a dark mode"),
        ("what would fixing issue #12 cost?", "fix issue #12"),
        ("how long will migrating the tests to pytest take?", "migrate the tests to pytest"),
    ],
)
async def test_what_work_would_cost_is_an_estimate(talk: Talk, text: str, work: str) -> None:
    command = await heard(text, await asker(talk, "dev"), talk.context)
    assert command == Command(verb=Verb.ESTIMATE, text=work)
    assert await heard(text, await asker(talk, "dev"), talk.context, addressed=False) is None


class Reads:
    """A model that always understands the same."""

    def __init__(self, query: Query | None) -> None:
        self.query = query
        self.heard: list[Reading] = []

    async def read(self, reading: Reading) -> Query | None:
        self.heard.append(reading)
        return self.query


async def test_a_model_reads_what_the_rules_do_not_and_the_numbers_are_ours(talk: Talk) -> None:
    model = Reads(Query(group=Group.ROLE, where=Where(projects=("shop",))))
    talk.context = replace(talk.context, questions=model)
    told = await asked(talk, "dev", "how much did the folks in shop waste on robots")
    assert "builder | 2 | $0.54" in told
    assert "Understood as: cost by role, project shop, all time" in told
    (reading,) = model.heard
    assert set(reading.known.projects) == {"shop", "docs"}
    # whatever the rules understand is not worth a call
    await asked(talk, "dev", "how much did we spend this week")
    assert len(model.heard) == 1
    # and it cannot show what one may not see
    model.query = Query(where=Where(projects=("docs",)))
    assert "Nothing was spent." in await asked(talk, "vic", "how much did the folks waste on robots")
    model.query = None
    assert "I did not understand" in await asked(talk, "vic", "how much did the folks waste on robots")


async def test_a_question_that_no_rule_reads_can_be_given_to_the_model_before_it_becomes_work(talk: Talk) -> None:
    request = Command(verb=Verb.SUBMIT, text="why were we so dear?")
    without = await asked_first(request, await asker(talk, "dev"), talk.context)
    talk.context = replace(talk.context, questions=Reads(Query(group=Group.ROLE)))
    reply = await asked_first(request, await asker(talk, "dev"), talk.context)

    assert isinstance(reply, Private)
    assert isinstance(without, Private)
    assert (without.card.actions[-1].label, without.card.actions[-1].command) == ("What can I ask?", "help")
    answer = reply.card.actions[-1]
    assert (answer.label, read_command(answer.command)) == ("Answer it", Command(verb=Verb.ASK, text=request.text))
    told = await talk.registry.run(read_command(answer.command), await asker(talk, "dev"), talk.context)
    assert "Understood as: cost by role" in shown(told)


async def test_among_agents_only_what_is_wholly_understood_is_heard(talk: Talk) -> None:
    who = await asker(talk, "dev")
    command = await heard("how much did this cost?", who, talk.context, task="T1", addressed=False)
    assert command is not None
    assert command.option("about") == "T1"
    assert "T1 · Fix issue 123" in shown(await talk.registry.run(command, who, talk.context))
    for text in (
        "how much did we spend on kubernetes?",
        "use opus",
        "only opus",
        "pause",
        "approve",
        "is it done yet?",
    ):
        assert await heard(text, who, talk.context, task="T1", addressed=False) is None


async def test_a_view_of_costs_is_an_option_of_its_own(talk: Talk) -> None:
    told = shown(await talk.says("root", "costs --forecast"))
    assert told.splitlines()[0] == "Forecast · this month"
    assert "Too early to tell: from " in told
    assert "shop | $0.54 | told from " in told
    assert shown(await talk.says("root", "costs --view forecast")) == told
    assert "Forecast · this week" in shown(await talk.says("root", "costs this week --forecast"))
    assert "by project, person, role, model" in shown(await talk.says("root", "costs --forecast --by day"))
    assert "All time has no end." in shown(await talk.says("root", "costs --forecast --all-time"))


def test_every_view_has_a_document_and_a_word() -> None:
    assert set(VIEWS) == set(DOCUMENTS) == set(COST_VIEWS)


async def test_a_budget_that_will_not_last_says_so_with_its_band(talk: Talk, program: Program) -> None:
    scope = BudgetScope(project="shop")
    await program.orchestrator.budgets.set(scope, PeriodUnit.MONTH, Decimal(20), by=person("root").id, owners=())
    now = program.clock()
    async with program.store.transaction() as uow:
        for number in range(1, 21):
            at = now - timedelta(days=number)
            run = agent_run_id(task_id(1), 1)
            await uow.ledger.record(a_call(f"d{number}", run, cost_usd=Decimal(1 + number % 2), at=at))
    told = await asked(talk, "root", "are we going to stay under budget")
    assert "The monthly budget of shop $" in told
    assert "Likely $" in told
    assert ": too early" not in told
    assert "All in all $" in told
    assert "All in all" not in await asked(talk, "root", "are we going to stay under budget in shop")
    assert "The monthly budget of shop" in await asked(talk, "vic", "are we going to stay under budget")
    assert "by then." in shown(await talk.says("root", "budget --project shop"))
    assert "shop | $" in shown(await talk.says("root", "costs --forecast"))


async def test_what_was_unusual_is_listed_in_the_projects_one_may_see(talk: Talk, program: Program) -> None:
    assert "Nothing unusual was seen." in shown(await talk.says("root", "costs --unusual"))
    now = program.clock()
    dear = Unusual(
        key="task:T1", kind=Oddity.TASK, project="shop", task=task_id(1), about="T1",
        found=Decimal("4.20"), usual=Decimal("1.35"), over=12, at=now,
    )  # fmt: skip
    day = now.date().isoformat()
    spike = replace(dear, key=f"day:docs:{day}", kind=Oddity.DAY, project="docs", task=task_id(3), about=day)
    async with program.store.transaction() as uow:
        for each in (dear, spike):
            await uow.unusual.see(each)
    told = shown(await talk.says("root", "costs --unusual"))
    assert "T1: It has cost $4.20, 3.1 times the $1.35 that such a task usually costs in shop" in told
    assert "docs has spent $4.20, 3.1 times the $1.35 of a usual day (the middle of 12 days)." in told
    viewer = shown(await talk.says("vic", "costs --unusual"))
    assert "T1: It has cost" in viewer
    assert "docs" not in viewer
    assert "docs has spent" not in shown(await talk.says("root", "costs --unusual --project shop"))
    assert "Nothing unusual was seen." in shown(await talk.says("root", "costs last month --unusual"))


async def test_advice_says_what_is_missing_and_is_about_what_one_may_see(talk: Talk, program: Program) -> None:
    told = shown(await talk.says("root", "costs --advice"))
    assert told.splitlines()[0] == "Advice · the last 90 days"
    assert "Nothing stands out." in told
    now = program.clock()
    async with program.store.transaction() as uow:
        for number, task in enumerate((1, 3), 1):
            run = agent_run_id(task_id(task), 1)
            usage = TokenUsage(input_tokens=4_000_000)
            await uow.ledger.record(replace(a_call(f"v{number}", run, cost_usd=Decimal(40), at=now), usage=usage))
    told = shown(await talk.says("root", "costs --advice"))
    assert "builder has worked with nothing cheaper than" in told
    assert "$80.54" in told
    assert "$40.54" in shown(await talk.says("vic", "costs --advice"))
    assert "Advice · this month" in shown(await talk.says("root", "costs this month --advice"))
    assert "Advice · " in await asked(talk, "root", "which role could use a cheaper model")
    assert "Unusual spending · " in await asked(talk, "root", "was anything unusual this week")
