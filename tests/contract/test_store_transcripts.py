"""Agent transcripts come back entry for entry, on both databases."""

from typing import Any

import pytest

from core.store import Store
from tests.support.clock import FakeClock
from tests.support.values import NOON

KEY = ("project", "session", "")


async def test_entries_come_back_equal_and_in_order(store: Store) -> None:
    first: list[dict[str, Any]] = [
        {"uuid": "b", "n": 1, "z": [1.5, None, {"a": True}]},
        {"uuid": "a", "text": "\x00\ud800é"},
    ]
    second = [{"type": "no uuid"}]
    await store.transcripts.append(*KEY, first)
    await store.transcripts.append(*KEY, [])
    await store.transcripts.append(*KEY, second)
    assert await store.transcripts.load(*KEY) == first + second


async def test_an_unknown_transcript_is_none(store: Store) -> None:
    await store.transcripts.append(*KEY, [{"n": 1}])
    assert await store.transcripts.load("project", "other", "") is None
    assert await store.transcripts.load("project", "session", "sub") is None


async def test_an_entry_told_again_is_kept_once_and_one_without_uuid_each_time(store: Store) -> None:
    await store.transcripts.append(*KEY, [{"uuid": "a", "n": 1}, {"uuid": "a", "n": 2}, {"n": 3}])
    await store.transcripts.append(*KEY, [{"uuid": "a", "n": 4}, {"uuid": "b", "n": 5}, {"n": 3}, {"uuid": 7}])
    assert await store.transcripts.load(*KEY) == [
        {"uuid": "a", "n": 1},
        {"n": 3},
        {"uuid": "b", "n": 5},
        {"n": 3},
        {"uuid": 7},
    ]
    # the same uuid elsewhere is another entry
    await store.transcripts.append("project", "session", "sub", [{"uuid": "a"}])
    assert await store.transcripts.load("project", "session", "sub") == [{"uuid": "a"}]


async def test_sessions_are_listed_newest_first_with_the_time_of_their_last_entry(
    store: Store, clock: FakeClock
) -> None:
    await store.transcripts.append("project", "old", "", [{"n": 1}])
    clock.advance(seconds=2)
    await store.transcripts.append("project", "new", "", [{"n": 1}])
    await store.transcripts.append("elsewhere", "x", "", [{"n": 1}])
    clock.advance(seconds=2)
    await store.transcripts.append("project", "old", "sub", [{"n": 1}])
    start_ms = round(NOON.timestamp() * 1000)
    assert await store.transcripts.sessions("project") == [("new", start_ms + 2000), ("old", start_ms)]
    assert await store.transcripts.sessions("nowhere") == []


async def test_subpaths_of_a_session_leave_out_its_own_transcript(store: Store) -> None:
    for subpath in ("", "subagents/b", "subagents/a", "subagents/a"):
        await store.transcripts.append("project", "session", subpath, [{"n": 1}])
    await store.transcripts.append("project", "other", "subagents/c", [{"n": 1}])
    assert await store.transcripts.subpaths("project", "session") == ["subagents/a", "subagents/b"]


@pytest.mark.parametrize("whole", [None, ""])
async def test_deleting_a_session_takes_its_subpaths_and_nothing_else(store: Store, whole: str | None) -> None:
    kept = [("project", "other", ""), ("elsewhere", "session", "")]
    for key in [KEY, ("project", "session", "sub"), *kept]:
        await store.transcripts.append(*key, [{"n": 1}])
    await store.transcripts.delete("project", "session", whole)
    assert await store.transcripts.load(*KEY) is None
    assert await store.transcripts.load("project", "session", "sub") is None
    for key in kept:
        assert await store.transcripts.load(*key) == [{"n": 1}]


async def test_deleting_a_subpath_leaves_the_rest(store: Store) -> None:
    for subpath in ("", "a", "b"):
        await store.transcripts.append("project", "session", subpath, [{"n": 1}])
    await store.transcripts.delete("project", "session", "a")
    assert await store.transcripts.subpaths("project", "session") == ["b"]
    assert await store.transcripts.load(*KEY) == [{"n": 1}]
    await store.transcripts.delete("project", "never", "a")
