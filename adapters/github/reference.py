"""How people write issues, and how git writes repositories; read without asking anybody. Pure."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import urlsplit

_OWNER = r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,99})"
_NAME = r"[A-Za-z0-9._-]{1,100}"
_NUMBER = r"[1-9][0-9]{0,9}"
_FULL = re.compile(rf"({_OWNER})/({_NAME})")
_SHORT = re.compile(rf"(?:({_OWNER}/{_NAME}))?#?({_NUMBER})", re.ASCII)
_PATH = re.compile(rf"/({_OWNER}/{_NAME})/(issues|pull)/({_NUMBER})(?:/(?:files|commits|checks|changes))?/?", re.ASCII)
_ISSUE, _PULL = "issues", "pull"
_SCP = re.compile(r"(?:[\w.-]+@)?([\w.-]+):(?!//)/?(.+)", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueName:
    """An issue or a pull request, which share their numbers; `repository` is `owner/repo`, '' for the project's own."""

    repository: str = ""
    number: int

    def __str__(self) -> str:
        return f"{self.repository}#{self.number}"


def issue_name(reference: str, *, host: str) -> IssueName | None:
    """What `123`, `#123`, `owner/repo#123` or an address at `host` names; None when it names no issue."""
    return _name(reference, host=host, kinds=(_ISSUE,))


def pull_name(reference: str, *, host: str) -> IssueName | None:
    """The same for a pull request."""
    return _name(reference, host=host, kinds=(_PULL,))


def subject_name(reference: str, *, host: str) -> IssueName | None:
    """The same for either."""
    return _name(reference, host=host, kinds=(_ISSUE, _PULL))


def _name(reference: str, *, host: str, kinds: Collection[str]) -> IssueName | None:
    if "://" in reference:
        return _from_address(reference, host=host, kinds=kinds)
    found = _SHORT.fullmatch(reference)
    if found is None or (found[1] and "#" not in reference):
        return None
    return IssueName(repository=found[1] or "", number=int(found[2]))


def repository_name(address: str, *, host: str) -> str:
    """`owner/repo` of a repository's address, as git takes them; '' when it is none at `host`."""
    where, path = _host_and_path(address)
    if where.lower() not in {host.lower(), host.lower().rpartition(":")[0] or host.lower(), f"ssh.{host.lower()}"}:
        return ""
    name = path.strip("/").removesuffix(".git")
    return name if is_repository_name(name) else ""


def is_repository_name(name: str) -> bool:
    """Whether it is `owner/repo`, as GitHub allows them."""
    found = _FULL.fullmatch(name)
    return bool(found) and found[2] not in {".", ".."}


def _from_address(address: str, *, host: str, kinds: Collection[str]) -> IssueName | None:
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    found = _PATH.fullmatch(parts.path)
    if parts.scheme not in {"http", "https"} or parts.netloc.lower() != host.lower():
        return None
    if found is None or found[2] not in kinds:
        return None
    return IssueName(repository=found[1], number=int(found[3]))


def _host_and_path(address: str) -> tuple[str, str]:
    if "://" not in address:
        found = _SCP.fullmatch(address)
        return (found[1], found[2]) if found else ("", "")
    try:
        parts = urlsplit(address)
        where = (parts.hostname or "") if parts.scheme.endswith("ssh") else parts.netloc.rpartition("@")[2]
    except ValueError:
        return "", ""
    return where, parts.path
