"""What these tests share: a store on SQLite alone, and the pages of a running port."""

import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families

from core.store.store import Store
from tests.conftest import OpenStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Watcher:
    """Looks at the pages like those who watch do."""

    session: aiohttp.ClientSession

    async def samples(self, url: str) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
        """Every sample of one scrape by name and labels."""
        async with self.session.get(f"{url}/metrics") as response:
            assert response.status == 200
            assert response.headers["Content-Type"].startswith("text/plain; version=")
            text = await response.text()
        return {
            (sample.name.removeprefix("orchestrator_"), frozenset(sample.labels.items())): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }

    async def value(self, url: str, name: str, **labels: str) -> float | None:
        """One sample of one scrape; None when it is not there."""
        return (await self.samples(url)).get((name, frozenset(labels.items())))

    async def condition(self, url: str) -> tuple[int, Any]:
        """Status and document of `/health` or `/ready`."""
        async with self.session.get(url) as response:
            assert response.content_type == "application/json"
            return response.status, await response.json()


@pytest.fixture
async def watcher() -> AsyncIterator[Watcher]:
    async with aiohttp.ClientSession() as session:
        yield Watcher(session=session)


@pytest.fixture
async def sqlite_store(sqlite_template: Path, tmp_path: Path, open_store: OpenStore) -> Store:
    """A store in a file; where the kind of database does not matter."""
    path = tmp_path / "orchestrator.sqlite3"
    shutil.copy(sqlite_template, path)
    return await open_store(f"sqlite:///{path}")
