"""What a failed check printed: the log of a job of Actions, else what its App wrote about it."""

from collections.abc import Callable
from ssl import SSLContext

import httpx

from adapters.github.calls import Calls
from adapters.github.watch.checks import ACTIONS
from adapters.github.watch.log_text import tail, worth_reading
from adapters.github.watch.wire import AnnotationWire, CheckRunWire
from core.domain.forge_news import FailedCheck
from core.forge import ForgeBusyError, ForgeError
from core.workspaces.process import Capture

_MAX_BYTES = 512 * 1024
"""Of the end of a log that are looked at."""
_MOST_BYTES = 64 * 1024 * 1024
"""A log that goes on for longer is left."""
_DOING = "read the log of a failed job"


class FailureLogs:
    """Reads logs; what cannot be read is left out, since the failure itself is the news."""

    def __init__(self, calls: Calls, *, timeout_s: float, mask: Callable[[str], str]) -> None:
        self._calls = calls
        self._timeout_s = timeout_s
        self._mask = mask
        self._certificates: SSLContext | None = None

    async def told(self, run: CheckRunWire, *, repository: str) -> FailedCheck:
        """The failure with what can be read about it."""
        log = await self._log(run, repository=repository) or await self._written(run, repository=repository)
        return FailedCheck(name=run.name, url=run.html_url or "", log=self._mask(log))

    async def _log(self, run: CheckRunWire, *, repository: str) -> str:
        if run.app is None or run.app.slug != ACTIONS:
            return ""
        try:
            # a job of Actions and its check run have the same number
            where = await self._calls.location(f"/repos/{repository}/actions/jobs/{run.id}/logs", doing=_DOING)
            return worth_reading(await self._download(where)) if where else ""
        except ForgeBusyError:
            raise
        except (ForgeError, httpx.HTTPError):
            return ""

    async def _download(self, where: str) -> str:
        """The address itself says that we may; our token has no business there."""
        if self._certificates is None:
            self._certificates = httpx.create_ssl_context()
        kept = Capture(limit_bytes=_MAX_BYTES, keep="tail")
        async with (
            httpx.AsyncClient(timeout=self._timeout_s, verify=self._certificates) as client,
            client.stream("GET", where) as answer,
        ):
            answer.raise_for_status()
            async for part in answer.aiter_bytes():
                kept.feed(part)
                if kept.total_bytes > _MOST_BYTES:
                    break
        return kept.data.decode("utf-8", "replace")

    async def _written(self, run: CheckRunWire, *, repository: str) -> str:
        parts = [run.output.summary or "", run.output.text or ""]
        if run.output.annotations_count:
            parts += await self._annotations(run, repository=repository)
        return tail("\n".join(part.strip() for part in parts if part.strip()))

    async def _annotations(self, run: CheckRunWire, *, repository: str) -> list[str]:
        path = f"/repos/{repository}/check-runs/{run.id}/annotations"
        try:
            found = await self._calls.get(list[AnnotationWire], path, doing="read a check's remarks", per_page=50)
        except ForgeBusyError:
            raise
        except ForgeError:
            return []
        return [f"{each.path}:{each.start_line}: {each.message or ''}" for each in found]
