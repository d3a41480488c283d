"""A new template file with comments in it, for a person to fill in; it can be used as it is."""

import os
from pathlib import Path

from config.template_files import KIND, SUFFIX
from config.user_files import NAME, NAME_RULE, PROJECTS
from core.domain.errors import ConfigurationError, ConflictError, InvalidInputError
from core.domain.template import Template

_FRESH = """\
name: {name}
version: 1.0
description: One sentence that says what this template is for.

# What may be filled in. Each has a type: text (when nothing is said), integer, number, boolean, choice or list, and may
# have: description, required, default, choices, minimum, maximum, pattern (a regular expression).
parameters:
  what:
    description: What is to be done
    required: true
  where:
    description: Files or folders to look at first

# What is asked for. {{{{what}}}} stands for the value; a line whose values are all empty is left out.
request: |
  Do this: {{{{what}}}}
  Look first at: {{{{where}}}}

{settings}"""

_CHILD = """\
name: {name}
version: 1.0
extends: {parent}
# What is not said here is as in {parent}: orchestrator template show {parent}

# description: One sentence that says what this template is for.

# Parameters are taken over by name; here a default is set, or one is added. There are:
{parameters}
# parameters:
#   {first}:
#     default: what is meant when nothing is said

# request: |
#   Another text, with the same parameters.

{settings}"""

_SETTINGS = """\
# How it is worked on; what is left out is as the project and the request say.
# workflow: bug_fix            # see: orchestrator workflow list
# project: shop
# priority: normal             # high, normal, low
# mode: auto                   # auto, parallel, sequential
# model: claude-opus-5-5
# plan_gate: always            # always, complex, never
# include_analyst: true
"""


def draft(name: str, *, parent: Template | None = None) -> str:
    """The text of a new template called `name`; it extends `parent` when given."""
    if parent is None:
        return _FRESH.format(name=name, settings=_SETTINGS)
    lines = [f"#   {each.name}: {each.description or each.type.value}" for each in parent.parameters]
    return _CHILD.format(
        name=name,
        # without its version, so that a newer one is taken up; its own name means the one it hides
        parent=parent.name,
        parameters="\n".join(lines) or "#   none",
        first=parent.parameters[0].name if parent.parameters else "what",
        settings=_SETTINGS,
    )


def write_draft(home: Path, name: str, *, project: str = "", parent: Template | None = None) -> Path:
    """Write the draft into the home, or into `project`'s folder there; ConflictError when there is such a file."""
    if not NAME.fullmatch(name):
        raise InvalidInputError(f"{name!r}: {NAME_RULE}", hint="Choose a name such as weekly-cleanup.")
    folder = home / PROJECTS / project / KIND if project else home / KIND
    path = folder / f"{name}{SUFFIX}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(draft(name, parent=parent))
    except OSError as error:
        if isinstance(error, FileExistsError) and path.exists():
            raise ConflictError(
                f"There is a template {name} already: {path}.", hint="Edit it, or choose another name."
            ) from error
        raise ConfigurationError(
            f"{path}: cannot be written: {os.strerror(error.errno or 0)}.", source=str(path), hint="Check the folder."
        ) from error
    return path
