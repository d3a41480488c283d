"""The one piece of markup in a card's own texts: words that stand out."""

import re
from collections.abc import Iterator

_BOLD = re.compile(r"(?<!\S)\*\*(\S(?:[^*\n]*\S)?)\*\*(?![\w*/])")


def emphasised(text: str) -> Iterator[tuple[str, bool]]:
    """`text` in pieces, and of each whether it stands out, as `**these words**` do."""
    for position, part in enumerate(_BOLD.split(text)):
        if part:
            yield part, position % 2 == 1
