"""The orchestrator's side of pull requests: what the forge tells of them, and what people want done about it."""

from collections.abc import Callable, Mapping

from core.budgets.book import BudgetBook
from core.domain.forge_news import ForgeReport, HeardNews
from core.domain.identity import PersonId, ProjectName, TaskId
from core.domain.pull_request import FollowUpCause
from core.domain.role import Role
from core.domain.task import Task
from core.engine import following_up, hearing, publishing_early
from core.engine.client import EngineClient
from core.planning.request import clean_request
from core.reader import TaskReader
from core.store.store import Store


class OfferedWork(TaskReader):
    """What can be done with work that is offered, or could be."""

    def __init__(
        self,
        *,
        store: Store,
        engine: EngineClient,
        roles: Callable[[ProjectName], Mapping[str, Role]],
        mask: Callable[[str], str],
        book: BudgetBook | None = None,
    ) -> None:
        """`mask` hides secrets: what people and the forge write passes it on the way in; `book` as for a reader."""
        super().__init__(store, book)
        self._engine = engine
        self._roles = roles
        self._mask = mask

    async def hear(self, report: ForgeReport) -> Task | None:
        """Take news of a forge: the task it concerns, or None; the same key again changes nothing."""
        async with self._store.transaction() as uow:
            return await hearing.hear(uow, report, mask=self._mask)

    async def news(self, key: str) -> HeardNews:
        """What came under `key` in full: logs and remarks; NotFoundError when nothing did, or it concerned no task."""
        async with self._store.reading() as uow:
            return await uow.forge_news.get(key)

    async def follow_up(
        self, task: TaskId, text: str = "", *, by: PersonId, why: FollowUpCause, news: str = "", key: str = ""
    ) -> Task:
        """Let agents that know the work go on with an open pull request: another life on the same branch.

        `news` is the key of failed checks or of a review ('' for all that is not settled), `text` a person's own words.
        What was asked under the same `key`, or about the same news, is not begun again: the task as it is. Raises
        ConflictError (at work, no pull request, merged or closed, nothing to settle) and InvalidInputError (no words).
        """
        words = clean_request(self._mask(text)) if text.strip() else ""
        async with self._store.transaction() as uow:
            known = await uow.tasks.get(task)
            roles = self._roles(known.project)
            return await following_up.follow_up(
                uow, self._engine, known, words, by=by, why=why, news=news, key=key, roles=roles
            )

    async def publish_now(self, task: TaskId, *, by: PersonId, reason: str = "") -> Task:
        """Stop the agents and offer what is there as a draft; cancelled, saying so, when that is nothing.

        Again while that is under way it changes nothing; ConflictError when the task is completed, or ended without any
        commit. A project that asks before publishing is asked here, too.
        """
        async with self._store.transaction() as uow:
            known = await uow.tasks.get(task)
            return await publishing_early.publish_now(uow, self._engine, known, by=by, reason=self._mask(reason))
