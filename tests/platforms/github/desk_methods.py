"""What is said on the simulated GitHub: comments, labels, reviews; `DESK` names the operations."""

from typing import Any
from urllib.parse import unquote

from tests.platforms.github import payloads
from tests.platforms.github.call import Answer, Call, RefusedError, invalid
from tests.platforms.github.methods import MAX_BODY, REPO, Operation, pull_of, ticket_of
from tests.platforms.github.world import LineComment, Reviewed, Ticket

STATES = {"COMMENT": "COMMENTED", "APPROVE": "APPROVED", "REQUEST_CHANGES": "CHANGES_REQUESTED"}


def address(call: Call, ticket: Ticket) -> str:
    """Where people find it."""
    return f"{call.web_url}/{call.repository.full_name}/{'pull' if ticket.pull else 'issues'}/{ticket.number}"


def _comments(call: Call) -> Answer:
    ticket = ticket_of(call)
    return Answer(body=call.page([payloads.comment(each, at=address(call, ticket)) for each in ticket.comments]))


def _comment(call: Call) -> Answer:
    ticket = ticket_of(call)
    if len(call.body["body"]) > MAX_BODY:
        raise invalid("IssueComment", "body is too long (maximum is 65536 characters)")
    made = call.world.comment(ticket, call.body["body"], author=call.access.login)
    return Answer(status=201, body=payloads.comment(made, at=address(call, ticket)))


def _label(call: Call) -> Answer:
    ticket = ticket_of(call)
    for name in call.body["labels"]:
        if len(name) > 50:
            raise invalid("Label", "name is too long (maximum is 50 characters)")
        if name not in ticket.labels:
            ticket.labels.append(name)
            call.world.happen(ticket, "labeled", by=call.access.login, label=name)
    return Answer(body=_labels(ticket))


def _unlabel(call: Call) -> Answer:
    ticket, name = ticket_of(call), unquote(call.names["name"])
    if name not in ticket.labels:
        raise RefusedError(404, "Label does not exist")
    ticket.labels.remove(name)
    return Answer(body=_labels(ticket))


def _labels(ticket: Ticket) -> list[dict[str, Any]]:
    return [{"name": each, "color": "ededed"} for each in ticket.labels]


def _reviews(call: Call) -> Answer:
    ticket, pull = pull_of(call)
    return Answer(body=call.page([payloads.review(each, at=address(call, ticket)) for each in pull.reviews]))


def _line_comments(call: Call) -> Answer:
    _, pull = pull_of(call)
    return Answer(body=call.page([line for each in pull.reviews for line in payloads.line_comments(each)]))


def _review(call: Call) -> Answer:
    """GitHub takes all of a review, or nothing of it."""
    ticket, pull = pull_of(call)
    head = call.repository.head_of(ticket)
    commit, said = call.body.get("commit_id", head), call.body.get("comments", [])
    if call.repository.run("merge-base", commit, head) != commit:
        raise RefusedError(422, "Unprocessable Entity", errors=["Commit is not part of the pull request"])
    if not call.body.get("body") and not said:
        raise RefusedError(422, "Unprocessable Entity", errors=["Review body can't be blank"])
    shown = call.repository.patches(pull.base_at_end or pull.base, commit)
    if any(each["line"] not in lines_of(shown.get(each["path"], "")) for each in said):
        raise RefusedError(422, "Unprocessable Entity", errors=["Line could not be resolved"])
    comments = [
        LineComment(id=next(call.world.ids), path=each["path"], line=each["line"], body=each["body"]) for each in said
    ]
    made = Reviewed(
        id=next(call.world.ids),
        author=call.access.login,
        state=STATES[call.body["event"]],
        body=call.body.get("body", ""),
        commit=commit,
        comments=comments,
    )
    pull.reviews.append(made)
    return Answer(body=payloads.review(made, at=address(call, ticket)))


def lines_of(patch: str) -> set[int]:
    """Which lines of the new file a patch shows."""
    found: set[int] = set()
    for hunk in patch.split("@@ -")[1:]:
        head, *lines = hunk.split("\n")
        number = int(head.partition("+")[2].partition(" ")[0].partition(",")[0])
        for line in lines:
            if line[:1] in ("+", " "):
                found.add(number)
                number += 1
    return found


_TALK = ("issues=read", "pull_requests=read")
_TALKING = ("issues=write", "pull_requests=write")
_PULLS = ("pull_requests=read",)
_ISSUE, _PULL = f"{REPO}/issues/{{issue_number}}", f"{REPO}/pulls/{{pull_number}}"
DESK = (
    Operation(method="GET", path=f"{_ISSUE}/comments", do=_comments, needs=_TALK),
    Operation(method="POST", path=f"{_ISSUE}/comments", do=_comment, needs=_TALKING),
    Operation(method="POST", path=f"{_ISSUE}/labels", do=_label, needs=_TALKING),
    Operation(method="DELETE", path=f"{_ISSUE}/labels/{{name}}", do=_unlabel, needs=_TALKING),
    Operation(method="GET", path=f"{_PULL}/reviews", do=_reviews, needs=_PULLS),
    Operation(method="POST", path=f"{_PULL}/reviews", do=_review, needs=("pull_requests=write",)),
    Operation(method="GET", path=f"{_PULL}/comments", do=_line_comments, needs=_PULLS),
)
