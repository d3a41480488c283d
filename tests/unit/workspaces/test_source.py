"""Folders are told from addresses."""

import pytest

from core.workspaces.process import Capture
from core.workspaces.source import is_url


@pytest.mark.parametrize(
    "repository",
    ["https://example.invalid/x.git", "ssh://git@example.invalid/x", "git@example.invalid:x/y.git", "file:///srv/x"],
)
def test_what_git_clones_is_an_address(repository):
    assert is_url(repository)


@pytest.mark.parametrize("repository", ["/srv/x", "/srv/a:b", "x", "./x", "ext::sh -c date", "", "foo://bar"])
def test_everything_else_is_not(repository):
    assert not is_url(repository)


@pytest.mark.parametrize(("keep", "kept"), [("head", b"abcd"), ("tail", b"efgh")])
def test_a_capture_keeps_one_end_of_a_stream_and_counts_the_rest(keep, kept):
    capture = Capture(limit_bytes=4, keep=keep)
    for piece in (b"abc", b"", b"de", b"fgh"):
        capture.feed(piece)
    assert (capture.data, capture.total_bytes, capture.lost_bytes) == (kept, 8, 4)
