"""Git against GitHub: out of a throwaway repository, so that nothing agents could change takes part in it."""

import os
import tempfile
from collections.abc import AsyncGenerator, Callable, Generator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from adapters.github.askpass import asked_for
from adapters.github.push_fault import push_fault, took_too_long
from core.domain.errors import OrchestratorError
from core.forge import ForgeDeniedError
from core.workspaces.process import Capture, run_program

MAX_WORDS_BYTES = 16 * 1024
_INHERITED = (
    *("PATH", "HOME", "TMPDIR", "XDG_CONFIG_HOME", "SSL_CERT_FILE", "SSL_CERT_DIR"),
    *("http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"),
)
# the settings of the adapter take plain http on loopback only, so it may pass here;
# what a person's own settings say about proxies and certificates holds; what would keep or send the token does not
_SETTINGS = (
    # an empty helper forgets those named before it: they would store the token after the push
    *(
        "credential.helper=",
        "credential.useHttpPath=false",
        "http.extraHeader=",
        "http.cookieFile=",
        "http.saveCookies=0",
    ),
    *("core.hooksPath=/dev/null", "push.gpgSign=false", "push.followTags=false", "push.recurseSubmodules=no"),
    *("protocol.allow=never", "protocol.https.allow=always", "protocol.http.allow=always"),
    *("http.lowSpeedLimit=1000", "http.lowSpeedTime=60", "transfer.credentialsInUrl=die"),
    *("gc.auto=0", "maintenance.auto=false", "safe.directory=*"),
)


class RemoteGit:
    """Git, with the token of one command. `folder` is ours; nothing stays in it."""

    def __init__(
        self,
        *,
        folder: Path,
        timeout_s: float,
        executable: str = "git",
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self._folder = folder
        self._timeout_s = timeout_s
        self._executable = executable
        self._environment = environment

    @asynccontextmanager
    async def throwaway(self, *, git_dir: Path, doing: str) -> AsyncGenerator[Path]:
        """An empty repository that has all objects of `git_dir` and none of its settings; gone afterwards."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with _temporary(self._folder) as place:
            init = ("init", "--quiet", "--bare", "--template=", ".")
            if (words := await self._git(*init, folder=place, login={}, doing=doing)) is not None:
                raise push_fault(words, doing=doing)
            alternates = place / "objects" / "info" / "alternates"
            alternates.parent.mkdir(parents=True, exist_ok=True)
            alternates.write_text(f"{git_dir / 'objects'}\n")
            if (git_dir / "shallow").is_file():
                (place / "shallow").write_bytes((git_dir / "shallow").read_bytes())
            yield place

    async def run(
        self,
        *arguments: str,
        folder: Path,
        url: str,
        token: str,
        doing: str,
        fault: Callable[[str], OrchestratorError],
    ) -> None:
        """One command that may log in at `url`; what it says when it fails becomes the error that `fault` makes."""
        with asked_for(token, address=_address(url), folder=self._folder) as login:
            words = await self._git(*arguments, folder=folder, login=login, doing=doing)
        if words is not None:
            raise fault(words)

    async def _git(self, *arguments: str, folder: Path, login: Mapping[str, str], doing: str) -> str | None:
        """What it said when it failed; None when it did not."""
        output = Capture(limit_bytes=MAX_WORDS_BYTES, keep="tail")
        settings = [part for setting in _SETTINGS for part in ("-c", setting)]
        try:
            finished = await run_program(
                [self._executable, *settings, *arguments],
                folder=folder,
                environment={**self._inherited(), **login},
                timeout_s=self._timeout_s,
                stdout=output,
            )
        except OSError as error:
            raise ForgeDeniedError(f"Could not {doing}: git does not start.", hint="Install git.") from error
        if finished.exit_code is None:
            raise took_too_long(doing=doing, timeout_s=self._timeout_s)
        return output.data.decode("utf-8", "replace") if finished.exit_code else None

    def _inherited(self) -> dict[str, str]:
        source = os.environ if self._environment is None else self._environment
        return {name: source[name] for name in _INHERITED if name in source} | {
            "LC_ALL": "C",
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_CEILING_DIRECTORIES": str(self._folder.resolve()),
        }


@contextmanager
def _temporary(folder: Path) -> Generator[Path]:
    with tempfile.TemporaryDirectory(prefix="git-", dir=folder) as place:
        yield Path(place).resolve()


def _address(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
