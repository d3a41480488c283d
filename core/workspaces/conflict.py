"""What git says about a merge, what markers it leaves in files, and the note about conflicts that leave none. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

TASK_LABEL, STEP_LABEL = "TASK_HEAD", "STEP_HEAD"
"""How the two sides are called in markers and messages."""
_SIDES = {1: "before both", 2: "on the task's branch", 3: "in this step"}
_NOTE_HEAD = f"""\
Conflicts that leave no marks in a file. {TASK_LABEL} is the task's branch, {STEP_LABEL} is the work of this step.
Settle each one in the worktree, then delete its block here, or this whole file when none is left.
This file itself is never committed.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clash:
    """One path that cannot be merged: what git says, and the blob of each side (1 before both, 2 task, 3 step)."""

    path: str
    sides: Mapping[int, str]
    messages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """A merged tree; with clashes, their files in it hold markers or one of the sides."""

    tree: str
    clashes: tuple[Clash, ...] = field(default=())

    @property
    def paths(self) -> tuple[str, ...]:
        """The paths that clash."""
        return tuple(clash.path for clash in self.clashes)


def merged(output: bytes) -> Merged:
    """What `git merge-tree --write-tree -z --messages` printed."""
    fields = iter(output.decode("utf-8", "replace").split("\0"))
    tree = next(fields)
    sides: dict[str, dict[int, str]] = {}
    for entry in fields:
        if not entry:
            break
        facts, _, path = entry.partition("\t")
        _mode, blob, stage = facts.split(" ")
        sides.setdefault(path, {})[int(stage)] = blob
    messages: dict[str, list[str]] = {}
    for count in fields:
        if not count.isdigit():  # advice in prose may follow
            break
        paths = [next(fields) for _ in range(int(count))]
        kind, text = next(fields), next(fields)
        if kind.startswith("CONFLICT"):
            for path in paths:
                messages.setdefault(path, []).append(text.strip())
    return Merged(
        tree=tree,
        clashes=tuple(
            Clash(path=path, sides=sides[path], messages=tuple(messages.get(path, []))) for path in sorted(sides)
        ),
    )


def marker_sizes(data: bytes) -> tuple[int, ...]:
    """How many letters the markers in a freshly merged file have; () when it has none."""
    found = re.findall(rb"^(<+) %s(?::.*)?\r?$" % TASK_LABEL.encode(), data, re.MULTILINE)
    return tuple(sorted({len(marker) for marker in found}))


def marker_lines(data: bytes, *, sizes: Sequence[int]) -> tuple[int, int, int]:
    """How many lines look like a marker of one of these sizes that begins, parts and ends a conflict."""

    def count(letter: bytes, rest: bytes) -> int:
        return sum(len(re.findall(rb"^%s{%d}%s\r?$" % (letter, size, rest), data, re.MULTILINE)) for size in sizes)

    # a parting line is also what underlines a heading, so it must be exactly that
    return count(b"<", b"(?: .*)?"), count(b"=", b""), count(b">", b"(?: .*)?") + count(rb"\|", b"(?: .*)?")


def note_text(clashes: Sequence[Clash]) -> str:
    """The note with one block for each of these conflicts."""
    return "\n".join([_NOTE_HEAD, *(_block(clash) for clash in clashes)])


def is_noted(note: str, path: str) -> bool:
    """Whether the conflict of `path` still has its block in the note."""
    return f"<<<<<<< {_shown(path)}" in note.splitlines()


def _block(clash: Clash) -> str:
    sides = [f"Its content {_SIDES[side]}: git show {blob}" for side, blob in sorted(clash.sides.items())]
    lines = [line for message in clash.messages for line in message.splitlines()]
    shown = _shown(clash.path)
    return "\n".join([f"<<<<<<< {shown}", *lines, *sides, f">>>>>>> {shown}", ""])


def _shown(path: str) -> str:
    return path if path.isprintable() else ascii(path)
