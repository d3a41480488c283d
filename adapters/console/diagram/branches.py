"""The same graph as a list: one line a node, those of one layer as branches of one line (pure)."""

from collections.abc import Sequence

from adapters.chat.text import cut
from adapters.console.diagram.boxes import wrapped
from adapters.console.diagram.graph import Node, depths, direct

_LETTERS = str.maketrans({"●": "*", "│": "|", "├": "|", "─": "-", "·": "-"})
_LEAST_TEXT = 12


def branches(nodes: Sequence[Node], *, width: int, letters: bool = False) -> tuple[str, ...]:
    """`nodes`, layer by layer; what is beside each other in a layer needs nothing of it."""
    depth = depths(nodes)
    before = direct(nodes)
    lines: list[str] = []
    for number in range(1 + max(depth.values(), default=-1)):
        layer = [node for node in nodes if depth[node.name] == number]
        above = {node.name for node in nodes if depth[node.name] == number - 1}
        lines += ["│"] if number else []
        for node in layer:
            after = before[node.name]
            said = f"after {', '.join(after)}" if after and set(after) != above else ""
            lines += _entry(node, said, alone=len(layer) == 1, width=width)
    return tuple(line.translate(_LETTERS) if letters else line for line in lines)


def _entry(node: Node, said: str, *, alone: bool, width: int) -> list[str]:
    mark, below = ("● ", "│    ") if alone else ("├─● ", "│    ")
    room = max(width - len(below), _LEAST_TEXT)
    head = f"{mark}{cut(node.title, width=max(width - len(mark), _LEAST_TEXT))}"
    notes = [line for text in (said, *node.notes) if text for line in wrapped(text, width=room)]
    return [head, *(f"{below}{note}" for note in notes)]
