"""Reminds of approvals that nobody decides, and tells the project's admins once: into the outbox, like everything."""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass

import structlog

from bot.delivery.deciders import deciders, decides, is_one_person
from bot.delivery.look import FindProject, known
from bot.delivery.notices import ApprovalNotice, Notice, ReminderNotice, written
from bot.delivery.patience import is_late, reminders_due
from bot.delivery.sender import Sender
from bot.delivery.wishes import wished
from core.domain.approval import Approval, ApprovalState
from core.domain.conversation import Delivery
from core.domain.errors import NotFoundError, OrchestratorError
from core.domain.identity import Access, ApprovalId, Person, PersonId
from core.domain.notification import NotificationRules, quiet_until
from core.domain.project import Project
from core.domain.task import Task
from core.store.store import Store
from core.store.unit_of_work import UnitOfWork

LOOK_S = 30.0

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long people are waited for, in seconds, and who is told after that in every project."""

    remind_after_s: float
    escalate_after_s: float
    admins: Collection[str] = ()
    """People or patterns, as `[access] admins` has them."""


class Reminders:
    """Looks at what waits for a person on one platform. Keys make every reminder once, over restarts too."""

    def __init__(
        self,
        store: Store,
        *,
        platform: str,
        patience: Patience,
        project: FindProject,
        sender: Sender,
        look_s: float = LOOK_S,
    ) -> None:
        self._store = store
        self._platform = platform
        self._patience = patience
        self._project = project
        self._sender = sender
        self._look_s = look_s

    async def run(self) -> None:
        """Look now and then until cancelled."""
        while True:
            try:
                await self.look()
            except OrchestratorError as error:
                log.warning("reminders_wait_for_the_store", reason=error.message)
            except Exception:  # nobody waits for this task, so it tells of what it does not know, and goes on
                log.exception("reminders_failed")
            await asyncio.sleep(self._look_s)

    async def look(self) -> None:
        """Put into the outbox what is due now."""
        async with self._store.reading() as uow:
            waiting = [each for each in await uow.approvals.pending() if self._is_due(uow, each)]
            due = [(each.id, await self._deliveries(uow, each)) for each in waiting]
        for approval, deliveries in due:
            if deliveries and await self._added(approval, deliveries):
                self._sender.wake()

    async def _added(self, approval: ApprovalId, deliveries: list[Delivery]) -> bool:
        """Whether any of them is new; nothing is said after the decision."""
        async with self._store.transaction() as uow:
            # locked, so that no decision comes in between
            if (await uow.approvals.get(approval)).state is not ApprovalState.PENDING:
                return False
            return any([await uow.deliveries.add(delivery) for delivery in deliveries])

    def _is_due(self, uow: UnitOfWork, approval: Approval) -> bool:
        first_s = min(self._patience.remind_after_s, self._patience.escalate_after_s)
        return is_late(approval.created_at, now=uow.now, after_s=first_s)

    async def _deliveries(self, uow: UnitOfWork, approval: Approval) -> list[Delivery]:
        """What is due for one approval and was not said before."""
        if not await _is_told(uow, f"{approval.id}:card", platform=self._platform):
            return []
        due = await self._reminder(uow, approval) + await self._escalations(uow, approval)
        return [each for each in due if not await _is_told(uow, each.key, platform=self._platform)]

    async def _reminder(self, uow: UnitOfWork, approval: Approval) -> list[Delivery]:
        after_s = self._patience.remind_after_s
        count = reminders_due(approval.created_at, now=uow.now, after_s=after_s)
        if not count:
            return []
        task = await uow.tasks.get(approval.task)
        call = self._called(approval, await known(uow, task.requested_by), self._project(task.project))
        key, notice = f"{approval.id}:reminder:{count}", ReminderNotice(approval=approval.id, call=call)
        return [self._delivery(uow, key, notice, task=task)]

    def _called(self, approval: Approval, requester: Person, project: Project | None) -> tuple[PersonId, ...]:
        """Who should look now; a project that is not configured says nothing about it."""
        if project is None:
            return (requester.id,) if requester.id.partition(":")[0] == self._platform else ()
        admins = self._patience.admins
        return deciders(project, approval.kind, requester=requester, admins=admins, platform=self._platform)

    def _told_at_last(self, approval: Approval, task: Task) -> list[PersonId]:
        """Admins who are told because nobody answered, and may answer."""
        project, admins = self._project(task.project), self._patience.admins
        named = named_admins(project, admins, platform=self._platform)
        if project is None:
            return named
        asked = task.requested_by
        people = [Person(id=each, name="") for each in named]
        able = [each for each in people if decides(each, project, approval.kind, requester=asked, admins=admins)]
        return [each.id for each in able]

    async def _escalations(self, uow: UnitOfWork, approval: Approval) -> list[Delivery]:
        if not is_late(approval.created_at, now=uow.now, after_s=self._patience.escalate_after_s):
            return []
        task = await uow.tasks.get(approval.task)
        project = self._project(task.project)
        made: list[Delivery] = []
        for person in self._told_at_last(approval, task):
            if await _is_told(uow, f"{approval.id}:direct:{person}", platform=self._platform):
                continue
            notice = ApprovalNotice(approval=approval.id, only_pending=True, late=True)
            made.append(await self._to(uow, person, f"{approval.id}:escalated:{person}", notice, project=project))
        return made

    async def _to(
        self, uow: UnitOfWork, person: PersonId, key: str, notice: Notice, *, project: Project | None
    ) -> Delivery:
        known = await uow.people.get(person)
        rules = wished(project.notify if project else NotificationRules(), known.wishes if known else {})
        return self._delivery(uow, key, notice, person=person, rules=rules)

    def _delivery(
        self,
        uow: UnitOfWork,
        key: str,
        notice: Notice,
        *,
        task: Task | None = None,
        person: PersonId | None = None,
        rules: NotificationRules | None = None,
    ) -> Delivery:
        return Delivery(
            key=key,
            platform=self._platform,
            task=task.id if task else None,
            person=person,
            notice=written(notice),
            not_before=quiet_until(rules, uow.now) if rules else None,
            made_at=uow.now,
        )


def named_admins(project: Project | None, everywhere: Collection[str], *, platform: str) -> list[PersonId]:
    """Who is to be told when nobody answers: admins named one by one; a pattern names nobody."""
    own = [name for name, access in (project.access.items() if project else ()) if access is Access.ADMIN]
    named = [name for name in dict.fromkeys([*own, *everywhere]) if name.startswith(f"{platform}:")]
    return [PersonId(name) for name in named if is_one_person(name)]


async def _is_told(uow: UnitOfWork, key: str, *, platform: str) -> bool:
    """Whether there is such a delivery."""
    try:
        return (await uow.deliveries.get(key)).platform == platform
    except NotFoundError:
        return False
