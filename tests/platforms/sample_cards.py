"""Cards to draw: those of the program, about a task that was made up; every platform draws the same ones."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from hashlib import sha256

from adapters.chat.card import Action, Card, Choices, Option, Section
from bot.access import Refusal
from bot.cards.approval import approval_card
from bot.cards.bill import bill_card
from bot.cards.costs import costs_card
from bot.cards.ended import ended_card
from bot.cards.home import Asked, home_cards
from bot.cards.task import task_card
from bot.commands.guide import help_card
from bot.commands.listings import tasks_card
from bot.commands.notes import refusal_note
from bot.sample_task import NOW, sample_view
from core.costs.answer import Amount, Figures, Row
from core.costs.query import Group, Query
from core.domain.approval import Approval, ApprovalKind, ApprovalState
from core.domain.estimate import Band, Estimate
from core.domain.event import WorkVerified
from core.domain.identity import PersonId, StepName, approval_id, task_id
from core.domain.task import AgentRunState, StepState, TaskState
from core.views import TaskView
from tests.platforms.sample_ahead import ahead_cards
from tests.platforms.sample_money import money_cards

PULL_REQUEST = "https://github.com/acme/shop/pull/131"
PLAN = """\
The bulk price starts one unit too late: `price_for` compares with `>` where the price list says "from 10".

1. **pricing/discount.py**: compare with `>=`
2. **tests/test_discount.py**: one test at exactly 10 items
3. Run the whole suite

Nothing else reads this threshold."""
DIFF = """\
--- a/pricing/discount.py
+++ b/pricing/discount.py
@@ -14,7 +14,7 @@ def price_for(items: int, unit: Decimal) -> Decimal:
     \"\"\"The price of `items` pieces.\"\"\"
-    if items > BULK_FROM:
+    if items >= BULK_FROM:
         return items * unit * (1 - BULK_DISCOUNT)
     return items * unit"""


def sample_cards(*, alice: PersonId, bob: PersonId) -> dict[str, Card]:
    """Every card by a short name; `alice` and `bob` are people of the platform that draws."""
    names = {alice: "alice", bob: "bob"}
    running, view = _with_budget(_running()), _with_budget(sample_view())
    tool = sample_approval()
    denied = replace(
        tool, state=ApprovalState.DENIED, decided_by=bob, decided_at=NOW, decision_reason="Use git update-index instead"
    )
    finished = _with_budget(_finished(asked_by=alice))
    cards = {
        "running": task_card(running, now=NOW, names=names),
        "waiting": task_card(view, now=NOW, names=names),
        "approval-command": replace(approval_card(tool, role="builder", names=names, now=NOW), mentions=(bob,)),
        "approval-edit": approval_card(_edit(tool), role="builder", names=names, now=NOW),
        "approval-long": approval_card(_long(tool), role="builder", names=names, now=NOW),
        "approval-plan": approval_card(_plan(tool), role="planner", names=names, now=NOW),
        "approval-denied": approval_card(denied, role="builder", names=names, now=NOW),
        "finished": ended_card(finished, now=NOW, verified=(_verified(),), names=names),
        "failed": ended_card(_failed(), now=NOW, names=names),
        "costs": bill_card(finished),
        "refused": refusal_note(Refusal(text="You may look at shop, but not start work there.", ask=(bob,))),
        "spent": _costs(),
        "help": help_card(),
        "tasks": _tasks(),
        **money_cards(),
        **ahead_cards(),
    }
    return {name: pressable(card) for name, card in cards.items()}


def sample_home() -> list[Card]:
    """The page of somebody who is asked something, while a task runs."""
    view = _with_budget(sample_view())
    page = home_cards(
        asked=(Asked(approval=sample_approval(), task_title=view.task.title, role="builder"),),
        running=(_with_budget(_running()),),
        week_usd={"shop": Decimal("14.20"), "api": Decimal("3.75")},
        may_submit=True,
        now=NOW,
    )
    return [pressable(card) for card in page]


def sample_approval() -> Approval:
    """What the agent of the made-up task asks."""
    return replace(sample_view().approvals[0], reason="it changes file permissions")


def pressable(card: Card) -> Card:
    """`card` with a token for each command, as they have on their way out."""
    actions = tuple(replace(action, token=_token(action)) for action in card.actions)
    return replace(card, actions=actions, sections=tuple(_with_tokens(section) for section in card.sections))


def _with_tokens(section: Section) -> Section:
    if not isinstance(section, Choices):
        return section
    return replace(section, options=tuple(replace(option, token=_token(option)) for option in section.options))


def _token(part: Action | Option) -> str:
    return sha256(part.command.encode()).hexdigest()[:24] if part.command else ""


def _with_budget(view: TaskView) -> TaskView:
    """`view` with two dollars to spend, and what was expected."""
    estimate = Estimate(
        tasks=6,
        cost_usd=Band(p50=0.31, p90=0.45),
        duration_s=Band(p50=340.0, p90=600.0),
        tokens=Band(p50=120_000.0, p90=480_000.0),
    )
    return replace(view, task=replace(view.task, budget_usd=Decimal("2.00"), estimate=estimate))


def _running() -> TaskView:
    """The sample task while the builder writes."""
    view = sample_view()
    steps = list(view.steps)
    build = steps[2]
    runs = tuple(
        replace(run, run=replace(run.run, state=AgentRunState.RUNNING, activity="Editing pricing/discount.py"))
        for run in build.runs
    )
    steps[2] = replace(build, step=replace(build.step, state=StepState.RUNNING), runs=runs)
    return replace(view, approvals=(), steps=tuple(steps))


def _finished(*, asked_by: PersonId | None = None) -> TaskView:
    view = sample_view()
    told = (
        "The bulk price starts one unit too late",
        "One comparison to change, one test to add",
        "Compares with >= now",
        "14 tests pass",
        "Approved: small and tested",
    )
    steps = tuple(
        replace(
            part,
            step=replace(
                part.step,
                state=StepState.COMPLETED,
                summary=said,
                started_at=part.step.started_at or NOW,
                finished_at=part.step.finished_at or NOW + timedelta(seconds=20),
            ),
        )
        for part, said in zip(view.steps, told, strict=True)
    )
    task = replace(
        view.task,
        state=TaskState.COMPLETED,
        finished_at=NOW,
        pull_request=PULL_REQUEST,
        commit="4be1c0ffee12",
        requested_by=asked_by or view.task.requested_by,
    )
    return replace(view, task=task, steps=steps, approvals=(), files=("pricing/discount.py", "tests/test_discount.py"))


def _failed() -> TaskView:
    view = _finished()
    steps = list(view.steps)
    steps[3] = replace(
        steps[3],
        step=replace(steps[3].step, state=StepState.FAILED, summary="2 of 14 tests fail: test_refund, test_rounding"),
    )
    steps[4] = replace(steps[4], step=replace(steps[4].step, state=StepState.CANCELLED, summary=""))
    task = replace(
        view.task,
        state=TaskState.FAILED,
        pull_request="",
        failure="The tests still fail after two rounds: test_refund and test_rounding expect the old price.",
    )
    return replace(view, task=task, steps=tuple(steps))


def _plan(approval: Approval) -> Approval:
    return replace(
        approval,
        id=approval_id(16),
        kind=ApprovalKind.PLAN,
        title="Follow this plan",
        detail=PLAN,
        reason="the project asks before work begins",
        step=StepName("plan"),
        tool="",
    )


def _edit(approval: Approval) -> Approval:
    return replace(
        approval,
        id=approval_id(18),
        title="Change pricing/discount.py",
        detail=DIFF,
        reason="prices are changed with a second pair of eyes",
        tool="Edit",
    )


def _costs() -> Card:
    told = {
        Group.PROJECT: (("shop", 41, "14.20"), ("api", 9, "3.75")),
        Group.ROLE: (("builder", 30, "11.87"), ("reviewer", 6, "5.12"), ("tester", 14, "0.96")),
        Group.MODEL: (("claude-sonnet-5", 30, "11.87"), ("claude-opus-5", 6, "5.12"), ("claude-haiku-4-5", 14, "0.96")),
        Group.AGENT: (("T21.1", 21, "8.12"), ("T6.1", 6, "5.12"), ("T9.1", 9, "3.75"), ("T14.1", 14, "0.96")),
    }
    found = [
        Figures(
            query=Query(group=group),
            zone="UTC",
            rows=tuple(Row(key=name, amount=Amount(value=Decimal(usd), of=calls)) for name, calls, usd in rows),
            total=Amount(value=Decimal("17.95"), of=50),
        )
        for group, rows in told.items()
    ]
    sums = {"today": Decimal("4.71"), "this week": Decimal("17.95"), "this month": Decimal("61.20")}
    return costs_card(sums, found, said="this week", zone="UTC", names={})


def _long(approval: Approval) -> Approval:
    more = "".join(f"\n+    # line {number} of a long change" for number in range(1, 80))
    return replace(_edit(approval), detail=DIFF + more)


def _tasks() -> Card:
    views = enumerate([_finished(), _failed()] * 7)
    tasks = [replace(view, task=replace(view.task, id=task_id(130 + at))) for at, view in views]
    return tasks_card(tasks, state="", now=NOW)


def _verified() -> WorkVerified:
    return WorkVerified(step=StepName("test"), round=1, command="pytest -q", passed=True, output="14 passed in 0.3s")
