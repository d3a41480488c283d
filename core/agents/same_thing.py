"""What may be done again for the rest of a task: which calls are the same thing, and the policy that lets them by."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from core.agents.confinement import inside_as_tools_read
from core.agents.permissions import Effect, PermissionPolicy, Verdict
from core.agents.rule_policy import UNSANDBOXED
from core.agents.shell_rules import SHELL

FILE_KEYS: Mapping[str, str] = {
    "Read": "file_path",
    "Edit": "file_path",
    "Write": "file_path",
    "MultiEdit": "file_path",
    "NotebookEdit": "notebook_path",
    "NotebookRead": "notebook_path",
}
"""Tools that act on one file: with them the same thing is the same file, whatever is done to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Permitted:
    """A thing that may be done again, and the approval that says so."""

    tool: str
    what: str
    approval: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PermittingPolicy:
    """Implements `PermissionPolicy`: `policy`, but what was permitted is not asked about; what it denies stays so."""

    policy: PermissionPolicy
    permitted: Mapping[tuple[str, str], str]
    """Tool and thing → the approval."""

    def decide(self, *, tool: str, tool_input: Mapping[str, object], worktree: Path) -> Verdict:
        """The verdict on one call."""
        verdict = self.policy.decide(tool=tool, tool_input=tool_input, worktree=worktree)
        if verdict.effect is not Effect.ASK:
            return verdict
        approval = self.permitted.get((tool, same_thing(tool, tool_input, worktree=worktree)))
        if approval is None:
            return verdict
        return Verdict(effect=Effect.ALLOW, reason=f"{approval} permits it for the whole task.", risk=verdict.risk)


def permitting(policy: PermissionPolicy, permitted: Iterable[Permitted]) -> PermissionPolicy:
    """`policy` with these exceptions; one without a thing to compare counts for nothing."""
    known = {(one.tool, one.what): one.approval for one in permitted if one.what}
    return PermittingPolicy(policy=policy, permitted=known) if known else policy


def same_thing(tool: str, tool_input: Mapping[str, object], *, worktree: Path) -> str:
    """What makes another call of `tool` the same thing: equal texts mean the same; '' when nothing can be compared.

    Of a shell command it is the whole text, of a file tool the file inside the worktree (each step may have a worktree
    of its own), of every other tool the whole input.
    """
    if tool == SHELL:
        command = tool_input.get("command")
        if not isinstance(command, str) or not command:
            return ""
        # a command that was permitted in the sandbox is not the same thing outside of it
        return _text({"command": command, "sandbox": not tool_input.get(UNSANDBOXED)})
    if tool in FILE_KEYS:
        path = tool_input.get(FILE_KEYS[tool])
        file = inside_as_tools_read(path, worktree=worktree) if isinstance(path, str) and path else None
        return _text({"file": file}) if file is not None else ""
    return _text(tool_input)


def _text(value: Mapping[str, object]) -> str:
    return json.dumps(dict(value), sort_keys=True, separators=(",", ":"), default=str)
