"""What the simulated GitHub holds: repositories with real bare git behind them, issues, pull requests, who may what."""

import os
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from pathlib import Path

BOT = "orchestrator-bot"
ALL_PERMISSIONS = {
    **{"metadata": "read", "contents": "write", "issues": "write", "pull_requests": "write"},
    **{"checks": "read", "statuses": "read", "actions": "read"},
}


@dataclass(slots=True, kw_only=True)
class Access:
    """One token: whose it is, and what it may do in which repositories."""

    login: str = BOT
    permissions: dict[str, str] = field(default_factory=lambda: dict(ALL_PERMISSIONS))
    repositories: frozenset[str] | None = None
    """Full names; None for every one."""
    expires_at: datetime | None = None
    scopes: str | None = None
    """Of a classic token; None for fine-grained ones and Apps."""

    def may(self, needs: str) -> bool:
        """Whether it holds a permission such as `issues=read`."""
        name, _, level = needs.partition("=")
        held = self.permissions.get(name, "")
        return held == "write" or (held == "read" and level == "read")


@dataclass(slots=True, kw_only=True)
class Comment:
    """What somebody wrote below an issue."""

    id: int
    author: str
    body: str
    created_at: datetime


@dataclass(slots=True, kw_only=True)
class Happening:
    """Something that was done to an issue or a pull request: `closed`, `reopened`, `merged`, `labeled`."""

    id: int
    event: str
    actor: str
    created_at: datetime
    label: str = ""


@dataclass(slots=True, kw_only=True)
class LineComment:
    """Of a review; `line` is 0 for one on the whole file."""

    id: int
    path: str
    line: int
    body: str


@dataclass(slots=True, kw_only=True)
class Reviewed:
    """One review; `state` as GitHub writes it."""

    id: int
    author: str
    state: str
    body: str
    commit: str
    comments: list[LineComment] = field(default_factory=list[LineComment])


@dataclass(slots=True, kw_only=True)
class CheckRun:
    """What one job says of one commit; `log` for those of Actions."""

    id: int
    name: str
    commit: str
    status: str = "in_progress"
    conclusion: str | None = None
    app: str = "github-actions"
    suite: int = 1
    log: str | None = None
    summary: str = ""
    annotations: list[str] = field(default_factory=list[str])


@dataclass(slots=True, kw_only=True)
class CommitStatus:
    """The older way to say something of a commit."""

    id: int
    context: str
    commit: str
    state: str
    description: str = ""


@dataclass(slots=True, kw_only=True)
class Ticket:
    """An issue, or the issue side of a pull request."""

    number: int
    title: str
    body: str
    author: str
    created_at: datetime
    labels: list[str] = field(default_factory=list[str])
    state: str = "open"
    comments: list[Comment] = field(default_factory=list[Comment])
    pull: "Pull | None" = None
    deleted: bool = False
    happened: list[Happening] = field(default_factory=list[Happening])


@dataclass(slots=True, kw_only=True)
class Pull:
    """What a pull request has besides."""

    head: str
    base: str
    draft: bool
    reviewers: list[str] = field(default_factory=list[str])
    teams: list[str] = field(default_factory=list[str])
    reviews: list[Reviewed] = field(default_factory=list[Reviewed])
    merged_at: datetime | None = None
    merged_by: str = ""
    base_at_end: str = ""
    fork: "Repository | None" = None
    """Whose copy its branch is in; None for the repository itself."""
    fork_is_gone: bool = False


@dataclass(slots=True, kw_only=True)
class Repository:
    """`git` is its bare repository."""

    id: int
    full_name: str
    git: Path
    private: bool = True
    archived: bool = False
    collaborators: set[str] = field(default_factory=lambda: {BOT})
    teams: set[str] = field(default_factory=set[str])
    levels: dict[str, str] = field(default_factory=dict[str, str])
    """Who may what, where it is not as for everybody: `admin`, `write`, `read`."""
    tickets: dict[int, Ticket] = field(default_factory=dict[int, Ticket])
    checks: list[CheckRun] = field(default_factory=list[CheckRun])
    statuses: list[CommitStatus] = field(default_factory=list[CommitStatus])

    @property
    def owner(self) -> str:
        return self.full_name.partition("/")[0]

    def run(self, *arguments: str, environment: Mapping[str, str] | None = None) -> str:
        """Git in the bare repository; '' when it says no."""
        env = {**os.environ, **(environment or {})}
        done = subprocess.run(["git", *arguments], cwd=self.git, capture_output=True, text=True, check=False, env=env)
        return done.stdout.strip() if done.returncode == 0 else ""

    def tip(self, branch: str) -> str:
        """The commit `branch` is at; '' for no such branch."""
        return self.run("rev-parse", "--verify", "--quiet", f"refs/heads/{branch}")

    def branches(self) -> dict[str, str]:
        """Every branch and its commit."""
        lines = self.run("for-each-ref", "--format=%(refname:short) %(objectname)", "refs/heads").splitlines()
        return dict(line.split(" ") for line in lines)

    def head_of(self, ticket: Ticket) -> str:
        """The commit a pull request is at; the last one when its branch is gone. Kept as `refs/pull/<n>/head`."""
        assert ticket.pull
        kept = f"refs/pull/{ticket.number}/head"
        where = ticket.pull.fork or self
        tip = "" if ticket.pull.fork_is_gone or ticket.state == "closed" else where.tip(ticket.pull.head)
        if tip and tip != self.run("rev-parse", "--verify", "--quiet", kept):
            self.run("fetch", "-q", str(where.git), f"+{ticket.pull.head}:{kept}")
        return self.run("rev-parse", "--verify", "--quiet", kept)

    def keep_pulls(self) -> None:
        """What git is told of pull requests."""
        for each in self.pulls():
            self.head_of(each)

    def patches(self, base: str, head: str) -> dict[str, str]:
        """What differs since `head` left `base`, by file: the hunks alone."""
        return {
            name: "\n@@".join(["", *self.run("diff", f"{base}...{head}", "--", name).split("\n@@")[1:]]).lstrip("\n")
            for name in self.changed(base, head)
        }

    def changed(self, base: str, head: str) -> list[str]:
        """The files that differ since `head` left `base`."""
        return self.run("diff", "--name-only", f"{base}...{head}").splitlines()

    def pulls(self) -> list[Ticket]:
        """Every pull request, oldest first."""
        return [each for each in self.tickets.values() if each.pull]

    def forbid(self, words: str) -> None:
        """Refuse every push from now on, with these words from the server."""
        hook = self.git / "hooks" / "pre-receive"
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(f"#!/bin/sh\ncat >&2 <<'END'\n{words}\nEND\nexit 1\n")
        hook.chmod(0o755)


@dataclass(slots=True)
class World:
    """Everything; `now` is its clock."""

    folder: Path
    now: Callable[[], datetime]
    repositories: dict[str, Repository] = field(default_factory=dict[str, Repository])
    renamed: dict[str, str] = field(default_factory=dict[str, str])
    tokens: dict[str, Access] = field(default_factory=dict[str, Access])
    installation: int = 77
    """Where the App is installed."""
    calls_left: int = 4_987
    """Of this hour, as GitHub says when it is asked."""
    ids: Iterator[int] = field(default_factory=lambda: count(1001))

    def repository(self, full_name: str) -> Repository | None:
        """By its name, in any case."""
        return next((each for name, each in self.repositories.items() if name.lower() == full_name.lower()), None)

    def add_repository(self, full_name: str, **facts: bool) -> Repository:
        """An empty one; push to it or fetch into it."""
        place = self.folder / f"{full_name}.git"
        place.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(["git", "init", "-q", "--bare", "--template=", "-b", "main", str(place)], check=True)
        made = Repository(id=next(self.ids), full_name=full_name, git=place, **facts)
        made.run("config", "http.receivepack", "true")
        made.run("config", "uploadpack.allowAnySHA1InWant", "true")  # GitHub gives out whatever it still has
        self.repositories[full_name] = made
        return made

    def rename(self, old: str, new: str) -> None:
        """GitHub answers for the old name too, by sending people to the new one."""
        found = self.repositories.pop(old)
        found.full_name = new
        self.repositories[new] = found
        self.renamed[old] = new

    def add_issue(
        self, repository: Repository, *, number: int = 0, title: str = "It breaks", **facts: object
    ) -> Ticket:
        """An issue by somebody."""
        number = number or max(repository.tickets, default=0) + 1
        made = Ticket(number=number, title=title, body="", author="maria", created_at=self.now())
        for name, value in facts.items():
            setattr(made, name, value)
        repository.tickets[number] = made
        return made

    def add_pull(
        self, repository: Repository, *, head: str, author: str = "maria", fork: Repository | None = None
    ) -> Ticket:
        """A pull request by somebody, from a branch that is there."""
        made = self.add_issue(repository, title=f"Take {head}", author=author)
        made.pull = Pull(head=head, base="main", draft=False, fork=fork)
        return made

    def happen(self, ticket: Ticket, event: str, *, by: str, label: str = "") -> Happening:
        """Something was done to it."""
        made = Happening(id=next(self.ids), event=event, actor=by, created_at=self.now(), label=label)
        ticket.happened.append(made)
        return made

    def comment(self, ticket: Ticket, body: str, *, author: str = "jonas") -> Comment:
        """Somebody writes below an issue."""
        made = Comment(id=next(self.ids), author=author, body=body, created_at=self.now())
        ticket.comments.append(made)
        return made
