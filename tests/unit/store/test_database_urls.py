"""One URL chooses the database; drivers in it are accepted and replaced."""

from pathlib import Path

import pytest

from core.domain.errors import ConfigurationError
from core.store.database import dbos_sync_engine, parsed_url, sqlite_path


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:////var/lib/o.sqlite3", "/var/lib/o.sqlite3"),
        ("sqlite:///relative/o.sqlite3", "relative/o.sqlite3"),
        ("sqlite+aiosqlite:////with space/100%25.db", "/with space/100%.db"),
    ],
)
def test_a_sqlite_url_names_a_file(url: str, path: str) -> None:
    assert sqlite_path(url) == Path(path)


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+asyncpg", "postgresql+psycopg"])
def test_every_spelling_of_postgres_is_one(scheme: str) -> None:
    url = f"{scheme}://me:pass@host:5433/name?sslmode=require"
    assert (
        parsed_url(url).render_as_string(hide_password=False) == "postgresql://me:pass@host:5433/name?sslmode=require"
    )
    assert sqlite_path(url) is None


@pytest.mark.parametrize("url", ["", "no url", "mysql://me:hunter2@host/db", "sqlite://", "sqlite:///:memory:"])
def test_anything_else_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        parsed_url(url)
    assert "hunter2" not in caught.value.message
    assert "sqlite:///" in caught.value.hint


def test_the_engine_gets_the_driver_it_wants() -> None:
    assert dbos_sync_engine("postgresql://me@host/db").url.drivername == "postgresql+psycopg"
    assert dbos_sync_engine("sqlite:////x/y.db").url.render_as_string() == "sqlite:////x/y.db"
