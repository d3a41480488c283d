"""Confinement: where a path really leads, and whether that is still inside the worktree."""

import glob
import os
import re
import unicodedata
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

HARMLESS_DEVICES = frozenset({"/dev/null", "/dev/stdin", "/dev/stdout", "/dev/stderr"})
MAX_MATCHES = 1000
MAX_WILD_PARTS = 3
_OUTER_BLANKS = re.compile(r"^[\s\ufeff]+|[\s\ufeff]+$")
_WILD = re.compile(r"[*?\[]")
_BRACKETS = re.compile(r"\[[^/]*\]")


def inside(path: str, *, worktree: Path, folder: Path | None = None) -> str | None:
    """`path` relative to the worktree after following every link, `.` for the worktree itself; None when outside.

    Relative paths count from `folder` (the worktree when None). A file that does not exist yet is where its deepest
    existing folder leads. Both readings of `link/..` must be inside: the file system's and that of programs which
    shorten paths first.
    """
    if path.startswith("~"):
        return None
    joined = os.path.join(folder or worktree, path)  # noqa: PTH118 - pathlib drops what is looked at here
    found = _relative(joined, worktree=worktree)
    shortened = _relative(os.path.normpath(joined), worktree=worktree)
    return found if shortened is not None else None


def _relative(path: str, *, worktree: Path) -> str | None:
    try:
        root = os.path.realpath(worktree)
        real = os.path.realpath(path)
        # What is still a link after all links were followed is a circle.
        if os.path.islink(real):  # noqa: PTH114 - str in, str out
            return None
    except (ValueError, OSError):
        return None
    return Path(real).relative_to(root).as_posix() if Path(real).is_relative_to(root) else None


def inside_as_tools_read(path: str, *, worktree: Path) -> str | None:
    """Like `inside`, for file tools: they also trim blanks and normalise Unicode; all these readings must be inside."""
    trimmed = _OUTER_BLANKS.sub("", path)
    readings = dict.fromkeys((path, trimmed, unicodedata.normalize("NFC", trimmed)))
    found = [inside(reading, worktree=worktree) for reading in readings]
    return None if None in found else found[-1]


def in_git_folder(relative: str) -> bool:
    """Whether a path inside the worktree belongs to git itself; also as file systems without case spell it."""
    return any(part.casefold() == ".git" for part in relative.split("/"))


def expansions(pattern: str, *, worktree: Path, folder: Path) -> list[str] | None:
    """What a shell may make of a word with wildcards, itself included; None when that cannot be told."""
    parts = pattern.split("/")
    wild = [part for part in parts if _WILD.search(part)]
    # `.*` may or may not mean `..`, as the shell's version goes.
    if len(wild) > MAX_WILD_PARTS or any(part.startswith(".") for part in wild):
        return None
    literal = parts[: parts.index(wild[0])] if wild else parts
    if inside("/".join(literal) or ("/" if pattern.startswith("/") else "."), worktree=worktree, folder=folder) is None:
        return [pattern]
    try:
        matches = list(islice(_matches(pattern, folder=folder), MAX_MATCHES + 1))
    except (ValueError, OSError):
        return None
    # A file called `-x` becomes an option of the command.
    if len(matches) > MAX_MATCHES or any(match.startswith("-") for match in matches):
        return None
    return [pattern, *matches]


def _matches(pattern: str, *, folder: Path) -> Iterator[str]:
    # A bracket is read as `*`: more matches than the shell's, whose brackets have rules of their own.
    return glob.iglob(_BRACKETS.sub("*", pattern), root_dir=folder)  # noqa: PTH207 - a root beside a relative pattern
