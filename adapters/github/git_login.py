"""The login that plain git is lent when it has none of its own at GitHub: for one clone or fetch."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from adapters.github.askpass import asked_for
from adapters.github.settings import GitHubSettings
from adapters.github.tokens import Tokens


class GitLogin:
    """Satisfies `core.workspaces.git_credentials.GitCredentials`. `folder` is ours; nothing stays in it."""

    def __init__(self, settings: GitHubSettings, *, tokens: Tokens, folder: Path) -> None:
        self._tokens = tokens
        self._folder = folder
        self.address = settings.web_url

    @asynccontextmanager
    async def lent(self) -> AsyncGenerator[Mapping[str, str]]:
        """Variables for one command; ForgeError when there is no token to be had."""
        token = await self._tokens.token()
        self._folder.mkdir(parents=True, exist_ok=True)
        with asked_for(token, address=self.address, folder=self._folder) as variables:
            yield variables
