"""The token that stands behind every call and push: a person's own, or one the App is lent for an hour."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import cast

from githubkit import AppAuthStrategy, GitHub
from githubkit.cache import MemCacheStrategy
from pydantic import BaseModel, ConfigDict

from adapters.github.errors import GoneError, translated
from adapters.github.settings import GitHubSettings
from core.forge import ForgeDeniedError

_EARLIER = timedelta(minutes=5)
"""A token is not used in its last minutes: a push may take that long."""
_DOING = "log in as the GitHub App"


class _Lent(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    token: str
    expires_at: datetime


class Tokens:
    """Hands out the token to use now. Used from one event loop."""

    def __init__(self, settings: GitHubSettings, *, clock: Callable[[], datetime]) -> None:
        self._settings = settings
        self._clock = clock
        self._lent: _Lent | None = None
        self._app: GitHub[AppAuthStrategy] | None = None
        self._turn = asyncio.Lock()

    async def token(self) -> str:
        """A token good for some minutes at least; ForgeError when GitHub lends the App none."""
        if self._settings.token:
            return self._settings.token
        async with self._turn:
            if self._lent is None or self._lent.expires_at - _EARLIER <= self._clock():
                self._lent = await self._borrow()
            return self._lent.token

    def forget(self) -> None:
        """The lent token was not accepted: ask for a new one next time."""
        self._lent = None

    async def _borrow(self) -> _Lent:
        try:
            answer = await self._client().arequest(  # pyright: ignore[reportUnknownMemberType]
                "POST", f"/app/installations/{self._settings.installation_id}/access_tokens", json={}
            )
            return _Lent.model_validate(cast("object", answer.json()))
        except Exception as error:  # whatever is not GitHub's or the library's is raised again by `translated`
            failed = translated(error, doing=_DOING)
            if isinstance(failed, GoneError):
                raise ForgeDeniedError(
                    f"Could not {_DOING}: it is not installed under the number {self._settings.installation_id}.",
                    hint="Set installation_id to the number at the end of the installation page's address.",
                ) from error
            raise failed from error

    def _client(self) -> GitHub[AppAuthStrategy]:
        if self._app is None:
            self._app = GitHub(
                AppAuthStrategy(self._settings.app_id, self._settings.private_key),
                base_url=self._settings.api_url,
                timeout=self._settings.timeout_s,
                auto_retry=False,
                http_cache=False,
                # the library keeps what it signed by the App's id alone, for every key there is in the process
                cache_strategy=MemCacheStrategy(),
            )
        return self._app
