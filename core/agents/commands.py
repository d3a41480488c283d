"""Simple commands in a normal form: which program really runs, whatever runs it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import dropwhile

from core.agents.shell import Word, is_assignment


def names(text: str) -> frozenset[str]:
    """The words of `text` as a set."""
    return frozenset(text.split())


CONTROL_WORDS = names("if then else elif fi for while until do done case esac select function coproc { } ! time [[")
RUNNERS = names("command builtin exec nohup nice env setsid stdbuf ionice xargs busybox")
"""Programs that run the command named after them."""
SHELLS = names("sh bash dash zsh ksh")
HARMLESS_VARIABLES = names(
    "CI COLUMNS DEBUG FORCE_COLOR LANG LC_ALL LINES NODE_ENV NO_COLOR PYTHONDONTWRITEBYTECODE PYTHONHASHSEED PYTHONPATH"
    " PYTHONUNBUFFERED PYTHONWARNINGS RUST_BACKTRACE TERM TZ"
)

_DURATION = re.compile(r"[0-9]+(?:\.[0-9]+)?[smhd]?", re.ASCII)
_QUIET_GIT_OPTIONS = names("--no-pager -P --no-optional-locks --literal-pathspecs")
_VALUED_GIT_OPTIONS = names("-C -c --git-dir --work-tree --namespace --exec-path --config-env")

Words = tuple[Word, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NormalCommand:
    """The command that really runs; `reason` says why rules may not allow it by themselves ('' when they may)."""

    words: Words
    reason: str = ""

    @property
    def name(self) -> str:
        """The program; '' when there is none."""
        return self.words[0].text if self.words else ""


def normal_form(words: Words, *, is_worktree: Callable[[str], bool]) -> NormalCommand:
    """`words` without what only runs another command; `is_worktree` tells whether a path is the worktree's root."""
    reason = ""
    while words:
        stripped, why = _stripped(words[0], words[1:])
        reason = reason or why
        if len(stripped) == len(words) and stripped[0] == words[0]:
            break
        words = stripped
    if words and words[0].text == "git":
        rest, why = _git_without_options(words[1:], is_worktree=is_worktree)
        return NormalCommand(words=(words[0], *rest), reason=reason or why)
    return NormalCommand(words=words, reason=reason)


def _stripped(first: Word, rest: Words) -> tuple[Words, str]:
    name = first.text
    if name in CONTROL_WORDS:
        return rest, "It is part of a control structure, which is not followed."
    if name in RUNNERS and rest:
        run = tuple(dropwhile(lambda word: word.text.startswith("-") or is_assignment(word.text), rest))
        return run, f"It is run through {name}."
    if name == "timeout":
        return _without_timeout(rest)
    base = name.rpartition("/")[2]
    if base and base != name and not first.dynamic:
        return (Word(text=base), *rest), "The program is named by a path and may be any file."
    return (first, *rest), ""


def _without_timeout(words: Words) -> tuple[Words, str]:
    rest = tuple(dropwhile(lambda word: word.text in ("--foreground", "--preserve-status", "-v"), words))
    if rest and not rest[0].dynamic and _DURATION.fullmatch(rest[0].text):
        return rest[1:], ""
    rest = tuple(dropwhile(lambda word: word.text.startswith("-") or bool(_DURATION.fullmatch(word.text)), rest))
    return rest, "It is run through timeout."


def _git_without_options(words: Words, *, is_worktree: Callable[[str], bool]) -> tuple[Words, str]:
    reason = ""
    while words and words[0].text.startswith("-"):
        option = words[0].text
        here = option == "-C" and len(words) > 1 and not words[1].dynamic and is_worktree(words[1].text)
        if option not in _QUIET_GIT_OPTIONS and not here:
            reason = f"git is told {option}, which can change what it runs and where."
        words = words[2 if option in _VALUED_GIT_OPTIONS else 1 :]
    return words, reason


def inner_script(command: NormalCommand) -> Word | None:
    """The script a shell is given on its command line (`sh -c '…'`); None when there is none."""
    if command.name not in SHELLS:
        return None
    for index, word in enumerate(command.words[1:-1], start=1):
        if word.text.startswith("-") and not word.text.startswith("--") and "c" in word.text:
            return command.words[index + 1]
    return None


def is_plain_script(command: NormalCommand) -> bool:
    """Whether a shell gets one script and nothing else that could change what it means."""
    return len(command.words) == 3 and command.words[1].text in ("-c", "-lc")
