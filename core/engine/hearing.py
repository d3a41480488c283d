"""What the forge tells about pull requests of tasks: kept once, matched to its task, told in the journal."""

from collections.abc import Callable
from dataclasses import replace
from typing import assert_never

from core.domain.event import Event
from core.domain.forge_event import (
    BranchMoved,
    ChecksReported,
    PullRequestCameBack,
    PullRequestClosed,
    ReviewReported,
)
from core.domain.forge_news import (
    BranchPushed,
    ChecksEnded,
    Commented,
    ForgeNews,
    ForgeReport,
    HeardNews,
    IssueLabelled,
    PullRequestEnded,
    PullRequestReopened,
    ReviewGiven,
)
from core.domain.pull_request import PullRequestState
from core.domain.task import Task
from core.store.unit_of_work import UnitOfWork

Mask = Callable[[str], str]


async def hear(uow: UnitOfWork, report: ForgeReport, *, mask: Mask) -> Task | None:
    """The task that `report` concerns, with what follows from it written down once; None when it is none of ours."""
    task = await _concerned(uow, report)
    if task is None:
        return None
    news = masked(report.news, mask=mask)
    heard = HeardNews(key=report.key, project=report.project, task=task.id, news=news, at=uow.now)
    if not await uow.forge_news.keep(heard):
        return task
    task = await _with_state(uow, task, news)
    event = told(task, heard)
    if event is not None:
        await uow.events.append(task.id, event)
    return task


async def _concerned(uow: UnitOfWork, report: ForgeReport) -> Task | None:
    match report.news:
        case ChecksEnded() | ReviewGiven() | PullRequestEnded() | PullRequestReopened():
            return await uow.tasks.of_pull_request(report.project, report.news.pull_request)
        case BranchPushed():
            task = await uow.tasks.of_branch(report.project, report.news.branch)
            return task if task is not None and task.pull_request else None
        case IssueLabelled() | Commented():
            return None
        case _:
            assert_never(report.news)


async def _with_state(uow: UnitOfWork, task: Task, news: ForgeNews) -> Task:
    state: PullRequestState
    match news:
        case PullRequestEnded():
            state = "merged" if news.merged else "closed"
        case PullRequestReopened():
            state = "open"
        case _:
            return task
    changed = replace(task, pull_request_state=state)
    if changed != task:
        await uow.tasks.save(changed)
    return changed


def told(task: Task, heard: HeardNews) -> Event | None:
    """What the journal says of it; None for what is about a commit that we did not push, or not any more."""
    news = heard.news
    match news:
        case ChecksEnded():
            if news.commit != task.pull_request_commit:
                return None
            failed = tuple(check.name for check in news.failed)
            return ChecksReported(pull_request=news.pull_request, commit=news.commit, failed=failed, news=heard.key)
        case ReviewGiven():
            return ReviewReported(
                pull_request=news.pull_request,
                by=news.by,
                verdict=news.verdict,
                remarks=len(news.remarks),
                url=news.url,
                news=heard.key,
            )
        case PullRequestEnded():
            return PullRequestClosed(pull_request=news.pull_request, merged=news.merged, by=news.by)
        case PullRequestReopened():
            return PullRequestCameBack(pull_request=news.pull_request, by=news.by)
        case BranchPushed():
            ours = news.commit in (task.pull_request_commit, task.commit)
            return None if ours else BranchMoved(branch=news.branch, commit=news.commit, by=news.by)
        case IssueLabelled() | Commented():
            return None
        case _:
            assert_never(news)


def masked(news: ForgeNews, *, mask: Mask) -> ForgeNews:
    """`news` without the secrets that people or programs wrote into it."""
    match news:
        case ChecksEnded():
            failed = tuple(replace(each, name=mask(each.name), log=mask(each.log)) for each in news.failed)
            return replace(news, failed=failed)
        case ReviewGiven():
            remarks = tuple(replace(each, text=mask(each.text)) for each in news.remarks)
            return replace(news, text=mask(news.text), remarks=remarks)
        case Commented():
            return replace(news, text=mask(news.text))
        case IssueLabelled():
            return replace(news, title=mask(news.title))
        case PullRequestEnded() | PullRequestReopened() | BranchPushed():
            return news
        case _:
            assert_never(news)
