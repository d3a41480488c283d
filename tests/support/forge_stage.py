"""What the contract of forges is tried on: one stage for each forge, set up alike."""

import json
import subprocess
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from adapters.github import GitHubForge, GitHubSettings
from adapters.localforge import LocalForge
from core.domain.identity import ProjectName
from core.domain.project import Project
from core.forge import ForgeDesk
from tests.platforms.github.simulator import GitHubSimulator
from tests.platforms.github.world import Repository, Reviewed
from tests.support.clock import FakeClock

IDENTITY = ("-c", "user.name=Orchestrator", "-c", "user.email=orchestrator@localhost")


class ForgeStage(Protocol):
    """A forge with issue 7: titled `No discount`, by maria, labelled `bug`, and jonas wrote `Yes.` below it."""

    project: Project
    other: Project
    """Another one, in another repository."""

    def new_forge(self) -> ForgeDesk:
        """One more client of one and the same forge."""
        ...

    def commit(self, project: Project, words: str) -> str:
        """A new commit that begins where the base branch is, on no branch itself; it adds the file `<words>.txt`."""
        ...

    def base(self, project: Project) -> str:
        """The commit its base branch is at."""
        ...

    def reviews(self, project: Project, number: str) -> list[str]:
        """What was said of a pull request, a review each: its text and then its remarks."""
        ...


@dataclass(slots=True)
class LocalStage:
    """The forge on files."""

    folder: Path
    clock: FakeClock
    project: Project = field(init=False)
    other: Project = field(init=False)

    def __post_init__(self) -> None:
        repository = self.folder / "repo"
        issues = repository / ".orchestrator" / "issues"
        issues.mkdir(parents=True)
        (issues / "7.md").write_text(
            "---\ntitle: No discount\nlabels: [bug]\nauthor: maria\n---\nIt costs too much.\n\n"
            "## Comment by jonas\nYes.\n"
        )
        git(self.folder, "init", "-q", "--template=", "-b", "main", str(repository))
        git(repository, *IDENTITY, "commit", "-q", "--allow-empty", "-m", "First")
        self.project = Project(name=ProjectName("shop"), repository=str(repository), base_branch="main")
        self.other = replace(self.project, name=ProjectName("other"))

    def new_forge(self) -> ForgeDesk:
        return LocalForge(folder=self.folder / "home" / "forge", clock=self.clock)

    def commit(self, project: Project, words: str) -> str:
        return commit_on_main(Path(project.repository), words)

    def base(self, project: Project) -> str:
        return git(Path(project.repository), "rev-parse", "main")

    def reviews(self, project: Project, number: str) -> list[str]:
        files = sorted((self.folder / "home" / "forge" / project.name / "notes").glob(f"{number}-review-*.json"))
        stored = [json.loads(each.read_text()) for each in files]
        return ["\n".join([each["text"], *(remark["text"] for remark in each["remarks"])]) for each in stored]


@dataclass(slots=True)
class GitHubStage:
    """GitHub, simulated, with real git behind it."""

    folder: Path
    simulator: GitHubSimulator
    clock: FakeClock
    pauses: list[float] = field(default_factory=list[float])
    """How long the adapter would have waited."""
    project: Project = field(init=False)
    other: Project = field(init=False)

    def __post_init__(self) -> None:
        self.project, self.other = self.add_project("shop"), self.add_project("other")
        issue = self.simulator.world.add_issue(
            self.repository, number=7, title="No discount", body="It costs too much.", labels=["bug"]
        )
        self.simulator.world.comment(issue, "Yes.")

    @property
    def repository(self) -> Repository:
        """Of the project, at GitHub."""
        return self.simulator.world.repositories["acme/shop"]

    def add_project(self, name: str) -> Project:
        """A repository at GitHub and its clone here, both with one commit."""
        there = self.simulator.world.add_repository(f"acme/{name}")
        here = self.folder / name
        git(self.folder, "init", "-q", "--template=", "-b", "main", str(here))
        git(here, "remote", "add", "origin", f"{self.simulator.web_url}/acme/{name}.git")
        project = Project(name=ProjectName(name), repository=str(here), base_branch="main")
        self.commit(project, "First", task="")
        git(here, "branch", "-q", "-M", "main")
        git(there.git, "fetch", "-q", str(here), "main:main")
        return project

    def base(self, project: Project) -> str:
        return self.simulator.world.repositories[f"acme/{project.name}"].tip("main")

    def reviews(self, project: Project, number: str) -> list[str]:
        pull = self.simulator.world.repositories[f"acme/{project.name}"].tickets[int(number)].pull
        return [said_in(each) for each in pull.reviews] if pull else []

    def settings(self, **other: object) -> GitHubSettings:
        """Of an adapter for it."""
        known = {"token": self.simulator.token, "api_url": self.simulator.api_url, "timeout_s": 30.0}
        return GitHubSettings(**{**known, **other})  # type: ignore[arg-type]

    def new_forge(self, settings: GitHubSettings | None = None) -> ForgeDesk:
        async def pause(seconds: float) -> None:
            self.pauses.append(seconds)

        return GitHubForge(
            settings or self.settings(),
            clones=self.folder / "home" / "repositories",
            scratch=self.folder / "home" / "github",
            clock=self.clock,
            pause=pause,
        )

    def commit(self, project: Project, words: str, *, task: str = "T142", file: str = "") -> str:
        """On top of main, and on no branch, as if the task's branch were there; without a task on main itself."""
        here = Path(project.repository)
        if task:
            git(here, "checkout", "-q", "--detach", "main")
        changed = here / (file or f"{words}.txt")
        changed.parent.mkdir(parents=True, exist_ok=True)
        changed.write_text(words)
        git(here, "add", "--all")
        message = f"{words}\n\nTask: {task}\n" if task else words
        git(here, *IDENTITY, "commit", "-q", "--no-verify", "-m", message)
        made = git(here, "rev-parse", "HEAD")
        if task:
            git(here, "checkout", "-q", "--detach", "main")
        return made


def said_in(review: Reviewed) -> str:
    """All of it, its remarks on lines with where they stand."""
    return "\n".join([review.body, *(f"{each.path}:{each.line} {each.body}" for each in review.comments)])


def commit_on_main(here: Path, words: str) -> str:
    """A commit after main that is on no branch, as one of a task."""
    git(here, "checkout", "-q", "--detach", "main")
    (here / f"{words}.txt").write_text(f"{words}\n")
    git(here, "add", f"{words}.txt")
    git(here, *IDENTITY, "commit", "-q", "--no-verify", "-m", f"{words}\n\nTask: T142\n")
    made = git(here, "rev-parse", "HEAD")
    git(here, "checkout", "-q", "--detach", "main")
    return made


def git(folder: Path, *arguments: str) -> str:
    """What git says; CalledProcessError when it refuses."""
    done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()
