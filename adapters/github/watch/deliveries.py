"""What a webhook says, as where to look now; the news itself is read from GitHub, as without webhooks. Pure."""

from dataclasses import dataclass

from pydantic import ValidationError

from adapters.github.watch.wire import PayloadWire
from adapters.github.wire import CommentWire


@dataclass(frozen=True, slots=True, kw_only=True)
class LookAtPull:
    """Something happened to a pull request."""

    repository: int
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LookAtCommit:
    """A check of a commit has ended."""

    repository: int
    commit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LookAtBranch:
    """Somebody pushed."""

    repository: int
    branch: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LookAtLabels:
    """A label was put on an issue."""

    repository: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A comment: all there is to know of it."""

    repository: int
    number: int
    comment: CommentWire


Delivery = LookAtPull | LookAtCommit | LookAtBranch | LookAtLabels | Said

_REVIEWS = frozenset({"pull_request_review", "pull_request_review_comment"})
_FATES = frozenset({"closed", "reopened", "synchronize"})


def delivery(kind: str, body: bytes) -> Delivery | None:
    """What the webhook `kind` with this body means; None for what is of no interest.

    ValueError for what is no JSON of GitHub's.
    """
    try:
        said = PayloadWire.model_validate_json(body)
    except ValidationError as error:
        raise ValueError("no payload of GitHub's") from error
    if said.repository is None:
        return None
    where = said.repository.id
    if kind == "push":
        branch = said.ref.removeprefix("refs/heads/")
        by = said.pusher.name if said.pusher else ""
        return LookAtBranch(repository=where, branch=branch, by=by) if branch != said.ref else None
    if kind == "issue_comment":
        return _said(said, where)
    if kind == "issues":
        return LookAtLabels(repository=where) if said.action == "labeled" else None
    if said.pull_request and (kind in _REVIEWS or (kind == "pull_request" and said.action in _FATES)):
        return LookAtPull(repository=where, number=said.pull_request.number)
    commit = _ended_check(kind, said)
    return LookAtCommit(repository=where, commit=commit) if commit else None


def _said(said: PayloadWire, where: int) -> Said | None:
    if said.action != "created" or said.issue is None or said.comment is None:
        return None
    comment = CommentWire(id=said.comment.id, body=said.comment.body, user=said.comment.user)
    return Said(repository=where, number=said.issue.number, comment=comment)


def _ended_check(kind: str, said: PayloadWire) -> str:
    """The commit whose check has ended; '' for anything else."""
    if kind == "status":
        return "" if said.state == "pending" else said.sha
    about = {"check_run": said.check_run, "check_suite": said.check_suite, "workflow_run": said.workflow_run}.get(kind)
    return about.head_sha if about and said.action == "completed" else ""
