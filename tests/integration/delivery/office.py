"""The delivery of one platform, driven step by step on a fake clock; `crash` begins anew on the same store and chat."""

from dataclasses import dataclass, field, replace
from typing import Any, Self

from adapters.chat.memory import MemoryChat
from adapters.chat.memory_values import MemoryMessage
from adapters.chat.port import Capabilities, Pace
from bot.delivery.delivery import ChatDelivery
from bot.delivery.reminders import Patience
from core.domain.approval import Approval, ApprovalState
from core.domain.conversation import Delivery, DeliveryState
from core.domain.event import ApprovalDecided, ApprovalRequested, Event, TaskStateChanged, TaskSubmitted
from core.domain.identity import Access, ApprovalId, PersonId, Place, ProjectName, TaskId, approval_id, task_id
from core.domain.notification import NotificationRules
from core.domain.project import Project
from core.domain.task import FINAL_TASK_STATES, StepState, Task, TaskState
from core.store.store import Store
from tests.support.clock import FakeClock
from tests.support.values import a_step, a_task, an_approval

ALICE = PersonId("memory:S1/alice")
BOB = PersonId("memory:S1/bob")
C1 = Place(platform="memory", space="S1", channel="C1")
T1 = task_id(1)
A1 = approval_id(1)
LONG_S = 400.0
"""Longer than any pause between two attempts."""


@dataclass(kw_only=True)
class Office:
    """A delivery, what it delivers to, and the task's side of the story."""

    store: Store
    clock: FakeClock
    chat: MemoryChat
    project: Project
    patience: Patience
    delivery: ChatDelivery
    limits: dict[str, int] = field(default_factory=dict[str, int])
    """Of the coalescer, where a test has others than usual."""

    @classmethod
    def over(
        cls,
        store: Store,
        clock: FakeClock,
        *,
        chat: MemoryChat | None = None,
        notify: NotificationRules | None = None,
        patience: Patience | None = None,
        capabilities: Capabilities | None = None,
        pace: Pace | None = None,
        limits: dict[str, int] | None = None,
        **project: Any,
    ) -> Self:
        options: dict[str, Any] = {"capabilities": capabilities, "pace": pace}
        chat = chat or MemoryChat(clock=clock, **{name: given for name, given in options.items() if given})
        known = Project(
            name=ProjectName("shop"),
            repository="/nowhere",
            access={"memory:S1/*": Access.DEVELOPER},
            notify=notify or NotificationRules(),
        )
        patience = patience or Patience(remind_after_s=3600, escalate_after_s=14_400)
        made = replace(known, **project)
        return cls(
            store=store,
            clock=clock,
            chat=chat,
            project=made,
            patience=patience,
            delivery=cls._delivery(store, chat, made, patience, clock, **limits or {}),
            limits=limits or {},
        )

    @staticmethod
    def _delivery(
        store: Store, chat: MemoryChat, project: Project, patience: Patience, clock: FakeClock, **limits: int
    ) -> ChatDelivery:
        return ChatDelivery(
            store,
            chat,
            project=lambda name: project if name == project.name else None,
            patience=patience,
            clock=clock,
            now_s=lambda: clock().timestamp(),
            **limits,
        )

    async def open(self) -> None:
        """Begin at the journal's end, let the first pause of the pace pass, and store task T1."""
        await self.delivery.begin()
        self.clock.advance(seconds=2)
        await self.submit(1)

    async def close(self) -> None:
        """End what is under way."""
        await self.delivery.sender.close()
        await self.delivery.coalescer.close()

    async def crash(self) -> None:
        """The process dies where it is, and another one begins on the same store; the platform stays as it is."""
        await self.close()
        self.delivery = self._delivery(self.store, self.chat, self.project, self.patience, self.clock, **self.limits)
        await self.delivery.begin()

    # what happens to tasks

    async def submit(self, number: int, **changes: Any) -> Task:
        """Alice asks for task T<number>, in channel C1 unless `changes` say otherwise."""
        task = a_task(number, **{"requested_by": ALICE, "place": C1} | changes)
        async with self.store.transaction() as uow:
            await uow.tasks.add(task)
            await uow.steps.add_all([a_step(task.id, state=StepState.RUNNING)])
            await uow.events.append(task.id, TaskSubmitted(title=task.title, by=task.requested_by))
        return task

    async def move(self, target: TaskState, *, task: TaskId = T1, reason: str = "", **changes: Any) -> None:
        """The task goes into another state."""
        async with self.store.transaction() as uow:
            known = await uow.tasks.get(task)
            ends = {"finished_at": uow.now} if target in FINAL_TASK_STATES else {}
            await uow.tasks.save(replace(known, state=target, **ends | changes))
            moved = TaskStateChanged(source=known.state.value, target=target.value, reason=reason)
            await uow.events.append(task, moved)

    async def ask(self, number: int = 1, *, task: TaskId = T1, **changes: Any) -> Approval:
        """An agent asks for something."""
        async with self.store.transaction() as uow:
            approval = an_approval(number, task, **{"created_at": uow.now} | changes)
            await uow.approvals.add(approval)
            kind, step = approval.kind.value, approval.step
            asked = ApprovalRequested(approval=approval.id, kind=kind, step=step, title=approval.title)
            await uow.events.append(task, asked)
        return approval

    async def decide(self, name: ApprovalId = A1, *, by: PersonId = BOB) -> None:
        """Somebody says yes."""
        async with self.store.transaction() as uow:
            known = await uow.approvals.get(name)
            decided = replace(known, state=ApprovalState.APPROVED, decided_by=by, decided_at=uow.now)
            await uow.approvals.save(decided)
            event = ApprovalDecided(approval=name, kind=known.kind.value, state="approved", by=by)
            await uow.events.append(known.task, event)

    async def tell(self, event: Event, *, task: TaskId = T1) -> None:
        """Something else happens."""
        async with self.store.transaction() as uow:
            await uow.events.append(task, event)

    # delivering

    async def step(self) -> None:
        """Everything that can be done now, once."""
        await self.delivery.follower.catch_up()
        await self.delivery.sender.begin_due()
        await self.delivery.sender.settle()
        await self.delivery.coalescer.begin_due()
        await self.delivery.coalescer.settle()

    async def deliver(self, *, most_steps: int = 300) -> None:
        """Turn the clock as far as needed, until nothing waits any more."""
        for _ in range(most_steps):
            await self.step()
            if not await self.waiting():
                return
            self.clock.advance(seconds=1)
        raise AssertionError(f"still waiting: {await self.waiting()}")

    async def waiting(self) -> list[str]:
        """Keys of what is due within the longest pause, and of cards that are stale."""
        now = self.clock.now
        self.clock.advance(seconds=LONG_S)
        try:
            async with self.store.reading() as uow:
                due = await uow.deliveries.due("memory", 1000)
                stale = await uow.cards.stale("memory", 1000)
        finally:
            self.clock.now = now
        return [*(each.key for each in due), *(each.key for each in stale)]

    # what people see

    def messages(self, key: str) -> list[MemoryMessage]:
        """Every message posted under this key."""
        return self.chat.board.keyed(key)

    def message(self, key: str) -> MemoryMessage:
        """The one message posted under this key."""
        (found,) = self.messages(key)
        return found

    def status(self, key: str) -> str:
        """What the card of this key says now."""
        card = self.message(key).card
        assert card is not None
        return card.status

    def posted(self) -> list[str]:
        """Keys of all messages, in the order in which they were posted."""
        return [each.key for each in self.chat.board.messages.values()]

    def calls(self, name: str) -> int:
        """How often the platform was called so."""
        return sum(call.name == name for call in self.chat.calls)

    async def row(self, key: str) -> Delivery:
        """The outbox's row."""
        async with self.store.reading() as uow:
            return await uow.deliveries.get(key)

    async def is_dead(self, key: str) -> bool:
        """Whether it was given up."""
        return (await self.row(key)).state is DeliveryState.DEAD
