"""Pushes one commit to one branch: out of a throwaway repository, so that nothing agents could change takes part."""

import os
import tempfile
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from adapters.github.askpass import asked_for
from adapters.github.push_fault import push_fault, took_too_long
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


class Pusher:
    """Git, with the token of one push. `folder` is ours; nothing stays in it."""

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

    async def push(self, *, git_dir: Path, url: str, commit: str, branch: str, expected: str, token: str) -> None:
        """Make `branch` at `url` be `commit`, if it still is `expected` there ('' for no such branch).

        ForgeError saying what stands in the way; ConflictError when the branch is something else by now.
        """
        doing = f"push branch {branch}"
        self._folder.mkdir(parents=True, exist_ok=True)
        with _throwaway(self._folder) as place, asked_for(token, address=_address(url), folder=place.parent) as login:
            await self._git("init", "--quiet", "--bare", "--template=", ".", folder=place, login={}, doing=doing)
            alternates = place / "objects" / "info" / "alternates"
            alternates.parent.mkdir(parents=True, exist_ok=True)
            alternates.write_text(f"{git_dir / 'objects'}\n")
            if (git_dir / "shallow").is_file():
                (place / "shallow").write_bytes((git_dir / "shallow").read_bytes())
            await self._git(
                *("push", "--porcelain", "--no-verify", f"--force-with-lease=refs/heads/{branch}:{expected}"),
                *("--", url, f"{commit}:refs/heads/{branch}"),
                folder=place,
                login=login,
                doing=doing,
            )

    async def _git(self, *arguments: str, folder: Path, login: Mapping[str, str], doing: str) -> None:
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
        if finished.exit_code:
            raise push_fault(output.data.decode("utf-8", "replace"), doing=doing)

    def _inherited(self) -> dict[str, str]:
        source = os.environ if self._environment is None else self._environment
        return {name: source[name] for name in _INHERITED if name in source} | {
            "LC_ALL": "C",
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_CEILING_DIRECTORIES": str(self._folder.resolve()),
        }


@contextmanager
def _throwaway(folder: Path) -> Generator[Path]:
    with tempfile.TemporaryDirectory(prefix="push-", dir=folder) as place:
        yield Path(place).resolve()


def _address(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
