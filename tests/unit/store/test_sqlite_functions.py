"""What DBOS asks of SQLite is there on every version of it: ours on old ones, the library's own on new ones."""

import sqlite3
import time

import pytest

from core.store.sqlite import _add_unixepoch  # pyright: ignore[reportPrivateUsage]


class Noting:
    """A connection that notes which functions it is given."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def create_function(self, name: str, *_rest: object) -> None:
        self.names.append(name)


@pytest.mark.parametrize(("version", "given"), [((3, 40, 1), ["unixepoch"]), ((3, 42, 0), []), ((4, 0, 0), [])])
def test_only_old_versions_are_given_the_time_with_fractions(
    monkeypatch: pytest.MonkeyPatch, version: tuple[int, int, int], given: list[str]
) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", version)
    connection = Noting()
    _add_unixepoch(connection)
    assert connection.names == given


def test_ours_answers_as_the_librarys_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 40, 1))
    connection = sqlite3.connect(":memory:")
    _add_unixepoch(connection)
    before = time.time()
    whole, exact = connection.execute("SELECT unixepoch(), unixepoch('subsec')").fetchone()
    connection.close()
    assert isinstance(whole, int)
    assert before - 1 <= whole <= time.time()
    assert isinstance(exact, float)
    assert before <= exact <= time.time()
