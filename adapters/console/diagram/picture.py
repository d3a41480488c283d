"""The picture of a graph: boxes in layers and lines between them, as wide as the terminal or not at all (pure)."""

from collections.abc import Mapping, Sequence
from graphlib import CycleError

from rich.cells import cell_len

from adapters.console.diagram.boxes import FRAME, content
from adapters.console.diagram.branches import branches
from adapters.console.diagram.canvas import Canvas
from adapters.console.diagram.channel import Channel, channel
from adapters.console.diagram.columns import centres, row_width
from adapters.console.diagram.graph import Layers, Node, Spot, crossings, layered

TEXT_WIDTHS = (40, 34, 28, 24, 20, 17, 14, 12)
"""How wide the text in a box may be, the most pleasant first."""
MOST_CROSSINGS = 6
"""With more of them nobody follows the lines: a list says it better."""
ARROW = "▼"


def picture(nodes: Sequence[Node], *, width: int, letters: bool = False) -> tuple[str, ...]:
    """`nodes` (which form no circle) as lines of at most `width` columns; `letters` where only ASCII can be shown.

    Boxes with lines between them when that fits and can be followed, else one line a node with branches.
    """
    drawn = _boxes(nodes, width=width, letters=letters)
    return drawn if drawn is not None else branches(nodes, width=width, letters=letters)


def _boxes(nodes: Sequence[Node], *, width: int, letters: bool) -> tuple[str, ...] | None:
    graph = layered(nodes)
    if crossings(graph) > MOST_CROSSINGS:
        return None
    for text_width in TEXT_WIDTHS:
        texts = {node.name: content(node, width=text_width) for node in nodes}
        widths = {spot: _width(spot, texts) for layer in graph.layers for spot in layer}
        if all(row_width(layer, widths) <= width for layer in graph.layers):
            break
    else:
        return None
    room = max((row_width(layer, widths) for layer in graph.layers), default=0)
    try:
        return _drawn(graph, texts, widths, centres(graph, widths, width=room)).rows(letters=letters)
    except CycleError:
        return None


def _width(spot: Spot, texts: Mapping[str, Sequence[str]]) -> int:
    if spot.through:
        return 1
    # odd, so that there is a middle
    return (FRAME + max(map(cell_len, texts[spot.name]), default=0)) | 1


def _drawn(
    graph: Layers,
    texts: Mapping[str, Sequence[str]],
    widths: Mapping[Spot, int],
    centre: Mapping[Spot, int],
) -> Canvas:
    canvas = Canvas()
    top = 0
    for index, layer in enumerate(graph.layers):
        height = 2 + max((len(texts[spot.name]) for spot in layer if not spot.through), default=0)
        for spot in layer:
            if spot.through:
                canvas.down(centre[spot], top=top - 1, bottom=top + height, net=f"{spot}")
            else:
                _box(canvas, texts[spot.name], top=top, height=height, middle=centre[spot], width=widths[spot])
        top += height
        if index + 1 < len(graph.layers):
            below, entries = channel(layer, graph, centre)
            below.draw(canvas, top=top)
            _arrows(canvas, below, entries, top=top)
            top += below.height
    return canvas


def _box(canvas: Canvas, text: Sequence[str], *, top: int, height: int, middle: int, width: int) -> None:
    left = middle - (width - 1) // 2
    canvas.box(top=top, left=left, bottom=top + height - 1, right=left + width - 1)
    for row, line in enumerate(text, top + 1):
        canvas.write(row, left + 2, line)


def _arrows(canvas: Canvas, below: Channel, entries: Mapping[Spot, Sequence[int]], *, top: int) -> None:
    for spot, columns in entries.items():
        for column in columns:
            if not spot.through:
                canvas.write(top + below.height - 1, column, ARROW)
