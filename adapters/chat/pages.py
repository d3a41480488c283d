"""A long answer in pages that each stand for themselves: cut between lines, with no code fence left open."""

FENCE = "```"


def first_page(text: str, *, room: int) -> tuple[str, str]:
    """`text` in two: `room` characters at most and one at least, up to the end of a line if it can be, and the rest."""
    if len(text) <= room:
        return text, ""
    room = max(1, room)
    end = text.rfind("\n", 0, room) + 1
    end = end or room
    return text[:end], text[end:]


def open_fence(text: str) -> str:
    """The line that opened the code fence in which `text` ends, '' when it ends outside of any."""
    fence = ""
    for line in text.split("\n"):
        if line.lstrip().startswith(FENCE):
            fence = "" if fence else line.strip()
    return fence


def closing(text: str) -> str:
    """What has to follow `text` for its last code fence to be closed."""
    if not open_fence(text):
        return ""
    return FENCE if text.endswith("\n") else f"\n{FENCE}"
