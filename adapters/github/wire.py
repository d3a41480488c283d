"""The few fields of GitHub's answers that are read; everything else in them may come and go."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field


class Wire(BaseModel):
    """An answer, or a part of one."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class UserWire(Wire):
    login: str = ""
    type: str = "User"


class LabelWire(Wire):
    name: str = ""


class PermissionsWire(Wire):
    push: bool = True


class RepositoryWire(Wire):
    id: int = 0
    full_name: str
    default_branch: str = ""
    private: bool = False
    archived: bool = False
    disabled: bool = False
    permissions: PermissionsWire = Field(default_factory=PermissionsWire)


class IssueWire(Wire):
    number: int
    title: str
    body: str | None = None
    user: UserWire | None = None
    labels: tuple[LabelWire | str, ...] = ()
    comments: int = 0
    html_url: str = ""
    pull_request: dict[str, object] | None = None


class CommentWire(Wire):
    id: int = 0
    body: str | None = None
    html_url: str = ""
    user: UserWire | None = None


class RefWire(Wire):
    class Target(Wire):
        sha: str

    ref: str
    object: Target


class TeamWire(Wire):
    slug: str


class CopyWire(Wire):
    id: int = 0
    full_name: str = ""


class SideWire(Wire):
    ref: str
    sha: str
    repo: CopyWire | None = None
    """None when that copy of the repository is gone."""


class PullWire(Wire):
    number: int
    node_id: str = ""
    title: str
    body: str | None = None
    html_url: str
    draft: bool = False
    state: str = "open"
    merged_at: datetime | None = None
    created_at: datetime
    user: UserWire | None = None
    base: SideWire
    head: SideWire
    requested_reviewers: tuple[UserWire, ...] = ()
    requested_teams: tuple[TeamWire, ...] = ()


class ErrorWire(Wire):
    message: str = ""


class GraphWire(Wire):
    """Of the other API, which says no with a yes."""

    errors: tuple[ErrorWire, ...] = ()


class FileWire(Wire):
    filename: str
    previous_filename: str = ""
    patch: str = ""
    """'' for what is binary, or too large to be shown."""


class CompareWire(Wire):
    class Commit(Wire):
        sha: str

    merge_base_commit: Commit
    files: tuple[FileWire, ...] = ()


class ReviewWire(Wire):
    id: int = 0
    user: UserWire | None = None
    body: str | None = None
    state: str = ""
    html_url: str = ""
