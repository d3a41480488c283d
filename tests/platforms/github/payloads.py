"""How the simulated GitHub describes what it holds; fields that nobody here reads are filled in by `published`."""

from datetime import datetime
from typing import Any

from tests.platforms.github.world import Comment, Repository, Ticket

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


def comment(of: Comment) -> Json:
    """Below an issue."""
    return {"id": of.id, "body": of.body, "user": user(of.author), "created_at": moment(of.created_at)}


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
        "html_url": f"{web_url}/{at.full_name}/pull/{of.number}",
        "head": {
            "ref": of.pull.head,
            "label": f"{at.owner}:{of.pull.head}",
            "sha": at.tip(of.pull.head) or "0" * 40,
            "user": user(at.owner),
        },
        "base": {
            "ref": of.pull.base,
            "label": f"{at.owner}:{of.pull.base}",
            "sha": at.tip(of.pull.base) or "0" * 40,
            "user": user(at.owner),
        },
        "requested_reviewers": [user(each) for each in of.pull.reviewers],
        "requested_teams": [{"slug": each, "name": each, "id": 1, "node_id": "T_1"} for each in of.pull.teams],
    }
