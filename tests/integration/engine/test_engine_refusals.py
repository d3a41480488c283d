"""What the orchestrator will not do says so, and what to do instead; nothing is changed by asking."""

from dataclasses import replace

import pytest

from core.domain.approval import Approval, ApprovalKind, Question
from core.domain.errors import ConflictError, InvalidInputError
from core.domain.event import PriorityChanged, ProjectArchived, ProjectRestored
from core.domain.identity import AgentRunId, ApprovalId, StepName, TaskId
from core.domain.task import Priority
from core.orchestrator import Decision
from tests.support.engine import ALICE, Workshop

pytestmark = pytest.mark.slow


async def asked(workshop: Workshop, task: TaskId, kind: ApprovalKind, *questions: str) -> ApprovalId:
    """An open approval of this kind."""
    async with workshop.store.transaction() as uow:
        approval = Approval(
            id=ApprovalId(f"A{await uow.approvals.next_number()}"),
            key=f"{task}:{kind}",
            task=task,
            step=StepName("build"),
            kind=kind,
            title="May it?",
            questions=tuple(Question(text=question) for question in questions),
            created_at=uow.now,
        )
        await uow.approvals.add(approval)
    return approval.id


async def test_an_agent_of_another_task_is_not_talked_to(workshop: Workshop):
    task = await workshop.submit(workshop.project("refusals"))
    with pytest.raises(InvalidInputError, match="no agent run of T1"):
        await workshop.orchestrator.steer(task.id, "Hello", by=ALICE, to=AgentRunId("T2.1"))


async def test_a_priority_it_has_already_is_no_news(workshop: Workshop):
    task = await workshop.submit(workshop.project("refusals"))
    for priority in (Priority.NORMAL, Priority.HIGH, Priority.HIGH):
        await workshop.orchestrator.set_priority(task.id, priority, by=ALICE)
    changes = [event for event in await workshop.events(task.id) if isinstance(event, PriorityChanged)]
    assert [(change.source, change.target) for change in changes] == [("normal", "high")]


async def test_a_project_with_open_tasks_is_not_archived_and_an_archived_one_takes_none(workshop: Workshop):
    project = workshop.project("refusals")
    task = await workshop.submit(project)
    with pytest.raises(ConflictError, match="still has 1 open"):
        await workshop.orchestrator.archive_project(project.name, by=ALICE)
    await workshop.orchestrator.cancel(task.id, by=ALICE)

    await workshop.orchestrator.archive_project(project.name, by=ALICE)

    with pytest.raises(ConflictError, match="archived already"):
        await workshop.orchestrator.archive_project(project.name, by=ALICE)
    with pytest.raises(ConflictError, match="is archived"):
        await workshop.submit(project)
    await workshop.orchestrator.restore_project(project.name, by=ALICE)
    with pytest.raises(ConflictError, match="is not archived"):
        await workshop.orchestrator.restore_project(project.name, by=ALICE)
    told = [entry.event for entry in await workshop.store.journal.read()]
    assert sum(isinstance(event, ProjectArchived) for event in told) == 1
    assert sum(isinstance(event, ProjectRestored) for event in told) == 1


async def test_only_plans_and_results_are_sent_back_and_only_with_words(workshop: Workshop):
    task = await workshop.submit(workshop.project("refusals"))
    tool = await asked(workshop, task.id, ApprovalKind.TOOL)
    plan = await asked(workshop, task.id, ApprovalKind.PLAN)
    revise = Decision(approved=False, revise=True, reason="Differently")
    with pytest.raises(InvalidInputError, match="not sent back"):
        await workshop.orchestrator.decide(tool, revise, by=ALICE)
    with pytest.raises(InvalidInputError, match="What should be changed"):
        await workshop.orchestrator.decide(plan, replace(revise, reason=" "), by=ALICE)


async def test_a_question_needs_every_answer(workshop: Workshop):
    task = await workshop.submit(workshop.project("refusals"))
    question = await asked(workshop, task.id, ApprovalKind.QUESTION, "Which table?", "Which day?")
    with pytest.raises(InvalidInputError, match="Which day"):
        await workshop.orchestrator.decide(
            question, Decision(approved=True, answers={"Which table?": "orders"}), by=ALICE
        )
    decided = await workshop.orchestrator.decide(question, Decision(approved=False), by=ALICE)
    assert decided.decided_by == ALICE
    with pytest.raises(ConflictError):
        await workshop.orchestrator.decide(question, Decision(approved=False), by=ALICE)


async def test_what_has_ended_cannot_be_paused_resumed_or_talked_to(workshop: Workshop):
    task = await workshop.submit(workshop.project("refusals"))
    with pytest.raises(ConflictError, match="not paused"):
        await workshop.orchestrator.resume(task.id, by=ALICE)
    await workshop.orchestrator.pause(task.id, by=ALICE)
    with pytest.raises(ConflictError, match="paused already"):
        await workshop.orchestrator.pause(task.id, by=ALICE)
    with pytest.raises(ConflictError, match="never forked"):
        await workshop.orchestrator.keep(task.id, by=ALICE)
    await workshop.orchestrator.cancel(task.id, by=ALICE)
    for late in (
        workshop.orchestrator.pause(task.id, by=ALICE),
        workshop.orchestrator.resume(task.id, by=ALICE),
        workshop.orchestrator.steer(task.id, "Hello", by=ALICE),
        workshop.orchestrator.set_priority(task.id, Priority.LOW, by=ALICE),
    ):
        with pytest.raises(ConflictError, match="already ended"):
            await late


async def test_a_secret_that_somebody_writes_is_kept_nowhere_and_told_to_nobody(workshop: Workshop):
    orchestrator = workshop.orchestrator
    task = await workshop.submit(workshop.project("refusals"), "log in with hunter2 and fix the sum")
    await orchestrator.steer(task.id, "The password is hunter2.", by=ALICE)
    await orchestrator.pause(task.id, by=ALICE, reason="hunter2 leaked")
    plan = await asked(workshop, task.id, ApprovalKind.PLAN)
    await orchestrator.decide(plan, Decision(approved=False, reason="Not with hunter2."), by=ALICE)
    await orchestrator.cancel(task.id, by=ALICE, reason="hunter2 leaked")
    view = await orchestrator.task(task.id)
    assert view.task.request == "log in with *** and fix the sum"
    assert view.messages[0].text == "The password is ***."
    assert "hunter2" not in f"{view}{await workshop.events(task.id)}"
