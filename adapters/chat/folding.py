"""Text that is too long: its beginning, then what can be unfolded, then how much more there is."""

from rich.cells import split_graphemes

ENDLESS = "\n…\n…"
"""The end of a text of which nobody looked for the end."""
_LEAST_KEPT = 0.5
"""Share of the room a text must fill for it to end with a whole line."""
_LONGEST_CHARACTER = 64
"""Code points looked at for where the last character begins."""


def beginning(text: str, *, room: int, lines: int = 0) -> tuple[str, str]:
    """`text` in two: what has at most `room` UTF-8 bytes (and `lines` lines, 0 for any number), and the rest.

    The first part ends with a whole line where that leaves enough of it, else with a whole character.
    """
    kept = _within(text, room=room)
    if len(kept) < len(text) and text[len(kept)] != "\n":
        head, newline, _ = kept.rpartition("\n")
        kept = head if newline and len(head) > len(kept) * _LEAST_KEPT else kept
    if lines and kept.count("\n") >= lines:
        kept = "\n".join(kept.split("\n", lines)[:lines])
    return kept, text[len(kept) :].removeprefix("\n")


def left_out(text: str) -> str:
    """`… 120 more lines`: what was left out, in words."""
    if text.endswith(ENDLESS):
        return f"… more than {text.count(chr(10)):,} more lines" if text.count("\n") > 2 else "… and much more"
    lines = text.rstrip("\n").count("\n") + 1
    return f"… {lines:,} more lines" if lines > 1 else f"… {len(text):,} more characters"


def _within(text: str, *, room: int) -> str:
    """The longest beginning of `text` of whole characters with at most `room` UTF-8 bytes."""
    if len(text) <= room and len(text.encode()) <= room:
        return text
    cut = text.encode()[: max(0, room)].decode(errors="ignore")
    # a character can be several code points; only the last of them can have been cut in two
    tail = max(0, len(cut) - _LONGEST_CHARACTER)
    spans = split_graphemes(text[tail : len(cut) + 1])[0]
    return text[: tail + spans[-1][0]] if spans and tail + spans[-1][1] > len(cut) else cut
