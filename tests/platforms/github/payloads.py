"""How the simulated GitHub describes what it holds; fields that nobody here reads are filled in by `published`."""

from datetime import datetime
from typing import Any

from tests.platforms.github.world import (
    CheckRun,
    Comment,
    CommitStatus,
    Happening,
    Repository,
    Reviewed,
    Ticket,
)

Json = dict[str, Any]


def user(login: str) -> Json:
    """A person, or an App's bot."""
    return {"login": login, "id": sum(login.encode()), "type": "User", "node_id": "U_1", "site_admin": False}


def moment(at: datetime) -> str:
    """As GitHub writes it."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def repository(of: Repository, *, web_url: str, push: bool) -> Json:
    """Of `GET /repos/…`."""
    return {
        "id": of.id,
        "name": of.full_name.partition("/")[2],
        "full_name": of.full_name,
        "owner": user(of.owner),
        "private": of.private,
        "archived": of.archived,
        "disabled": False,
        "default_branch": "main",
        "html_url": f"{web_url}/{of.full_name}",
        "permissions": {"admin": False, "pull": True, "push": push},
    }


def issue(of: Ticket, *, at: Repository, web_url: str) -> Json:
    """An issue; a pull request is one too, and says so."""
    kind = "pull" if of.pull else "issues"
    body: Json = {
        "id": at.id * 10_000 + of.number,
        "number": of.number,
        "title": of.title,
        "body": of.body,
        "user": user(of.author),
        "labels": [{"name": each} for each in of.labels],
        "state": of.state,
        "comments": len(of.comments),
        "created_at": moment(of.created_at),
        "html_url": f"{web_url}/{at.full_name}/{kind}/{of.number}",
    }
    if of.pull:
        body["pull_request"] = {"url": "https://example.invalid/", "html_url": body["html_url"]}
    return body


def comment(of: Comment, *, at: str = "") -> Json:
    """Below an issue, whose address is `at`."""
    return {
        "id": of.id,
        "body": of.body,
        "user": user(of.author),
        "created_at": moment(of.created_at),
        "html_url": f"{at or 'https://example.invalid'}#issuecomment-{of.id}",
    }


def pull(of: Ticket, *, at: Repository, web_url: str) -> Json:
    """A pull request; where its branches stand is asked of git."""
    assert of.pull
    return {
        "id": at.id * 10_000 + of.number,
        "node_id": f"PR_{at.id}_{of.number}",
        "number": of.number,
        "title": of.title,
        "body": of.body,
        "user": user(of.author),
        "state": of.state,
        "draft": of.pull.draft,
        "created_at": moment(of.created_at),
        "merged_at": moment(of.pull.merged_at) if of.pull.merged_at else None,
        "html_url": f"{web_url}/{at.full_name}/pull/{of.number}",
        "head": side(
            of.pull.head, at.head_of(of), None if of.pull.fork_is_gone else of.pull.fork or at, web_url=web_url
        ),
        "base": side(of.pull.base, of.pull.base_at_end or at.tip(of.pull.base), at, web_url=web_url),
        "requested_reviewers": [user(each) for each in of.pull.reviewers],
        "requested_teams": [{"slug": each, "name": each, "id": 1, "node_id": "T_1"} for each in of.pull.teams],
    }


def side(branch: str, sha: str, at: Repository | None, *, web_url: str) -> Json:
    """One of the two branches of a pull request."""
    return {
        "ref": branch,
        "label": f"{at.owner if at else 'ghost'}:{branch}",
        "sha": sha or "0" * 40,
        "user": user(at.owner) if at else None,
        "repo": repository(at, web_url=web_url, push=False) if at else None,
    }


def review(of: Reviewed, *, at: str) -> Json:
    """Of the pull request whose address is `at`."""
    return {
        "id": of.id,
        "user": user(of.author),
        "body": of.body,
        "state": of.state,
        "commit_id": of.commit,
        "html_url": f"{at}#pullrequestreview-{of.id}",
    }


def line_comments(of: Reviewed) -> list[Json]:
    """What a review says of lines."""
    return [
        {
            "id": each.id,
            "pull_request_review_id": of.id,
            "path": each.path,
            **({"line": each.line} if each.line else {}),
            "subject_type": "line" if each.line else "file",
            "body": each.body,
            "user": user(of.author),
            "commit_id": of.commit,
        }
        for each in of.comments
    ]


def happening(of: Happening) -> Json:
    """In an issue's list of events."""
    body: Json = {"id": of.id, "event": of.event, "actor": user(of.actor), "created_at": moment(of.created_at)}
    return body | ({"label": {"name": of.label, "color": "ededed"}} if of.label else {})


def check_run(of: CheckRun, *, at: str) -> Json:
    """Of the repository whose address is `at`."""
    return {
        "id": of.id,
        "name": of.name,
        "head_sha": of.commit,
        "status": of.status,
        "conclusion": of.conclusion,
        "html_url": f"{at}/actions/runs/1/job/{of.id}",
        "app": {"slug": of.app, "id": 1, "name": of.app},
        "check_suite": {"id": of.suite},
        "output": {
            "title": None,
            "summary": of.summary or None,
            "text": None,
            "annotations_count": len(of.annotations),
            "annotations_url": "https://example.invalid/",
        },
    }


def status(of: CommitStatus) -> Json:
    """One of a commit."""
    return {
        "id": of.id,
        "context": of.context,
        "state": of.state,
        "description": of.description,
        "target_url": "https://ci.example.invalid/1",
    }
