"""Runs the real git: an explicit environment, no hooks, no prompts, a time limit, patience with locks."""

import asyncio
import os
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.domain.errors import WorkspaceError
from core.workspaces.git_credentials import LENT_SETTINGS, GitCredentials, wants_login
from core.workspaces.git_fault import fault, is_busy, lock_file
from core.workspaces.git_lock import holders
from core.workspaces.process import Capture, run_program
from core.workspaces.workspace import CommitIdentity

OLDEST_VERSION = (2, 32)
"""The first that knows GIT_CONFIG_GLOBAL, which keeps a user's settings out of our commands."""
MAX_OUTPUT_BYTES = 64 * 1024 * 1024
MAX_ERROR_BYTES = 16 * 1024
LOCK_RETRIES_S = (0.1, 0.2, 0.4, 0.8, 1.6)

_INHERITED = ("PATH", "HOME", "TMPDIR")
_INHERITED_FOR_CONTENT = (
    *("SSH_AUTH_SOCK", "XDG_CONFIG_HOME", "USER", "LOGNAME", "SSL_CERT_FILE", "SSL_CERT_DIR"),
    *("http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"),
)
# Whatever a repository's or a user's settings say, our commands run nobody's code and print what we can read.
_SETTINGS = (
    *("core.hooksPath=/dev/null", "core.fsmonitor=false", "core.askPass=", "core.quotePath=false"),
    *("safe.directory=*", "safe.bareRepository=all", "protocol.ext.allow=never"),
    *("gc.auto=0", "maintenance.auto=false", "advice.detachedHead=false", "advice.addEmbeddedRepo=false"),
    *(
        "commit.gpgSign=false",
        "tag.gpgSign=false",
        "rerere.enabled=false",
        "submodule.recurse=false",
        "fetch.recurseSubmodules=false",
    ),
    *("http.lowSpeedLimit=1000", "http.lowSpeedTime=60"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What git returned; `lost_bytes` of the output were over the limit."""

    exit_code: int
    output: bytes
    words: str
    """What it said on stderr."""
    lost_bytes: int = 0

    @property
    def ok(self) -> bool:
        return self.exit_code == 0

    @property
    def text(self) -> str:
        """The output as text, without the last line end."""
        return self.output.decode("utf-8", "replace").removesuffix("\n")


class Git:
    """The git program. `environment` is what little is inherited from (this process's own when None).

    `credentials` are lent to a clone or fetch that the user's own login does not let in, for that command alone.
    """

    def __init__(
        self,
        *,
        executable: str = "git",
        environment: Mapping[str, str] | None = None,
        timeout_s: float = 120.0,
        content_timeout_s: float = 1800.0,
        lock_retries_s: Sequence[float] = LOCK_RETRIES_S,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
        credentials: GitCredentials | None = None,
    ) -> None:
        self._executable = executable
        self._environment = environment
        self._timeout_s = timeout_s
        self._content_timeout_s = content_timeout_s
        self._lock_retries_s = tuple(lock_retries_s)
        self._pause = pause
        self._credentials = credentials
        self._version: tuple[int, int] | None = None

    async def require(self, version: tuple[int, int], *, doing: str) -> None:
        """WorkspaceError when this git is older than `version` and therefore cannot do what we are `doing`."""
        if await self._checked_version() < version:
            wanted, found = (".".join(map(str, each)) for each in (version, await self._checked_version()))
            raise WorkspaceError(
                f"Could not {doing}: that takes git {wanted}, and this is {found}.",
                hint=f"Install git {wanted} or newer, or run the steps one after the other (`sequential`).",
            )

    async def run(
        self,
        *arguments: str,
        folder: Path,
        doing: str,
        content: bool = False,
        identity: CommitIdentity | None = None,
        stdin: bytes = b"",
    ) -> str:
        """The output of a command that must succeed; WorkspaceError saying what we were `doing` when it does not."""
        answer = await self.ask(*arguments, folder=folder, doing=doing, content=content, identity=identity, stdin=stdin)
        if not answer.ok:
            raise self.failure(answer, folder=folder, doing=doing)
        return answer.text

    async def ask(
        self,
        *arguments: str,
        folder: Path,
        doing: str,
        content: bool = False,
        identity: CommitIdentity | None = None,
        stdin: bytes = b"",
        limit_bytes: int = MAX_OUTPUT_BYTES,
    ) -> Answer:
        """Run `git <arguments>` in `folder` and return whatever it says; a held lock is tried again for a while.

        `content` is for commands that fetch or fill files: they read the user's own settings too, because
        credentials, proxies and filters such as LFS live there. All others see the repository's settings only.
        """
        await self._checked_version()
        environment = self._environment_for(folder, content=content, identity=identity)

        async def asked(arguments: Sequence[str], environment: Mapping[str, str]) -> Answer:
            for wait_s in (*self._lock_retries_s, None):
                answer = await self._once(
                    arguments, folder=folder, doing=doing, content=content, environment=environment, stdin=stdin,
                    limit_bytes=limit_bytes,
                )  # fmt: skip
                if answer.ok or wait_s is None or not is_busy(answer.words):
                    return answer
                await self._pause(wait_s)
            raise AssertionError("the last round returns")

        answer = await asked(arguments, environment)
        login = self._credentials
        if answer.ok or login is None or not wants_login(answer.words, command=arguments[0], address=login.address):
            return answer
        async with login.lent() as variables:
            lent = [part for setting in LENT_SETTINGS for part in ("-c", setting)]
            return await asked([*lent, *arguments], {**environment, **variables})

    async def _once(
        self,
        arguments: Sequence[str],
        *,
        folder: Path,
        doing: str,
        content: bool,
        environment: Mapping[str, str],
        stdin: bytes,
        limit_bytes: int,
    ) -> Answer:
        output, words = Capture(limit_bytes=limit_bytes), Capture(limit_bytes=MAX_ERROR_BYTES, keep="tail")
        settings = [part for setting in _SETTINGS for part in ("-c", setting)]
        timeout_s = self._content_timeout_s if content else self._timeout_s
        _require_folder(folder, doing=doing)
        try:
            finished = await run_program(
                [self._executable, *settings, *arguments],
                folder=folder,
                environment=environment,
                timeout_s=timeout_s,
                stdout=output,
                stderr=words,
                stdin=stdin,
            )
        except FileNotFoundError as error:
            raise WorkspaceError(
                f"Could not {doing}: git is not installed.", hint="Install git and make sure it is on the PATH."
            ) from error
        except OSError as error:
            raise fault(str(error), doing=doing) from error
        if finished.exit_code is None:
            raise WorkspaceError(
                f"Could not {doing}: git was not done after {timeout_s:.0f} s.",
                hint="Check the network and the disk, then try again.",
            )
        return Answer(
            exit_code=finished.exit_code,
            output=output.data,
            words=words.data.decode("utf-8", "replace"),
            lost_bytes=output.lost_bytes,
        )

    def _environment_for(self, folder: Path, *, content: bool, identity: CommitIdentity | None) -> dict[str, str]:
        """Built from an allow list: no secret of this process and no GIT_* of its parent reaches git."""
        source = os.environ if self._environment is None else self._environment
        names = _INHERITED + (_INHERITED_FOR_CONTENT if content else ())
        environment = {name: source[name] for name in names if name in source}
        environment |= {
            "LC_ALL": "C",
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_OPTIONAL_LOCKS": "0",
            # a folder that stopped being a repository must not turn into the one around it
            "GIT_CEILING_DIRECTORIES": str(folder.resolve().parent),
        }
        if not content:
            environment |= {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull}
        if identity is not None:
            environment |= {f"GIT_{who}_NAME": identity.name for who in ("AUTHOR", "COMMITTER")}
            environment |= {f"GIT_{who}_EMAIL": identity.email for who in ("AUTHOR", "COMMITTER")}
        return environment

    async def _checked_version(self) -> tuple[int, int]:
        if self._version is not None:
            return self._version
        root = Path("/")
        answer = await self._once(
            ["version"], folder=root, doing="run git", content=False, stdin=b"", limit_bytes=MAX_ERROR_BYTES,
            environment=self._environment_for(root, content=False, identity=None),
        )  # fmt: skip
        version = _version(answer.text)
        if version < OLDEST_VERSION:
            oldest = ".".join(map(str, OLDEST_VERSION))
            raise WorkspaceError(
                f"This git is too old: {answer.text or answer.words or 'it tells no version'}.",
                hint=f"Install git {oldest} or newer.",
            )
        self._version = version
        return version

    def failure(self, answer: Answer, *, folder: Path, doing: str) -> WorkspaceError:
        """The error for an answer that is not ok."""
        lock = lock_file(answer.words)
        if not lock:
            return fault(answer.words or answer.text, doing=doing)
        return WorkspaceError(
            f"Could not {doing}: {lock} is held by {holders(folder) or 'nobody that still runs'}.",
            hint=f"Let that program finish, or remove {lock} when nothing uses the repository any more.",
        )


def _version(words: str) -> tuple[int, int]:
    """The first two numbers of what git says its version is; zeros when it says none."""
    found = re.search(r"(\d+)\.(\d+)", words)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def _require_folder(folder: Path, *, doing: str) -> None:
    """Told apart here, because a missing folder and a missing program look the same when a program is started."""
    if not folder.is_dir():
        raise WorkspaceError(f"Could not {doing}: there is no folder {folder}.", hint="Check the path.")
