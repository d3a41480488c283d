"""What git and GitHub say when a push is not taken, as errors of the forge port. Pure."""

import re
from dataclasses import dataclass

from adapters.github.errors import KeyRefusedError
from core.domain.errors import ConflictError, OrchestratorError
from core.forge import ForgeDeniedError, ForgeRefusedError, ForgeUnavailableError
from core.workspaces.git_fault import without_credentials

MAX_WORDS = 400
Kind = type[ForgeDeniedError] | type[ForgeRefusedError] | type[ForgeUnavailableError] | type[ConflictError]


@dataclass(frozen=True, slots=True)
class _Meaning:
    pattern: str
    kind: Kind
    message: str
    hint: str


# the first that matches wins, so the specific ones come first
_MEANINGS = (
    _Meaning(
        r"GH009|GH013.*secret|[Pp]ush cannot contain secrets|PUSH PROTECTION",
        ForgeRefusedError,
        "GitHub found a secret in the commits",
        "Take the secret out of the branch's history, and renew it where it is used.",
    ),
    _Meaning(
        r"without `?workflows?`? (?:scope|permission)|`workflows?` (?:scope|permission)",
        ForgeDeniedError,
        "the branch changes GitHub Actions workflows, and our token may not",
        "Give the token or App the permission Workflows: write (`workflow` for classic tokens).",
    ),
    _Meaning(
        r"GH001|exceeds GitHub's file size limit|[Ll]arge files detected",
        ForgeRefusedError,
        "a file is larger than GitHub takes",
        "Take the file out of the branch's history, or keep it in Git LFS.",
    ),
    _Meaning(
        r"GH006|GH013|[Pp]rotected branch|[Rr]epository rule violations",
        ForgeRefusedError,
        "the branch is protected",
        "Let the rules of the repository allow our user or App to push branches of this name.",
    ),
    _Meaning(
        r"archived so it is read-only|repository was archived",
        ForgeRefusedError,
        "the repository is archived, so nothing can be changed in it",
        "Unarchive it in its settings on GitHub, or bind the project to another one.",
    ),
    _Meaning(
        r"stale info|non-fast-forward|fetch first|cannot lock ref|reference already exists",
        ConflictError,
        "somebody else changed the branch at this very moment",
        "Look at the branch on GitHub, then publish again.",
    ),
    _Meaning(
        r"Authentication failed|could not read (?:Username|Password)|[Ii]nvalid username or (?:password|token)|"
        r"returned error: 401|terminal prompts disabled",
        KeyRefusedError,
        "GitHub does not accept our token",
        "It may have expired or been revoked: make a new one and set it in [github].",
    ),
    _Meaning(
        r"returned error: 403|Permission to .* denied|Write access to repository not granted",
        ForgeDeniedError,
        "our token may not write to the repository",
        "Give the token or App the permission Contents: write.",
    ),
    _Meaning(
        r"returned error: 404|[Rr]epository .*not found",
        ForgeDeniedError,
        "GitHub shows us no such repository",
        "Check its name, and that the token or App has access to it.",
    ),
    _Meaning(
        r"Could not resolve host|Connection (?:refused|reset|timed out)|[Nn]etwork is unreachable|Operation too slow|"
        r"returned error: (?:429|5\d\d)|SSL|unable to access|hung up unexpectedly|early EOF|RPC failed|"
        r"unexpected disconnect|Empty reply",
        ForgeUnavailableError,
        "GitHub cannot be reached, or broke off",
        "Check the network and GitHub's status page, then try again.",
    ),
)


def push_fault(words: str, *, doing: str) -> OrchestratorError:
    """The error for git having said `words` while `doing` (such as `push branch x`)."""
    said = " ".join(without_credentials(words).split())[:MAX_WORDS]
    for meaning in _MEANINGS:
        if re.search(meaning.pattern, words, re.MULTILINE):
            return meaning.kind(f"Could not {doing}: {meaning.message}. Git said: {said}", hint=meaning.hint)
    return ForgeRefusedError(f"Could not {doing}. Git said: {said or 'nothing'}", hint="Try it by hand to see more.")


def took_too_long(*, doing: str, timeout_s: float) -> ForgeUnavailableError:
    """Git was ended because the time was up."""
    return ForgeUnavailableError(
        f"Could not {doing}: it was not done after {timeout_s:.0f} s.", hint="Check the network, then try again."
    )
