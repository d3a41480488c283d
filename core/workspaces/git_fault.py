"""What git's complaints mean: turns its words into an error that says what to do. Pure."""

import re
from dataclasses import dataclass

from core.domain.errors import WorkspaceError

MAX_WORDS = 600
"""Characters of git's own words that are quoted."""

_LOCK = re.compile(r"Unable to create '([^'\n]+\.lock)': File exists")
_BUSY = re.compile(
    r"cannot lock ref|could not lock config file|"
    # another program is making a worktree at this moment
    r"failed to read \S*worktrees/[^/\n]+/commondir"
)
_USERINFO = re.compile(r"\b([A-Za-z][A-Za-z0-9+.-]{0,15}://)[^/@\s]+@")


@dataclass(frozen=True, slots=True)
class _Meaning:
    pattern: str
    message: str
    hint: str


# the first that matches wins, so the specific ones come first
_MEANINGS = (
    _Meaning(
        r"No space left on device|Disk quota exceeded",
        "the disk is full",
        "Free some space, then try again.",
    ),
    _Meaning(
        r"Read-only file system|Permission denied$|insufficient permission|unable to create file .*Permission denied",
        "the file system does not allow writing there",
        "Check who owns the repository and the worktrees folder.",
    ),
    _Meaning(
        r"not a git repository",
        "it is not a git repository",
        "Point the project's `repository` at the top folder of one, or run `git init` there.",
    ),
    _Meaning(
        r"dubious ownership",
        "the repository belongs to another user",
        "Run as the user who owns it, or change its owner.",
    ),
    _Meaning(
        r"could not read Username|Authentication failed|terminal prompts disabled|Permission denied \(|"
        r"Host key verification failed|could not read Password",
        "the remote did not accept our credentials",
        "Set up a credential helper or an ssh key for the user who runs this, and try `git fetch` by hand.",
    ),
    _Meaning(
        r"transport '\w+' not allowed",
        "its address uses a transport that is not allowed",
        "Use an https or ssh address.",
    ),
    _Meaning(
        r"Could not resolve host|Connection refused|Connection timed out|Network is unreachable|Connection reset|"
        r"Operation too slow|The requested URL returned error|SSL|unable to access",
        "the remote cannot be reached",
        "Check the address and the network, then try again.",
    ),
    _Meaning(
        r"does not appear to be a git repository|[Rr]epository .*not (?:found|exist)|does not exist",
        "the repository it points to does not exist",
        "Check the address of the remote.",
    ),
    _Meaning(
        r"bad object|loose object .* is corrupt|object file .* is empty|unable to read (?:tree|sha1)|missing blob",
        "the repository is damaged",
        "Run `git fsck` there.",
    ),
)


def without_credentials(text: str) -> str:
    """`text` with user names and passwords removed from addresses."""
    return _USERINFO.sub(r"\1***@", text)


def lock_file(words: str) -> str:
    """Path of the lock file git stumbled over; '' when that is not what `words` are about."""
    found = _LOCK.search(words)
    return found.group(1) if found else ""


def is_busy(words: str) -> bool:
    """Whether somebody else holds what git wanted for a moment, so that trying again makes sense."""
    return bool(lock_file(words) or _BUSY.search(words))


def fault(words: str, *, doing: str) -> WorkspaceError:
    """The error for git having said `words` while `doing` (such as `fetch origin`)."""
    said = without_credentials(words.strip())[:MAX_WORDS]
    for meaning in _MEANINGS:
        if re.search(meaning.pattern, words, re.MULTILINE):
            return WorkspaceError(f"Could not {doing}: {meaning.message}. Git said: {said}", hint=meaning.hint)
    return WorkspaceError(
        f"Could not {doing}. Git said: {said or 'nothing'}", hint="Try the same by hand in the repository to see more."
    )
