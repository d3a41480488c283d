"""What each operation does; `BASIC` names them by method and path, with the permissions they take."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from tests.platforms.github import payloads
from tests.platforms.github.call import NOT_FOUND, Answer, Call, RefusedError, invalid
from tests.platforms.github.world import Access, Pull, Ticket

REPO = "/repos/{owner}/{repo}"
MAX_BODY = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One of them; any one of `needs` is enough."""

    method: str
    path: str
    do: Callable[[Call], Answer]
    needs: tuple[str, ...] = ()
    by_app: bool = False
    described: bool = True
    """Whether GitHub's description knows everything that is answered."""


def ticket_of(call: Call, name: str = "issue_number") -> Ticket:
    """The issue that the path names; RefusedError when there is none."""
    found = call.repository.tickets.get(int(call.names[name]))
    if found is None:
        raise RefusedError(404, NOT_FOUND)
    if found.deleted:
        raise RefusedError(410, "This issue was deleted")
    return found


def pull_of(call: Call) -> tuple[Ticket, Pull]:
    """The pull request that the path names; RefusedError when there is none."""
    ticket = ticket_of(call, "pull_number")
    if ticket.pull is None:
        raise RefusedError(404, NOT_FOUND)
    return ticket, ticket.pull


def changed_files(call: Call, base: str, head: str) -> list[dict[str, object]]:
    """As GitHub lists them; the hunks of a very large file are left out."""
    at = "https://example.invalid/"
    return [
        {
            **{"filename": name, "status": "modified", "sha": "0" * 40, "additions": 1, "deletions": 0, "changes": 1},
            **{"blob_url": at, "raw_url": at, "contents_url": at},
            **({"patch": patch} if len(patch) < 20_000 else {}),
        }
        for name, patch in call.repository.patches(base, head).items()
    ]


def _one_pull(call: Call) -> Answer:
    ticket, _ = pull_of(call)
    return Answer(body=payloads.pull(ticket, at=call.repository, web_url=call.web_url))


def _compare(call: Call) -> Answer:
    base, _, head = call.names["basehead"].partition("...")
    fork = call.repository.run("merge-base", base, head)
    if not fork:
        raise RefusedError(404, NOT_FOUND)
    body = {
        "base_commit": {"sha": call.repository.run("rev-parse", base)},
        "merge_base_commit": {"sha": fork},
        "behind_by": int(call.repository.run("rev-list", "--count", f"{head}..{base}")),
        "ahead_by": int(call.repository.run("rev-list", "--count", f"{base}..{head}")),
        "files": changed_files(call, base, head),
    }
    return Answer(body=body)


def _lend(call: Call) -> Answer:
    if int(call.names["installation_id"]) != call.world.installation:
        raise RefusedError(404, NOT_FOUND)
    token = f"ghs_{next(call.world.ids)}"
    expires_at = call.world.now() + timedelta(hours=1)
    call.world.tokens[token] = Access(login="orchestrator[bot]", expires_at=expires_at)
    return Answer(status=201, body={"token": token, "expires_at": payloads.moment(expires_at), "permissions": {}})


def _repository(call: Call) -> Answer:
    push = call.access.permissions.get("contents") == "write"
    return Answer(body=payloads.repository(call.repository, web_url=call.web_url, push=push))


def _issues(call: Call) -> Answer:
    wanted = call.query.get("state", "open")
    label = call.query.get("labels", "")
    found = [
        each
        for each in call.repository.tickets.values()
        if wanted in ("all", each.state) and not each.deleted and (not label or label in each.labels)
    ]
    found.sort(key=lambda each: -each.number)
    bodies = [payloads.issue(each, at=call.repository, web_url=call.web_url) for each in found]
    return Answer(body=call.page(bodies))


def _issue(call: Call) -> Answer:
    return Answer(body=payloads.issue(ticket_of(call), at=call.repository, web_url=call.web_url))


def _ref(call: Call) -> Answer:
    kind, _, branch = call.names["ref"].partition("/")
    sha = call.repository.tip(branch) if kind == "heads" else ""
    if not sha:
        raise RefusedError(404, NOT_FOUND)
    target = {"sha": sha, "type": "commit", "url": "https://example.invalid/"}
    body = {"ref": f"refs/{call.names['ref']}", "object": target, "node_id": "R_1", "url": "https://example.invalid/"}
    return Answer(body=body)


def _contents(call: Call) -> Answer:
    content = call.repository.run("show", f"{call.query.get('ref', 'main')}:{call.names['path']}")
    if not content:
        raise RefusedError(404, NOT_FOUND)
    if not call.raw:
        raise RefusedError(415, "Only the raw text is simulated")
    return Answer(text=content)


def _pulls(call: Call) -> Answer:
    owner, _, branch = call.query.get("head", "").partition(":")
    found = [
        each
        for each in call.repository.pulls()
        if call.query.get("state", "open") in ("all", each.state)
        and (not branch or (each.pull and each.pull.head == branch and owner.lower() == call.repository.owner.lower()))
    ]
    return Answer(body=call.page([payloads.pull(each, at=call.repository, web_url=call.web_url) for each in found]))


def _open_pull(call: Call) -> Answer:
    at, said = call.repository, call.body
    head, base = said["head"], said["base"]
    if not at.tip(head) or not at.tip(base):
        field = "base" if at.tip(head) else "head"
        raise RefusedError(
            422, "Validation Failed", errors=[{"resource": "PullRequest", "field": field, "code": "invalid"}]
        )
    if any(each.pull and (each.pull.head, each.pull.base, each.state) == (head, base, "open") for each in at.pulls()):
        raise invalid("PullRequest", f"A pull request already exists for {at.owner}:{head}.")
    if not at.run("rev-list", f"{base}..{head}"):
        raise invalid("PullRequest", f"No commits between {base} and {head}")
    if len(said.get("body", "")) > MAX_BODY:
        raise invalid("PullRequest", "body is too long (maximum is 65536 characters)")
    if not 0 < len(said["title"]) <= 256:
        raise invalid("PullRequest", "title is too long (maximum is 256 characters)")
    made = call.world.add_issue(at, title=said["title"], body=said.get("body", ""), author=call.access.login)
    made.pull = Pull(head=head, base=base, draft=said.get("draft", False))
    return Answer(status=201, body=payloads.pull(made, at=at, web_url=call.web_url))


def _update_pull(call: Call) -> Answer:
    ticket, pull = pull_of(call)
    ticket.title, ticket.body = call.body.get("title", ticket.title), call.body.get("body", ticket.body)
    ticket.state, pull.base = call.body.get("state", ticket.state), call.body.get("base", pull.base)
    return Answer(body=payloads.pull(ticket, at=call.repository, web_url=call.web_url))


def _files(call: Call) -> Answer:
    ticket, pull = pull_of(call)
    return Answer(body=call.page(changed_files(call, pull.base_at_end or pull.base, call.repository.head_of(ticket))))


def _request_reviewers(call: Call) -> Answer:
    ticket, pull = pull_of(call)
    people, teams = call.body.get("reviewers", []), call.body.get("team_reviewers", [])
    if ticket.author in people:
        raise RefusedError(422, "Review cannot be requested from pull request author.")
    if not set(people) <= call.repository.collaborators or not set(teams) <= call.repository.teams:
        raise RefusedError(
            422,
            "Reviews may only be requested from collaborators. One or more of the users or teams you specified is "
            f"not a collaborator of the {call.repository.full_name} repository.",
        )
    pull.reviewers += [each for each in people if each not in pull.reviewers]
    pull.teams += [each for each in teams if each not in pull.teams]
    return Answer(status=201, body=payloads.pull(ticket, at=call.repository, web_url=call.web_url))


_ISSUES, _PULLS = ("issues=read",), ("pull_requests=read",)
BASIC = (
    Operation(method="POST", path="/app/installations/{installation_id}/access_tokens", do=_lend, by_app=True),
    Operation(method="GET", path=REPO, do=_repository, needs=("metadata=read",)),
    Operation(method="GET", path=f"{REPO}/issues", do=_issues, needs=_ISSUES),
    Operation(method="GET", path=f"{REPO}/issues/{{issue_number}}", do=_issue, needs=_ISSUES),
    Operation(method="GET", path=f"{REPO}/git/ref/{{ref}}", do=_ref, needs=("contents=read",)),
    Operation(method="GET", path=f"{REPO}/contents/{{path}}", do=_contents, needs=("contents=read",)),
    Operation(method="GET", path=f"{REPO}/pulls", do=_pulls, needs=_PULLS),
    Operation(method="POST", path=f"{REPO}/pulls", do=_open_pull, needs=("pull_requests=write",)),
    Operation(method="GET", path=f"{REPO}/pulls/{{pull_number}}", do=_one_pull, needs=_PULLS),
    Operation(method="GET", path=f"{REPO}/compare/{{basehead}}", do=_compare, needs=("contents=read",)),
    Operation(method="PATCH", path=f"{REPO}/pulls/{{pull_number}}", do=_update_pull, needs=("pull_requests=write",)),
    Operation(method="GET", path=f"{REPO}/pulls/{{pull_number}}/files", do=_files, needs=_PULLS),
    Operation(
        method="POST",
        path=f"{REPO}/pulls/{{pull_number}}/requested_reviewers",
        do=_request_reviewers,
        needs=("pull_requests=write",),
    ),
)
