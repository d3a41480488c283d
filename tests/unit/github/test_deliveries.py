"""Where a webhook tells us to look."""

import json

import pytest

from adapters.github.watch.deliveries import (
    LookAtBranch,
    LookAtCommit,
    LookAtLabels,
    LookAtPull,
    Said,
    delivery,
)
from adapters.github.watch.webhooks import is_signed
from tests.platforms.github.hooks import signed


def told(kind: str, **said: object) -> object:
    return delivery(kind, json.dumps({"repository": {"id": 5}, **said}).encode())


@pytest.mark.parametrize("kind", ["check_run", "check_suite", "workflow_run"])
def test_a_check_that_ended_is_about_its_commit(kind):
    assert told(kind, action="completed", **{kind: {"head_sha": "abc"}}) == LookAtCommit(repository=5, commit="abc")
    assert told(kind, action="created", **{kind: {"head_sha": "abc"}}) is None


def test_a_status_is_about_its_commit():
    assert told("status", sha="abc", state="failure") == LookAtCommit(repository=5, commit="abc")
    assert told("status", sha="abc", state="pending") is None


@pytest.mark.parametrize(
    ("kind", "action"),
    [
        ("pull_request", "closed"),
        ("pull_request", "reopened"),
        ("pull_request", "synchronize"),
        ("pull_request_review", "submitted"),
        ("pull_request_review_comment", "created"),
    ],
)
def test_what_happens_to_a_pull_request_is_about_it(kind, action):
    assert told(kind, action=action, pull_request={"number": 8}) == LookAtPull(repository=5, number=8)


def test_a_push_is_about_its_branch():
    pushed = told("push", ref="refs/heads/a/b", pusher={"name": "maria"})

    assert pushed == LookAtBranch(repository=5, branch="a/b", by="maria")
    assert told("push", ref="refs/tags/v1", pusher={"name": "maria"}) is None


def test_a_label_is_looked_for():
    assert told("issues", action="labeled", issue={"number": 7}) == LookAtLabels(repository=5)
    assert told("issues", action="opened", issue={"number": 7}) is None


def test_a_comment_says_all_itself():
    comment = {"id": 9, "body": "Hello.", "user": {"login": "maria"}}
    said = told("issue_comment", action="created", issue={"number": 7}, comment=comment)

    assert isinstance(said, Said)
    assert (said.number, said.comment.id, said.comment.body) == (7, 9, "Hello.")
    assert told("issue_comment", action="edited", issue={"number": 7}, comment=comment) is None


@pytest.mark.parametrize("kind", ["ping", "star", "", "pull_request"])
def test_other_things_are_of_no_interest(kind):
    assert told(kind, action="created") is None
    assert delivery(kind, b"{}") is None


@pytest.mark.parametrize("body", [b"", b"payload=%7B%7D", b"[]", b"\xff", b'{"repository": 7}'])
def test_what_is_no_payload_is_an_error(body):
    with pytest.raises(ValueError, match="no payload"):
        delivery("push", body)


def test_a_signature_is_of_this_body_and_our_secret():
    body = b'{"a": 1}'

    assert is_signed(body, signature=signed(body, secret="s"), secret="s")
    assert not is_signed(body + b" ", signature=signed(body, secret="s"), secret="s")
    assert not is_signed(body, signature=signed(body, secret="other"), secret="s")
    for wrong in ("", "sha256=", "sha1=abc", "ä" * 71):
        assert not is_signed(body, signature=wrong, secret="s")
