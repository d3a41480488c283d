"""Verdicts on shell commands: every simple command must be allowed for the whole to be."""

import shlex
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from core.agents.command_paths import WITHOUT_PATHS, path_readings, path_words
from core.agents.commands import HARMLESS_VARIABLES, NormalCommand, inner_script, is_plain_script, normal_form
from core.agents.confinement import HARMLESS_DEVICES, expansions, in_git_folder, inside
from core.agents.file_rules import OUTSIDE, write_verdict
from core.agents.permissions import Effect, Rule, Verdict, asked, at_most_asked, denied, first_match
from core.agents.shell import Redirection, SimpleCommand, Word, read_script
from core.domain.approval import Risk

MAX_FOLDERS = 8
MAX_REASONS = 3
MAX_NESTED_SHELLS = 3
MAX_WORDS = 500
"""Each word may be looked up on the disk."""
SHELL = "Bash"
RISKS = (Risk.LOW, Risk.MEDIUM, Risk.HIGH)
UNREADABLE = "The command is too complex to be checked by rules."
UNKNOWN_VALUE = "It uses values that are known only when it runs."
FOLDER_STAYS = "The working folder stays the worktree's root. Name paths from there, or write (cd folder && command)."


def shell_verdict(rules: tuple[Rule, ...], *, command: str, worktree: Path, nested: int = 0) -> Verdict:
    """The verdict on a whole command line: the strictest one among its simple commands."""
    script = read_script(command)
    if sum(len(simple.words) for simple in script.commands) > MAX_WORDS:
        return asked(UNREADABLE, risk=Risk.HIGH)
    commands = [(simple, normal_form(simple.words, is_worktree=_RootTest(worktree))) for simple in script.commands]
    folders = working_folders((normal for _, normal in commands), worktree=worktree)
    judge = _Judge(rules=rules, worktree=worktree, folders=folders or (worktree,), nested=nested)
    verdicts = [judge.verdict(simple, normal) for simple, normal in commands]
    if not script.understood or folders is None:
        verdicts.append(asked(UNREADABLE, risk=Risk.HIGH))
    return strictest(verdicts) if verdicts else asked("There is no command.", risk=Risk.LOW)


def strictest(verdicts: Iterable[Verdict]) -> Verdict:
    """The first denial, else one question with all reasons and the highest risk, else the allowing one."""
    found = list(verdicts)
    for verdict in found:
        if verdict.effect is Effect.DENY:
            return verdict
    questions = [verdict for verdict in found if verdict.effect is Effect.ASK]
    if not questions:
        return found[0]
    reasons = list(dict.fromkeys(verdict.reason for verdict in questions if verdict.reason))
    risk = max((verdict.risk for verdict in questions), key=RISKS.index)
    return asked(" ".join(reasons[:MAX_REASONS]), risk=risk)


def working_folders(commands: Iterable[NormalCommand], *, worktree: Path) -> tuple[Path, ...] | None:
    """Every folder the commands may run in, as `cd` changes it; None when that cannot be told."""
    folders = [worktree]
    for command in commands:
        if command.name in ("pushd", "popd"):
            return None
        if command.name == "cd":
            target = folder_change(command)
            if target is None or len(folders) > MAX_FOLDERS:
                return None
            folders += [folder / target for folder in folders]
    return tuple(dict.fromkeys(folders))


def folder_change(command: NormalCommand) -> str | None:
    """Where a `cd` goes; None when that is known only when it runs."""
    if len(command.words) != 2:
        return None
    word = command.words[1]
    return None if word.dynamic or word.pattern or word.tilde or word.text.startswith("-") else word.text


def harmless_words(command: NormalCommand) -> bool:
    """Whether the command does the same whatever its words turn out to be: it only prints or counts them."""
    return command.name in WITHOUT_PATHS and not command.words[0].dynamic


@dataclass(frozen=True, slots=True)
class _RootTest:
    """Whether a path is the worktree's root."""

    worktree: Path

    def __call__(self, path: str) -> bool:
        return inside(path, worktree=self.worktree) == "."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judge:
    """Judges the simple commands of one script."""

    rules: tuple[Rule, ...]
    worktree: Path
    folders: tuple[Path, ...]
    nested: int

    def verdict(self, simple: SimpleCommand, command: NormalCommand) -> Verdict:
        """The strictest of what confinement, redirections and rules say."""
        words = [*path_words(command), *simple.assignments, *(item.target for item in simple.redirections)]
        if any(self._leads_out(word) for word in words):
            return denied(OUTSIDE)
        verdicts = [self._written(item) for item in simple.redirections if item.writes]
        if simple.assignments or simple.words or not verdicts:
            verdicts.append(self._by_rules(simple, command))
        verdict = strictest(verdicts)
        for reason in self._doubts(simple, command, words=words):
            verdict = at_most_asked(verdict, reason=reason)
        return verdict

    def _by_rules(self, simple: SimpleCommand, command: NormalCommand) -> Verdict:
        if not command.words:
            return asked(command.reason or "It sets variables for later commands.")
        if command.name == "cd":
            return self._folder_changed(simple, command)
        verdict = first_match(self.rules, tool=SHELL, argument=shlex.join(word.text for word in command.words))
        script = inner_script(command)
        if command.name == "eval":
            script = Word(text=" ".join(word.text for word in command.words[1:]))
        if script is None or verdict.effect is Effect.DENY:
            return verdict
        return self._inner(command, script)

    def _inner(self, command: NormalCommand, script: Word) -> Verdict:
        if self.nested >= MAX_NESTED_SHELLS:
            return asked(UNREADABLE, risk=Risk.HIGH)
        inner = shell_verdict(self.rules, command=script.text, worktree=self.worktree, nested=self.nested + 1)
        # Elsewhere than in the worktree's root, the paths in it mean something else.
        if is_plain_script(command) and self.folders == (self.worktree,):
            return inner
        return at_most_asked(inner, reason="It runs a script inside a shell.")

    def _folder_changed(self, simple: SimpleCommand, command: NormalCommand) -> Verdict:
        target = folder_change(command)
        if target is None:
            return asked(UNKNOWN_VALUE)
        stays = simple.nested or all(inside(target, worktree=self.worktree, folder=at) == "." for at in self.folders)
        # A later call would start in the other folder, where its paths mean something else.
        return Verdict(effect=Effect.ALLOW) if stays else denied(FOLDER_STAYS)

    def _written(self, redirection: Redirection) -> Verdict:
        word = redirection.target
        if word.dynamic or word.pattern:
            return asked(UNKNOWN_VALUE)
        if word.text in HARMLESS_DEVICES:
            return Verdict(effect=Effect.ALLOW)
        places = [inside(word.text, worktree=self.worktree, folder=folder) for folder in self.folders]
        return strictest(write_verdict(self.rules, tool="Write", relative=place or ".") for place in places)

    def _doubts(self, simple: SimpleCommand, command: NormalCommand, *, words: Iterable[Word]) -> Iterator[str]:
        """Why a person should see the command although a rule allows it."""
        if command.reason:
            yield command.reason
        unknown = words if harmless_words(command) else (*simple.words, *words)
        if any(word.dynamic for word in unknown):
            yield UNKNOWN_VALUE
        names = {word.text.partition("=")[0] for word in simple.assignments}
        if names - HARMLESS_VARIABLES:
            yield "It sets variables that can change what the command does."
        for word in words:
            if word.pattern and any(self._expansions(word, folder) is None for folder in self.folders):
                yield "Its wildcards cannot be checked."
            if any(in_git_folder(place) for place in self._places(word) if place):
                yield "It touches git's own files."

    def _leads_out(self, word: Word) -> bool:
        return word.tilde or None in self._places(word)

    def _places(self, word: Word) -> list[str | None]:
        """Where everything the word may name lies in the worktree; None for what lies outside."""
        if word.dynamic:
            return []
        found: list[str | None] = []
        for folder in self.folders:
            texts = self._expansions(word, folder) or [word.text]
            readings = (reading for text in texts for reading in path_readings(text) if reading not in HARMLESS_DEVICES)
            found += [inside(reading, worktree=self.worktree, folder=folder) for reading in readings]
        return found

    def _expansions(self, word: Word, folder: Path) -> list[str] | None:
        return expansions(word.text, worktree=self.worktree, folder=folder) if word.pattern else [word.text]
