"""Names of task branches: made from free text, always valid for git, the same on every run."""

import re
import unicodedata
from collections.abc import Collection

from core.domain.identity import TaskId

BRANCH_FOLDER = "orchestrate"
MAX_SLUG_LENGTH = 40
_EMPTY_SLUG = "task"


def branch_slug(text: str) -> str:
    """`text` as lower-case ASCII words joined by `-`: 1 to 40 characters, cut between words where that is possible."""
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode("ascii")
    slug = re.sub(r"[^a-z0-9]+", "-", ascii_text.lower()).strip("-")
    if len(slug) > MAX_SLUG_LENGTH:
        shorter = slug[: MAX_SLUG_LENGTH + 1].rpartition("-")[0]
        slug = (shorter or slug[:MAX_SLUG_LENGTH]).strip("-")
    return slug or _EMPTY_SLUG


def branch_name(task: TaskId, slug: str) -> str:
    """`orchestrate/T142-<slug>`; `slug` is cleaned, so any text will do."""
    return f"{BRANCH_FOLDER}/{task}-{branch_slug(slug)}"


def free_branch_name(wanted: str, *, taken: Collection[str]) -> str:
    """`wanted`, or the first of `wanted-2`, `wanted-3` … that neither is taken nor has taken branches beneath it."""

    def blocked(name: str) -> bool:
        return any(other == name or other.startswith(f"{name}/") for other in taken)

    name, count = wanted, 1
    while blocked(name):
        count += 1
        name = f"{wanted}-{count}"
    return name


def is_branch_of(branch: str, *, wanted: str) -> bool:
    """Whether `branch` is what `free_branch_name` may have made of `wanted`."""
    name, _, suffix = branch.rpartition("-")
    return branch == wanted or (name == wanted and suffix.isdigit())
