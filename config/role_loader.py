"""Roles from Markdown files: YAML front matter says how the agent runs, the text below is its prompt."""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from config.documents import Document, checked, text_of, yaml_of
from config.user_files import data_files, each_read
from core.domain.errors import ConfigurationError
from core.domain.role import Effort, ResultKind, Role, RoleLimits

FENCE = "---"


class LimitsDocument(Document):
    """`limits:` of the front matter."""

    timeout_s: Annotated[float, Field(gt=0)] | None = None
    max_turns: Annotated[int, Field(ge=1)] = 60
    max_budget_usd: Annotated[float, Field(gt=0)] | None = None
    max_memory_mb: Annotated[int, Field(ge=256)] | None = None


class RoleDocument(Document):
    """The front matter of a role file."""

    description: Annotated[str, Field(min_length=1)]
    model: Annotated[str, Field(min_length=1)]
    result: ResultKind
    writes: bool = False
    tools: tuple[str, ...] = ()
    effort: Effort | None = None
    thinking_tokens: Annotated[int, Field(ge=1024)] | None = None
    fallback_model: str | None = None
    simple_model: str = ""
    complex_model: str = ""
    limits: LimitsDocument = LimitsDocument()


def load_roles(home: Path, *, timeout_s: float = 1800.0, project: str = "") -> dict[str, Role]:
    """Every role by name, those of `project` first; `timeout_s` bounds an agent run where the role says nothing else.

    Raises ConfigurationError that names what is wrong in all files.
    """

    def read(name: str, path: Path) -> Role:
        return role_from(text_of(path), name=name, source=str(path), timeout_s=timeout_s)

    return each_read(data_files(home, kind="roles", suffix=".md", project=project), read)


def role_from(text: str, *, name: str, source: str, timeout_s: float) -> Role:
    """The role a Markdown text describes; ConfigurationError when it cannot be used."""
    lines = text.lstrip("\ufeff").splitlines()
    ends = [index for index, line in enumerate(lines) if line.rstrip() == FENCE]
    if len(ends) < 2 or ends[0] != 0:
        raise ConfigurationError(
            f"{source}: it does not begin with settings between two lines of ---.",
            source=source,
            hint="Begin with ---, description, model and result, then --- and the prompt.",
        )
    front = checked(
        RoleDocument,
        yaml_of("\n".join(lines[1 : ends[1]]), source=source, first_line=2) or {},
        source=source,
        hint="Correct the lines between the two ---.",
    )
    prompt = "\n".join(lines[ends[1] + 1 :]).strip()
    if not prompt:
        raise ConfigurationError(
            f"{source}: it has no prompt.", source=source, hint="Write below the second --- what the agent is to do."
        )
    return Role(
        name=name,
        description=front.description,
        prompt=prompt,
        model=front.model,
        result=front.result,
        writes=front.writes,
        tools=front.tools,
        effort=front.effort,
        thinking_tokens=front.thinking_tokens,
        fallback_model=front.fallback_model,
        simple_model=front.simple_model,
        complex_model=front.complex_model,
        limits=RoleLimits(
            timeout_s=front.limits.timeout_s or timeout_s,
            max_turns=front.limits.max_turns,
            max_budget_usd=front.limits.max_budget_usd,
            max_memory_mb=front.limits.max_memory_mb,
        ),
    )
