"""Someone who watches the program from outside, over HTTP."""

from dataclasses import dataclass
from typing import Any

import aiohttp
from prometheus_client.parser import text_string_to_metric_families


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
