"""The few fields that are read of checks, events, reviews and what webhooks send."""

from datetime import datetime

from adapters.github.wire import UserWire, Wire


class AppWire(Wire):
    slug: str = ""


class OutputWire(Wire):
    summary: str | None = None
    text: str | None = None
    annotations_count: int = 0


class CheckRunWire(Wire):
    id: int
    name: str
    status: str = ""
    conclusion: str | None = None
    html_url: str | None = None
    app: AppWire | None = None
    output: OutputWire = OutputWire()


class CheckRunsWire(Wire):
    check_runs: tuple[CheckRunWire, ...] = ()


class SuiteWire(Wire):
    status: str | None = None
    latest_check_runs_count: int = 0


class SuitesWire(Wire):
    check_suites: tuple[SuiteWire, ...] = ()


class StatusWire(Wire):
    id: int
    context: str = "default"
    state: str = ""
    description: str | None = None
    target_url: str | None = None


class StatusesWire(Wire):
    statuses: tuple[StatusWire, ...] = ()


class WorkflowRunWire(Wire):
    id: int
    status: str | None = None
    conclusion: str | None = None


class WorkflowRunsWire(Wire):
    workflow_runs: tuple[WorkflowRunWire, ...] = ()


class JobsWire(Wire):
    jobs: tuple[CheckRunWire, ...] = ()


class AnnotationWire(Wire):
    path: str = ""
    start_line: int = 0
    message: str | None = None


class NamedWire(Wire):
    name: str = ""


class EventWire(Wire):
    id: int
    event: str = ""
    actor: UserWire | None = None
    label: NamedWire | None = None


class _Sha(Wire):
    sha: str


class BehindWire(Wire):
    base_commit: _Sha
    behind_by: int = 0


class LineCommentWire(Wire):
    pull_request_review_id: int | None = None
    path: str = ""
    line: int | None = None
    original_line: int | None = None
    body: str = ""
    user: UserWire | None = None


class PermissionWire(Wire):
    permission: str = "none"


class LabelledIssueWire(Wire):
    number: int
    title: str = ""
    updated_at: datetime | None = None
    pull_request: dict[str, object] | None = None


class _Subject(Wire):
    number: int = 0
    pull_request: dict[str, object] | None = None


class _Commit(Wire):
    head_sha: str = ""


class _Repository(Wire):
    id: int


class _Comment(Wire):
    id: int
    body: str | None = None
    user: UserWire | None = None


class PayloadWire(Wire):
    """What any webhook sends; each kind has some of it."""

    action: str = ""
    repository: _Repository | None = None
    pull_request: _Subject | None = None
    issue: _Subject | None = None
    label: NamedWire | None = None
    comment: _Comment | None = None
    check_run: _Commit | None = None
    check_suite: _Commit | None = None
    workflow_run: _Commit | None = None
    sha: str = ""
    state: str = ""
    ref: str = ""
    pusher: NamedWire | None = None
