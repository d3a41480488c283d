"""One pull request that is watched: how it is now, as news of what has happened to it."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote

from adapters.github.limits import MAX_COMMENT, MAX_ISSUE_BODY, bounded_text
from adapters.github.markers import is_ours
from adapters.github.watch.checks import Checks
from adapters.github.watch.logs import FailureLogs
from adapters.github.watch.sights import Sights
from adapters.github.watch.wire import BehindWire, EventWire, LineCommentWire
from adapters.github.wire import CommentWire, PullWire, RepositoryWire, ReviewWire, UserWire
from core.domain.forge_news import (
    BranchPushed,
    ChecksEnded,
    Commented,
    FailedCheck,
    ForgeNews,
    ForgeReport,
    PullRequestEnded,
    PullRequestReopened,
    Remark,
    ReviewGiven,
)
from core.forge import Watched

Part = Callable[[], Awaitable[Sequence[ForgeReport]]]
_VERDICTS: Mapping[str, Literal["approved", "changes_requested", "commented"]] = {
    "APPROVED": "approved",
    "CHANGES_REQUESTED": "changes_requested",
    "COMMENTED": "commented",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A watched pull request, and where it is."""

    watched: Watched
    repository: RepositoryWire

    @property
    def path(self) -> str:
        """Of the repository."""
        return f"/repos/{self.repository.full_name}"

    def report(self, what: str, news: ForgeNews) -> ForgeReport:
        """With the key that says what happened, by whatever way it was heard."""
        return ForgeReport(key=self.key(what), project=self.watched.project.name, news=news)

    def key(self, what: str) -> str:
        """The key of it."""
        return key_of(self.watched.project.name, self.repository, what)


def key_of(project: str, repository: RepositoryWire, what: str) -> str:
    """Names may change; GitHub's number of a repository does not."""
    return f"{project}:{repository.id}:{what}"


class Pulls:
    """Looks at one pull request. `knows` tells what need not be looked at closely any more."""

    def __init__(self, sights: Sights, *, logs: FailureLogs, knows: Callable[[str], bool]) -> None:
        self._sights = sights
        self._checks = Checks(sights)
        self._logs = logs
        self._knows = knows
        self._heads: dict[str, str] = {}

    def is_at(self, subject: Subject, commit: str) -> bool:
        """Whether `commit` is what we pushed, or the head that was seen last."""
        return commit in (subject.watched.commit, self._heads.get(subject.key(subject.watched.pull_request)))

    async def news(self, subject: Subject, *, by: str = "") -> AsyncIterator[Part]:
        """Each part of what there is to see, to be looked at on its own: one that is closed to us hides no other.

        `by` is who is known to have pushed. What is told may have been told before.
        """
        path = f"{subject.path}/pulls/{subject.watched.pull_request}"
        pull = await self._sights.see(PullWire, path, doing=f"read pull request #{subject.watched.pull_request}")
        self._heads[subject.key(subject.watched.pull_request)] = pull.head.sha
        yield lambda: self._fate(subject)
        if pull.state == "open":
            yield lambda: self._pushes(subject, pull, by=by)
            yield lambda: self._checked(subject, pull)
        yield lambda: self._reviews(subject, path)
        yield lambda: self._comments(subject)

    async def _fate(self, subject: Subject) -> Sequence[ForgeReport]:
        """Merged, closed, opened again: each as often as it happened, in order."""
        number = subject.watched.pull_request
        events = await self._sights.see_all(
            EventWire, f"{subject.path}/issues/{number}/events", doing=f"read what happened to #{number}"
        )
        merged = any(each.event == "merged" for each in events)
        reports: list[ForgeReport] = []
        for position, each in enumerate(events):
            by = _name(each.actor)
            if each.event == "merged":
                news = PullRequestEnded(pull_request=number, merged=True, by=by)
            elif each.event == "closed" and not (merged and _is_last_closing(events, position)):
                news = PullRequestEnded(pull_request=number, merged=False, by=by)
            elif each.event == "reopened":
                news = PullRequestReopened(pull_request=number, by=by)
            else:
                continue
            reports.append(subject.report(f"event:{each.id}", news))
        return reports

    async def _pushes(self, subject: Subject, pull: PullWire, *, by: str) -> Sequence[ForgeReport]:
        """The head when it is not what we pushed, and the base when it has commits that our branch has not."""
        reports: list[ForgeReport] = []
        if pull.head.sha != subject.watched.commit:
            reports.append(_pushed(subject, pull.head.ref, pull.head.sha, by=by))
        compared = await self._sights.see(
            BehindWire,
            f"{subject.path}/compare/{quote(pull.base.ref)}...{pull.head.sha}",
            doing=f"see whether {pull.base.ref} has moved",
            per_page=1,
        )
        if compared.behind_by:
            reports.append(_pushed(subject, pull.base.ref, compared.base_commit.sha, by=by))
        return reports

    async def _checked(self, subject: Subject, pull: PullWire) -> Sequence[ForgeReport]:
        ended = await self._checks.of(subject.repository.full_name, pull.head.sha)
        if ended is None:
            return ()
        what = f"checks:{pull.head.sha}:{ended.mark}"
        if self._knows(subject.key(what)):
            return ()
        failed = [await self._logs.told(each, repository=subject.repository.full_name) for each in ended.failed_runs]
        failed += [
            FailedCheck(name=each.context, url=each.target_url or "", log=each.description or "")
            for each in ended.failed_statuses
        ]
        news = ChecksEnded(pull_request=subject.watched.pull_request, commit=pull.head.sha, failed=tuple(failed))
        return (subject.report(what, news),)

    async def _reviews(self, subject: Subject, path: str) -> Sequence[ForgeReport]:
        doing = f"read the reviews of #{subject.watched.pull_request}"
        found = [
            each
            for each in await self._sights.see_all(ReviewWire, f"{path}/reviews", doing=doing)
            if each.state in _VERDICTS and _is_person(each.user) and not is_ours(each.body or "")
        ]
        if all(self._knows(subject.key(f"review:{each.id}")) for each in found):
            return ()
        comments = await self._sights.see_all(LineCommentWire, f"{path}/comments", doing=doing)
        given = [(each, _remarks(each, comments)) for each in found]
        return [
            subject.report(f"review:{each.id}", _given(subject, each, remarks))
            for each, remarks in given
            if each.body or remarks or each.state != "COMMENTED"
        ]

    async def _comments(self, subject: Subject) -> Sequence[ForgeReport]:
        number = subject.watched.pull_request
        found = await self._sights.see_all(
            CommentWire, f"{subject.path}/issues/{number}/comments", doing=f"read the comments of #{number}"
        )
        return [
            subject.report(f"comment:{each.id}", commented(number, each))
            for each in found
            if _is_person(each.user) and not is_ours(each.body or "")
        ]


def commented(number: str, comment: CommentWire) -> Commented:
    """A comment as news."""
    text = bounded_text((comment.body or "").replace("\r\n", "\n"), limit=MAX_COMMENT)
    return Commented(number=number, comment=str(comment.id), by=_name(comment.user), text=text)


def is_from_a_person(comment: CommentWire) -> bool:
    """Not of ours, and of no program."""
    return _is_person(comment.user) and not is_ours(comment.body or "")


def _is_last_closing(events: Sequence[EventWire], position: int) -> bool:
    return all(each.event != "closed" for each in events[position + 1 :])


def _pushed(subject: Subject, branch: str, commit: str, *, by: str) -> ForgeReport:
    return subject.report(f"push:{branch}:{commit}", BranchPushed(branch=branch, commit=commit, by=by))


def _given(subject: Subject, review: ReviewWire, remarks: tuple[Remark, ...]) -> ReviewGiven:
    verdict = _VERDICTS[review.state]
    return ReviewGiven(
        pull_request=subject.watched.pull_request,
        review=str(review.id),
        by=_name(review.user),
        verdict=verdict,
        text=bounded_text((review.body or "").replace("\r\n", "\n"), limit=MAX_ISSUE_BODY),
        remarks=remarks,
        url=review.html_url,
    )


def _remarks(review: ReviewWire, comments: Sequence[LineCommentWire]) -> tuple[Remark, ...]:
    return tuple(
        Remark(
            text=bounded_text(each.body.replace("\r\n", "\n"), limit=MAX_COMMENT),
            path=each.path,
            line=each.line or each.original_line or 0,
            by=_name(each.user),
        )
        for each in comments
        if each.pull_request_review_id == review.id
    )


def _is_person(user: UserWire | None) -> bool:
    return user is not None and user.type != "Bot"


def _name(user: UserWire | None) -> str:
    return user.login if user else "ghost"
