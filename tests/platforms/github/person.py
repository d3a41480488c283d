"""A person on the simulated GitHub, and what runs there for them: reviews, merges, labels, pushes, checks go red."""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.platforms.github import payloads
from tests.platforms.github.simulator import GitHubSimulator
from tests.platforms.github.world import CheckRun, CommitStatus, LineComment, Repository, Reviewed, Ticket

IDENTITY = ("-c", "user.name=Somebody", "-c", "user.email=somebody@example.invalid")


class GitHubPerson:
    """What `login` does in one repository. Each deed is told to the webhooks there are, before it is done with."""

    def __init__(self, github: GitHubSimulator, *, repository: str = "acme/shop", login: str = "maria") -> None:
        self._github = github
        self._world = github.world
        self.repository: Repository = github.world.repositories[repository]
        self.login = login

    async def begin_check(self, number: int, name: str = "test", *, app: str = "github-actions") -> CheckRun:
        """A job begins on the head of a pull request."""
        run = CheckRun(id=next(self._world.ids), name=name, commit=self._head(number), app=app)
        self.repository.checks.append(run)
        await self._tell_check(run, action="created")
        return run

    async def end_check(self, run: CheckRun, conclusion: str = "success", *, log: str | None = None) -> None:
        """It ends."""
        run.status, run.conclusion, run.log = "completed", conclusion, log
        await self._tell_check(run, action="completed")

    async def turn_red(self, number: int, name: str = "test", *, log: str = "##[error]It breaks.") -> CheckRun:
        """The one check of a pull request's head fails."""
        run = await self.begin_check(number, name)
        await self.end_check(run, "failure", log=log)
        return run

    async def turn_green(self, number: int, name: str = "test") -> CheckRun:
        """The one check of a pull request's head succeeds."""
        run = await self.begin_check(number, name)
        await self.end_check(run, "success")
        return run

    async def set_status(self, number: int, state: str, *, context: str = "ci/old", description: str = "") -> None:
        """In the older way."""
        made = CommitStatus(
            id=next(self._world.ids),
            context=context,
            commit=self._head(number),
            state=state,
            description=description,
        )
        self.repository.statuses.append(made)
        await self._tell("status", sha=made.commit, state=state, context=context)

    async def review(
        self,
        number: int,
        text: str = "",
        *,
        state: str = "COMMENTED",
        remarks: Sequence[tuple[str, int, str]] = (),
    ) -> Reviewed:
        """A review, with remarks as path, line and text."""
        ticket = self.repository.tickets[number]
        made = Reviewed(
            id=next(self._world.ids),
            author=self.login,
            state=state,
            body=text,
            commit=self._head(number),
            comments=[
                LineComment(id=next(self._world.ids), path=path, line=line, body=words) for path, line, words in remarks
            ],
        )
        assert ticket.pull
        ticket.pull.reviews.append(made)
        await self._tell_pull("pull_request_review", ticket, action="submitted", review={"id": made.id})
        return made

    async def comment(self, number: int, text: str) -> None:
        """Below an issue or a pull request."""
        ticket = self.repository.tickets[number]
        made = self._world.comment(ticket, text, author=self.login)
        await self._tell("issue_comment", action="created", issue=self._issue(ticket), comment=payloads.comment(made))

    async def label(self, number: int, label: str = "orchestrate") -> None:
        """A label is put on."""
        ticket = self.repository.tickets[number]
        ticket.labels.append(label)
        self._world.happen(ticket, "labeled", by=self.login, label=label)
        await self._tell("issues", action="labeled", issue=self._issue(ticket), label={"name": label})

    async def merge(self, number: int) -> str:
        """The pull request is merged: the commit on its base."""
        ticket = self.repository.tickets[number]
        assert ticket.pull
        at, base, head = self.repository, ticket.pull.base, self._head(number)
        ticket.pull.base_at_end = at.tip(base)
        tree = at.run("merge-tree", "--write-tree", base, head)
        merged = at.run(
            *(*IDENTITY, "commit-tree", tree, "-p", base, "-p", head, "-m", f"Merge pull request #{number}")
        )
        assert merged, "the branches cannot be merged"
        at.run("update-ref", f"refs/heads/{base}", merged)
        ticket.state, ticket.pull.merged_at, ticket.pull.merged_by = "closed", self._world.now(), self.login
        self._world.happen(ticket, "merged", by=self.login)
        self._world.happen(ticket, "closed", by=self.login)
        await self._tell_pull("pull_request", ticket, action="closed")
        await self._tell_push(base)
        return merged

    async def close(self, number: int) -> None:
        """The pull request is closed as it is."""
        await self._change(number, state="closed", event="closed")

    async def reopen(self, number: int) -> None:
        """And opened again."""
        await self._change(number, state="open", event="reopened")

    async def push(self, branch: str, *, file: str = "theirs.txt", text: str = "theirs\n") -> str:
        """A commit on top of `branch` that writes `file`: its hash."""
        at, place = self.repository, Path(tempfile.mkdtemp(dir=self._world.folder))
        (place / "text").write_text(text)
        blob = at.run("hash-object", "-w", str(place / "text"))
        index = {"GIT_INDEX_FILE": str(place / "index")}
        at.run("read-tree", branch, environment=index)
        at.run("update-index", "--add", "--cacheinfo", f"100644,{blob},{file}", environment=index)
        tree = at.run("write-tree", environment=index)
        made = at.run(*IDENTITY, "commit-tree", tree, "-p", branch, "-m", f"Write {file}")
        at.run("update-ref", f"refs/heads/{branch}", made)
        await self._tell_push(branch)
        return made

    async def _change(self, number: int, *, state: str, event: str) -> None:
        ticket = self.repository.tickets[number]
        self._head(number)
        ticket.state = state
        self._world.happen(ticket, event, by=self.login)
        await self._tell_pull("pull_request", ticket, action=event)

    def _head(self, number: int) -> str:
        return self.repository.head_of(self.repository.tickets[number])

    def _issue(self, ticket: Ticket) -> dict[str, Any]:
        return payloads.issue(ticket, at=self.repository, web_url=self._github.web_url)

    async def _tell_check(self, run: CheckRun, *, action: str) -> None:
        at = f"{self._github.web_url}/{self.repository.full_name}"
        await self._tell("check_run", action=action, check_run=payloads.check_run(run, at=at))

    async def _tell_pull(self, kind: str, ticket: Ticket, **more: object) -> None:
        pull = payloads.pull(ticket, at=self.repository, web_url=self._github.web_url)
        await self._tell(kind, number=ticket.number, pull_request=pull, **more)

    async def _tell_push(self, branch: str) -> None:
        await self._tell(
            "push", ref=f"refs/heads/{branch}", after=self.repository.tip(branch), pusher={"name": self.login}
        )

    async def _tell(self, kind: str, **said: object) -> None:
        repository = payloads.repository(self.repository, web_url=self._github.web_url, push=False)
        await self._github.hooks.deliver(kind, {**said, "repository": repository, "sender": payloads.user(self.login)})
