"""Agents that need each other: a question to another role, and the notes that the agents of a task share."""

from collections.abc import Mapping, Sequence

import pytest

from core.agents.memory import Play, Stage
from core.agents.runner import AgentFailed
from core.agents.stage import WaitsError
from core.agents.verdicts import own_tool
from core.domain.event import RoleAsked
from core.domain.task import TaskState
from core.engine.toolbox import MOST_QUESTIONS
from tests.support.engine import Workshop
from tests.support.engine_plays import RESULTS, step_of, usual

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.slow]

ASK, READ, ADD = own_tool("ask_role"), own_tool("notes_read"), own_tool("notes_add")


def asks(role: str, question: str, told: list[str]) -> Play:
    """A builder that asks, and writes down what it is told."""

    async def play(stage: Stage) -> Mapping[str, object]:
        told.append((await stage.use(ASK, {"role": role, "question": question})).text)
        return await usual(stage)

    return play


async def test_a_role_answers_from_a_copy_of_its_session_and_the_asker_pays(busy: Workshop):
    told: list[str] = []
    remembered: list[Sequence[str]] = []
    tried: list[str] = []

    async def plans(stage: Stage) -> Mapping[str, object]:
        remembered.append(stage.remembers)
        if step_of(stage.spec):
            return RESULTS["planner"]
        tried.append((await stage.use("Bash", {"command": "touch mine.txt"})).text)
        return {"summary": "Because three is odd.", "details": "See sum.py."}

    project = busy.project("asks", plays={"planner": plans, "builder": asks("planner", "Why the sum?", told)})
    view = await busy.ended((await busy.submit(project, workflow="plan_build")).id)
    assert view.task.state == TaskState.COMPLETED, view.task.failure
    assert told == ["Because three is odd.\n\nSee sum.py."]
    planner, builder, side = busy.starts(view.task.id)
    assert "Why the sum?" in side.prompt
    assert side.copy_of is not None
    assert side.copy_of.session == planner.session
    assert remembered[1][0] == planner.prompt, "it knows what it was told as the planner"
    assert tried == ["You are only asked a question: read, and answer."]
    assert side.worktree == builder.worktree
    bills = {part.step.name: part.bill.calls for part in view.steps}
    assert bills == {"plan": 1, "build": 4}, "two calls of the asker, two of the answer"
    (event,) = [event for event in await busy.events(view.task.id) if isinstance(event, RoleAsked)]
    assert (event.agent_run, event.role, event.question) == (builder.agent_run, "planner", "Why the sum?")
    assert "Because three is odd." in event.answer


async def test_the_session_of_an_answer_is_dropped(busy: Workshop):
    told: list[str] = []
    before = set(busy.sessions)
    project = busy.project("dropped", plays={"builder": asks("analyst", "Why?", told)})
    view = await busy.ended((await busy.submit(project)).id)
    assert told == ["The sum is wrong."]
    assert set(busy.sessions) - before == {run.run.session for part in view.steps for run in part.runs}


async def test_neither_the_asker_nor_the_journal_is_told_a_secret(busy: Workshop):
    told: list[str] = []

    async def leaks(stage: Stage) -> Mapping[str, object]:
        if step_of(stage.spec):
            return RESULTS["planner"]
        return {"summary": "It is hunter2.", "details": "Read from .env."}

    project = busy.project("leaks", plays={"planner": leaks, "builder": asks("planner", "Is it hunter2?", told)})
    view = await busy.ended((await busy.submit(project, workflow="plan_build")).id)
    assert view.task.state == TaskState.COMPLETED, view.task.failure
    assert told == ["It is ***.\n\nRead from .env."]
    (event,) = [event for event in await busy.events(view.task.id) if isinstance(event, RoleAsked)]
    assert (event.question, event.answer) == ("Is it ***?", told[0])


async def test_a_question_to_nobody_is_refused_with_the_roles_there_are(busy: Workshop):
    told: list[str] = []
    project = busy.project("nobody", plays={"builder": asks("wizard", "Why?", told)})
    view = await busy.ended((await busy.submit(project)).id)
    assert view.task.state == TaskState.COMPLETED, view.task.failure
    assert "There is no role wizard." in told[0]
    assert "analyst" in told[0]


async def test_a_role_that_cannot_answer_says_why_and_the_asker_goes_on(busy: Workshop):
    told: list[str] = []

    async def cannot(stage: Stage) -> Mapping[str, object] | AgentFailed:
        if step_of(stage.spec):
            return RESULTS["planner"]
        if len(told) == 1:
            return AgentFailed(message="It forgot.", transient=False)
        raise WaitsError

    async def insists(stage: Stage) -> Mapping[str, object]:
        for question in (" ", "Why the sum?", "And why the product?"):
            told.append((await stage.use(ASK, {"role": "planner", "question": question})).text)
        return await usual(stage)

    project = busy.project("forgets", plays={"planner": cannot, "builder": insists})
    view = await busy.ended((await busy.submit(project, workflow="plan_build")).id)
    assert view.task.state == TaskState.COMPLETED, view.task.failure
    assert told == [
        "The question is empty. Ask one whole question.",
        "The planner could not answer: It forgot.",
        "The planner could not answer without asking a person.",
    ]


async def test_an_agent_that_only_asks_is_told_to_decide(busy: Workshop):
    told: list[str] = []

    async def chatty(stage: Stage) -> Mapping[str, object]:
        for number in range(MOST_QUESTIONS + 1):
            told.append((await stage.use(ASK, {"role": "analyst", "question": f"Question {number}?"})).text)
        return await usual(stage)

    project = busy.project("chatty", plays={"builder": chatty})
    view = await busy.ended((await busy.submit(project)).id)
    assert view.task.state == TaskState.COMPLETED, view.task.failure
    assert told[:-1] == ["The sum is wrong."] * MOST_QUESTIONS
    assert "You have asked enough." in told[-1]


async def test_what_one_agent_notes_the_next_one_reads_without_secrets(busy: Workshop):
    read: list[str] = []

    async def notes(stage: Stage) -> Mapping[str, object]:
        read.append((await stage.use(READ, {})).text)
        await stage.use(ADD, {"text": "The key is hunter2; mind the gap."})
        return await usual(stage)

    async def reads(stage: Stage) -> Mapping[str, object]:
        read.append((await stage.use(READ, {})).text)
        return RESULTS["reviewer"]

    project = busy.project("notes", plays={"builder": notes, "reviewer": reads})
    view = await busy.ended((await busy.submit(project, workflow="build_review")).id)
    assert view.task.state == TaskState.COMPLETED, view.task.failure
    assert read == ["There are no notes yet.", "## builder (build)\nThe key is ***; mind the gap.\n\n"]
    (reviewer,) = busy.starts(view.task.id, "reviewer")
    assert "mind the gap" in reviewer.prompt
    assert view.files == ("work.txt",), "notes are no part of the work"
