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
from adapters.console.diagram.returns import Frame, draw_returns, returns

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
    centre = centres(graph, widths, width=room)
    try:
        drawn = _drawn(nodes, graph, texts, widths, centre, ways_back=True).rows(letters=letters)
        if max(map(cell_len, drawn), default=0) > width:
            # the notes in the boxes say it too
            drawn = _drawn(nodes, graph, texts, widths, centre, ways_back=False).rows(letters=letters)
    except CycleError:
        return None
    return drawn


def _width(spot: Spot, texts: Mapping[str, Sequence[str]]) -> int:
    if spot.through:
        return 1
    # odd, so that there is a middle
    return (FRAME + max(map(cell_len, texts[spot.name]), default=0)) | 1


def _drawn(
    nodes: Sequence[Node],
    graph: Layers,
    texts: Mapping[str, Sequence[str]],
    widths: Mapping[Spot, int],
    centre: Mapping[Spot, int],
    *,
    ways_back: bool,
) -> Canvas:
    canvas = Canvas()
    frames: dict[Spot, Frame] = {}
    top = 0
    for index, layer in enumerate(graph.layers):
        height = 2 + max((len(texts[spot.name]) for spot in layer if not spot.through), default=0)
        for spot in layer:
            left = centre[spot] - (widths[spot] - 1) // 2
            frames[spot] = Frame(top=top, bottom=top + height - 1, left=left, right=left + widths[spot] - 1)
            _spot(canvas, spot, frames[spot], texts)
        top += height
        if index + 1 < len(graph.layers):
            below, entries = channel(layer, graph, centre)
            below.draw(canvas, top=top)
            _arrows(canvas, below, entries, top=top)
            top += below.height
    if ways_back:
        draw_returns(canvas, returns(nodes, graph, frames), graph, frames)
    return canvas


def _spot(canvas: Canvas, spot: Spot, frame: Frame, texts: Mapping[str, Sequence[str]]) -> None:
    if spot.through:
        canvas.down(frame.left, top=frame.top - 1, bottom=frame.bottom + 1, net=f"{spot}")
        return
    canvas.box(top=frame.top, left=frame.left, bottom=frame.bottom, right=frame.right)
    for row, line in enumerate(texts[spot.name], frame.top + 1):
        canvas.write(row, frame.left + 2, line)


def _arrows(canvas: Canvas, below: Channel, entries: Mapping[Spot, Sequence[int]], *, top: int) -> None:
    for spot, columns in entries.items():
        for column in columns:
            if not spot.through:
                canvas.write(top + below.height - 1, column, ARROW)
