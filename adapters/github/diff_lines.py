"""Which lines of a changed file a review can speak about: those that the pull request shows. Pure."""

import re

_HUNK = re.compile(r"@@ -\d+(?:,\d+)? \+(\d+)(?:,\d+)? @@")


def shown_lines(patch: str) -> frozenset[int]:
    """The numbers, in the new file, of the lines in `patch`, a unified diff of one file without its header."""
    found: set[int] = set()
    number = 0
    for line in patch.split("\n"):
        hunk = _HUNK.match(line)
        if hunk:
            number = int(hunk[1])
        elif line.startswith(("+", " ")):
            found.add(number)
            number += 1
    return frozenset(found)
