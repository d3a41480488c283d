"""Permission rules from `permissions.toml`: the project's own first, then the user's, then the shipped ones."""

import re
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, model_validator

from config.documents import Document, checked, toml_of
from config.user_files import data_folders
from core.agents.permissions import Effect, Rule
from core.agents.rule_policy import RulePolicy
from core.domain.approval import Risk

FILE_NAME = "permissions.toml"


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _expression(value: str) -> str:
    try:
        re.compile(value)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}.") from error
    return value


Texts = Annotated[tuple[str, ...], BeforeValidator(_listed)]


class RuleDocument(Document):
    """One `[[rules]]` table: one rule for each tool and argument it lists."""

    effect: Effect
    tool: Texts = ("*",)
    command: Texts = ()
    """Patterns for the commands of Bash."""
    path: Texts = ()
    """Patterns for paths relative to the worktree."""
    url: Texts = ()
    matches: Annotated[str, AfterValidator(_expression)] = ""
    """A regular expression the whole argument must match, besides the patterns."""
    reason: str = ""
    risk: Risk = Risk.MEDIUM
    projects: tuple[str, ...] = ()
    """The projects the rule is for; empty for all."""

    @model_validator(mode="after")
    def _one_argument(self) -> "RuleDocument":
        if sum(map(bool, (self.command, self.path, self.url))) > 1:
            raise ValueError("give only one of command, path and url.")
        return self

    def rules(self) -> list[Rule]:
        """The rules this table stands for."""
        return [
            Rule(
                effect=self.effect,
                tool=tool,
                argument=argument,
                expression=self.matches,
                reason=self.reason,
                risk=self.risk,
            )
            for tool in self.tool
            for argument in (self.command or self.path or self.url or ("*",))
        ]


class PermissionsDocument(Document):
    """A rules file."""

    rules: tuple[RuleDocument, ...] = ()


def load_permissions(home: Path, *, project: str = "") -> RulePolicy:
    """The rules that hold in `project`; ConfigurationError when a file of them cannot be used."""
    found: list[Rule] = []
    for folder in reversed(data_folders(home, project=project)):
        path = folder / FILE_NAME
        document = checked(PermissionsDocument, toml_of(path) if path.is_file() else {}, source=str(path))
        for table in document.rules:
            if not table.projects or project in table.projects:
                found += table.rules()
    return RulePolicy(rules=tuple(found))
