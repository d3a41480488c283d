"""The first `orchestrator.toml`: its text from a few answers."""

import json
from dataclasses import dataclass

from core.domain.project import PlanGate


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstProject:
    """What the wizard asks. `place` is a folder, relative to the file, or a URL that git clones."""

    name: str
    place: str
    is_url: bool = False
    verify: str = ""
    plan_gate: PlanGate = PlanGate.ALWAYS


def settings_text(project: FirstProject) -> str:
    """A settings file that binds one project, with what may be set next as comments."""
    where = "url" if project.is_url else "path"
    verify = f"verify = {_quoted(project.verify)}" if project.verify else '# verify = "make test"'
    return f"""\
# Settings of the orchestrator. Every key: orchestrator config show
# The key of the agents' model comes from the environment: ANTHROPIC_API_KEY

[projects.{toml_key(project.name)}]
{where} = {_quoted(project.place)}
# Runs in the worktree of each task; work counts as tested only when it succeeds.
{verify}
# When the plan is shown before work starts: always, complex (only for complex requests), never.
plan_gate = {_quoted(project.plan_gate.value)}
# base_branch = "main"
# model = "claude-sonnet-5-5"

# [agents]
# concurrency = 5
"""


def toml_key(name: str) -> str:
    """`name` as a part of a table's name."""
    return name if "." not in name else _quoted(name)


def _quoted(text: str) -> str:
    """A TOML basic string: JSON's escapes are among TOML's, which wants DEL escaped as well."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
