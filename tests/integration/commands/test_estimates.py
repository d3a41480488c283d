"""What work may take and what would come of it, asked for in a chat; and how good such estimates were."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from adapters.chat.card import Card, Fields, Table, Text
from bot.commands.all import LOOKING
from bot.commands.command import written
from bot.commands.grammar import read_command
from bot.commands.questions import heard
from bot.commands.registry import Registry
from bot.commands.reply import AskForm, Private, Reply
from bot.commands.requests import HANDLERS as REQUESTS
from bot.compose import Program
from core.domain.errors import WorkspaceError
from core.domain.estimate import Band, Estimate
from core.domain.identity import ProjectName
from core.domain.project import Project
from core.domain.task import Complexity, TaskState, TaskType
from core.engine.parts import AgentLimits
from core.forge import ForgeUnavailableError
from core.orchestrator import Orchestrator
from tests.integration.commands.conftest import OPEN, Talk, person
from tests.support.values import a_call, a_run, a_step, a_task

pytestmark = pytest.mark.money


@pytest.fixture
def asking(talk: Talk) -> Talk:
    """People who may also hand work over."""
    talk.registry = Registry(*LOOKING, REQUESTS)
    return talk


def card_of(reply: Reply) -> Card:
    """The card of an answer to one person."""
    assert isinstance(reply, Private)
    return reply.card


def told(card: Card) -> str:
    """Everything on it that can be read."""
    said = [card.title, card.status]
    for part in card.sections:
        match part:
            case Text():
                said.append(part.text)
            case Fields():
                said += [f"{each.label}: {each.value}" for each in part.fields]
            case Table():
                said += [" | ".join(row) for row in (*part.rows, part.total)]
            case _:
                pass
    return "\n".join(said)


def pressed(card: Card, label: str) -> str:
    """The command of a button."""
    return next(action.command for action in card.actions if action.label == label)


async def counted(talk: Talk) -> dict[str, int]:
    """How much of everything there is."""
    return await talk.context.seen.queries.counts()


async def done_before(
    talk: Talk,
    number: int,
    *,
    project: str = "shop",
    usd: str = "1",
    kind: TaskType = TaskType.BUG_FIX,
    state: TaskState = TaskState.COMPLETED,
    estimate: Estimate | None = None,
    failure: str = "",
) -> None:
    """A task that ended an hour ago after ten minutes of work."""
    begun = talk.context.seen.clock() - timedelta(hours=1)
    task = a_task(
        number,
        project=ProjectName(project),
        state=state,
        type=kind,
        complexity=Complexity.MODERATE,
        created_at=begun,
        started_at=begun,
        finished_at=begun + timedelta(minutes=10),
        estimate=estimate,
        failure=failure,
    )
    async with talk.context.seen.store.transaction() as uow:
        await uow.tasks.add(task)
        await uow.steps.add_all([a_step(task.id)])
        await uow.agent_runs.add(a_run(task.id, 1, created_at=begun))
        call = a_call(f"msg-{task.id}", a_run(task.id, 1).id, cost_usd=Decimal(usd), at=begun)
        await uow.ledger.record(call)


async def test_an_estimate_tells_money_time_and_tokens_step_by_step(asking: Talk) -> None:
    card = card_of(await asking.says("dev", "estimate fix the rounding of totals --project shop"))
    text = told(card)
    assert "up to $" in text
    assert "Tokens: " in text
    assert "plan | $" in text
    assert "Taken for: bug fix" in text
    assert pressed(card, "Start it") == "--project=shop -- fix the rounding of totals"


async def test_model_and_workflow_change_the_estimate_and_go_with_the_request(asking: Talk) -> None:
    text = "estimate fix the rounding of totals --project shop"
    usual = card_of(await asking.says("dev", text))
    dear = card_of(await asking.says("dev", f"{text} --model claude-opus-5-5 --workflow research"))
    assert usual.status != dear.status
    assert "opus-5-5" in told(dear)
    start = read_command(pressed(dear, "Start it"))
    assert (start.option("model"), start.option("workflow")) == ("claude-opus-5-5", "research")
    refused = await asking.says("dev", f"{text} --workflow juggling")
    assert "There is no workflow juggling." in told(card_of(refused))


async def test_who_sees_several_projects_is_asked_which_is_meant(asking: Talk) -> None:
    card = card_of(await asking.says("dev", "estimate fix it"))
    assert card.title == "An estimate for which project?"
    assert [action.command for action in card.actions] == [
        "estimate --project=docs -- fix it",
        "estimate --project=shop -- fix it",
    ]


async def test_what_would_it_cost_is_answered_by_an_estimate(asking: Talk) -> None:
    asker = await asking.context.asker(person("vic"), OPEN, event_id="e")
    command = await heard("how much would it cost to fix the login?", asker, asking.context)
    assert command is not None
    reply = await asking.registry.run(command, asker, asking.context)
    assert card_of(reply).title == "Estimate"
    typed = card_of(await asking.says("vic", "ask what would fixing the login cost?"))
    assert "fix the login" in told(typed)


async def test_a_viewer_is_told_from_projects_they_may_see_and_no_others(asking: Talk) -> None:
    for number in range(11, 17):
        await done_before(asking, number, project="docs", usd="900")
    text = "estimate fix the rounding of totals --project shop"
    assert "No task like it was completed yet" in told(card_of(await asking.says("vic", text)))
    everything = told(card_of(await asking.says("root", text)))
    assert "From 6 completed tasks of the same kind" in everything


async def test_a_dry_run_shows_all_that_would_happen_and_begins_nothing(asking: Talk) -> None:
    before = await counted(asking)
    card = card_of(await asking.says("dev", "fix the rounding everywhere --project shop --budget 0.02 --dry-run"))
    assert await counted(asking) == before
    text = told(card)
    assert card.title == "Dry run · fix the rounding everywhere"
    assert 'Taken for: bug fix, complex (it asks to "fix"; it says "everywhere")' in text
    assert "Workflow: bug_fix: analyse → plan → build → test → review" in text
    assert "After plan a person approves the plan." in text
    assert "Its budget of $0.02 is likely to be passed at step 1 (analyse)." in text
    assert "shop has no verify command" in text
    assert "and 26 more: it reaches the network or other systems" in text
    assert "Nothing was started." in text


async def test_its_button_hands_over_the_same_request_with_the_same_options(asking: Talk) -> None:
    said = "fix the rounding --project shop --budget 2 --priority high --mode sequential --model claude-opus-5-5"
    card = card_of(await asking.says("dev", f"{said} --dry-run"))
    assert read_command(pressed(card, "Start it")) == read_command(said)
    await asking.says("dev", pressed(card, "Start it"))
    async with asking.context.seen.store.reading() as uow:
        (task, *_) = await uow.tasks.list(limit=1)
    assert (task.request, task.budget_usd, task.model) == ("fix the rounding", Decimal(2), "claude-opus-5-5")


async def test_the_task_that_follows_has_the_estimate_that_was_shown(asking: Talk) -> None:
    text = "fix the rounding of totals --project shop"
    shown = card_of(await asking.says("dev", f"{text} --dry-run"))
    await asking.says("dev", text)
    async with asking.context.seen.store.reading() as uow:
        (task, *_) = await uow.tasks.list(limit=1)
    assert task.estimate is not None
    assert shown.status.startswith(f"About ${task.estimate.cost_usd.p50:.2f}, ")


async def test_the_task_that_follows_looks_at_the_same_projects_as_what_was_shown(asking: Talk) -> None:
    for number in range(11, 17):
        await done_before(asking, number, project="docs", usd="900")
    text = "fix the rounding of totals --project shop"
    for name, tasks in (("root", 6), ("ada", 0)):
        shown = card_of(await asking.says(name, f"{text} --dry-run"))
        await asking.says(name, text)
        async with asking.context.seen.store.reading() as uow:
            (task, *_) = await uow.tasks.list(project=ProjectName("shop"), limit=1)
        assert task.estimate is not None
        assert task.estimate.tasks == tasks
        assert shown.status.startswith(f"About ${task.estimate.cost_usd.p50:,.2f}, ")


async def test_who_may_not_hand_work_over_sees_no_dry_run(asking: Talk) -> None:
    card = card_of(await asking.says("vic", "fix it --project shop --dry-run"))
    assert "Dry run" not in told(card)


async def test_a_template_with_gaps_asks_for_them_first_and_shows_a_dry_run_then(asking: Talk) -> None:
    reply = await asking.says("dev", "template run fix-issue --project shop --dry-run")
    assert isinstance(reply, AskForm)
    assert read_command(reply.command).has("dry-run")
    card = card_of(await asking.says("dev", "template run fix-issue --set issue=7 --project shop --dry-run"))
    assert card.title.startswith("Dry run · ")
    assert not read_command(pressed(card, "Start it")).has("dry-run")


async def test_a_schedule_knows_no_dry_run(asking: Talk) -> None:
    command = read_command("schedule every day at 9 fix it --dry-run")
    assert "--dry-run" in written(command)
    assert not command.has("dry-run")


async def test_a_missing_issue_stops_it_and_a_known_one_does_not(asking: Talk) -> None:
    gone = told(card_of(await asking.says("dev", "fix issue #123 --project shop --dry-run")))
    assert "There is no issue 123 in shop." in gone
    there = told(card_of(await asking.says("dev", "fix issue #7 --project shop --dry-run")))
    assert "There is no issue" not in there


async def test_a_forge_that_does_not_answer_is_no_trouble_of_the_request(asking: Talk) -> None:
    async def away(_project: Project, _reference: str) -> object:
        raise ForgeUnavailableError("The forge does not answer.")

    known, program = asking.context.orchestrator, asking.context.seen
    assert isinstance(program, Program)
    asking.context = replace(
        asking.context,
        orchestrator=Orchestrator(
            store=program.store,
            engine=program.client,
            project=program.settings.project,
            workflows=program.data.workflows,
            roles=program.data.roles,
            mask=program.mask,
            estimating=known.estimating,
            around=replace(known.around, issue=away, check=gone, limits=AgentLimits(total=1)),
        ),
    )
    text = told(card_of(await asking.says("dev", "fix issue #123 --project shop --dry-run")))
    assert "There is no issue" not in text
    # what else stands in the way is still told
    assert "The repository is gone." in text
    assert "Every place for agents is taken (1), and 2 wait already." in text


async def gone(_project: Project) -> None:
    """Nothing can be worked with."""
    raise WorkspaceError("The repository is gone.", hint="Clone it again.")


async def test_like_tasks_that_failed_lately_are_a_warning_with_their_reason(asking: Talk) -> None:
    for number in (21, 22):
        await done_before(asking, number, state=TaskState.FAILED, failure="The tests still fail after two rounds.")
    text = told(card_of(await asking.says("dev", "fix the rounding --project shop --dry-run")))
    assert "2 of the last 2 bug fix tasks in shop failed; each time: The tests still fail" in text


async def test_a_used_up_shared_budget_stops_it_and_says_until_when(asking: Talk) -> None:
    await asking.says("ada", "budget set --project shop --monthly 0.10")
    card = card_of(await asking.says("dev", "fix the rounding --project shop --dry-run"))
    assert "The monthly budget of shop is used up until" in told(card)
    assert card.tone == "bad"


async def test_steps_are_numbered_as_on_the_card_of_the_task_also_where_one_is_left_out(asking: Talk) -> None:
    text = told(card_of(await asking.says("dev", "fix typo in README.md --project shop --budget 0.001 --dry-run")))
    assert "analyse is left out" in text
    assert "is likely to be passed at step 2 (plan)." in text


async def test_a_budget_of_one_role_is_drawn_on_by_its_steps_alone(asking: Talk) -> None:
    await asking.says("ada", "budget set --project shop --role reviewer --weekly 0.02")
    text = told(card_of(await asking.says("dev", "fix the rounding --project shop --dry-run")))
    assert "($0.02) is likely to be passed at step 5 (review)." in text


async def test_an_archived_project_is_named_as_what_stops_it(asking: Talk) -> None:
    async with asking.context.seen.store.transaction() as uow:
        await uow.archived_projects.add(ProjectName("shop"), by=person("ada").id)
    text = told(card_of(await asking.says("dev", "fix the rounding --project shop --dry-run")))
    assert "The project shop is archived" in text


LIKELY = Estimate(
    tasks=0,
    cost_usd=Band(p50=1.0, p90=3.0),
    tokens=Band(p50=100.0, p90=300.0),
    duration_s=Band(p50=600.0, p90=900.0),
)


async def test_calibration_tells_how_many_tasks_stayed_within_their_estimates(asking: Talk) -> None:
    for number in range(31, 43):
        await done_before(asking, number, usd="0.9" if number % 2 else "2", estimate=LIKELY)
    card = card_of(await asking.says("vic", "costs --calibration"))
    assert "Cost | 50 % | 100 %" in told(card)
    assert "12 completed tasks, 12 of them estimated from stated assumptions alone." in told(card)
    assert "Understood as: estimates against what came of them" in told(card)


async def test_calibration_is_of_the_projects_one_may_see(asking: Talk) -> None:
    for number in range(31, 43):
        await done_before(asking, number, project="docs", estimate=LIKELY)
    assert "No task that was estimated is completed yet." in told(
        card_of(await asking.says("vic", "costs --calibration"))
    )
    assert "12 completed tasks" in told(card_of(await asking.says("dev", "costs --calibration")))


async def test_calibration_cannot_be_told_apart_by_person(asking: Talk) -> None:
    card = card_of(await asking.says("dev", "costs --calibration --role builder"))
    assert "Estimates are of whole tasks." in told(card)
