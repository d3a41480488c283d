"""The permission policy made of rules: confinement to the worktree first, then the first rule that fits."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from core.agents.confinement import inside_as_tools_read
from core.agents.file_rules import OUTSIDE, PATH_KEYS, file_verdict
from core.agents.permissions import Rule, Verdict, asked, at_most_asked, denied, first_match
from core.agents.shell_rules import SHELL, shell_verdict
from core.domain.approval import Risk

OTHER_PATH_KEYS = ("file_path", "notebook_path", "path")
ARGUMENT_KEYS = ("url", "query")
FOREIGN_TOOLS = "mcp__"
UNSANDBOXED = "dangerouslyDisableSandbox"


@dataclass(frozen=True, slots=True, kw_only=True)
class RulePolicy:
    """Implements `PermissionPolicy`; total: whatever the input, there is a verdict.

    What leads outside the worktree is denied before any rule is looked at. Links are resolved when the call is judged:
    a program that swaps a file for a link right afterwards is the sandbox's business.
    """

    rules: tuple[Rule, ...]

    def decide(self, *, tool: str, tool_input: Mapping[str, object], worktree: Path) -> Verdict:
        """The verdict on one call."""
        if tool == SHELL:
            return self._shell(tool_input, worktree=worktree)
        if tool in PATH_KEYS:
            return file_verdict(self.rules, tool=tool, tool_input=tool_input, worktree=worktree)
        # Tools of other servers give these names meanings of their own.
        paths = [tool_input.get(key) for key in OTHER_PATH_KEYS] if not tool.startswith(FOREIGN_TOOLS) else []
        named = [path for path in paths if isinstance(path, str) and path]
        if any(inside_as_tools_read(path, worktree=worktree) is None for path in named):
            return denied(OUTSIDE)
        argument = next((value for key in ARGUMENT_KEYS if isinstance(value := tool_input.get(key), str)), "")
        return first_match(self.rules, tool=tool, argument=argument)

    def _shell(self, tool_input: Mapping[str, object], *, worktree: Path) -> Verdict:
        command = tool_input.get("command")
        if not isinstance(command, str):
            return asked("There is no command.", risk=Risk.LOW)
        verdict = shell_verdict(self.rules, command=command, worktree=worktree)
        if tool_input.get(UNSANDBOXED):
            return at_most_asked(verdict, reason="It asks to run outside the sandbox.", risk=Risk.HIGH)
        return verdict
