"""How long a text is for platforms that count UTF-16 units, and cutting it where nothing breaks."""

from rich.cells import split_graphemes

ELLIPSIS = "…"


def units(text: str) -> int:
    """The length of `text` in UTF-16 units, which is never less than its characters."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def fitted(text: str, *, limit: int) -> str:
    """`text` if it has at most `limit` units, else as many whole characters of it as fit before an ellipsis."""
    if units(text) <= limit:
        return text
    kept = ""
    room = limit - units(ELLIPSIS)
    for start, end, _ in split_graphemes(text[: limit + 1])[0]:
        room -= units(text[start:end])
        if room < 0:
            break
        kept = text[:end]
    return kept.rstrip() + ELLIPSIS
