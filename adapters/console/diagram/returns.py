"""Ways back to an earlier box: a line beside all others, on the side where nothing is in its way (pure)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from adapters.console.diagram.canvas import Canvas
from adapters.console.diagram.graph import Layers, Node, Spot

_STEP = 2
"""Columns from one upright line to the next."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Where a box (or a line passing through its layer) is; all four are drawn."""

    top: int
    bottom: int
    left: int
    right: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """The way back to `target`, for all `sources` that take it on this side."""

    target: Spot
    sources: tuple[Spot, ...]
    right: bool

    @property
    def span(self) -> tuple[int, int]:
        """The layers it goes past, the upper first."""
        return self.target.layer, max(source.layer for source in self.sources)


def returns(nodes: Sequence[Node], graph: Layers, frames: Mapping[Spot, Frame]) -> list[Return]:
    """The ways back that can be drawn: both boxes are the outermost of their layers on one side."""
    place = {spot.name: spot for layer in graph.layers for spot in layer if not spot.through}
    found: dict[tuple[Spot, bool], list[Spot]] = {}
    for node in nodes:
        if node.back not in place:
            continue
        source, target = place[node.name], place[node.back]
        for right in (True, False):
            if _outermost(source, graph, right=right) and _outermost(target, graph, right=right):
                found.setdefault((target, right), []).append(source)
                break
    ways = [Return(target=target, sources=tuple(sources), right=right) for (target, right), sources in found.items()]
    # a box with one line of text has no room for a way in and a way out on one side
    narrow = [way for way in ways if _meets(way, ways, frames)]
    return sorted((way for way in ways if way not in narrow), key=lambda way: way.span[1] - way.span[0])


def draw_returns(canvas: Canvas, ways: Sequence[Return], graph: Layers, frames: Mapping[Spot, Frame]) -> None:
    """Draw `ways`, the shortest nearest to the boxes."""
    rails: list[tuple[Return, int]] = []
    for way in ways:
        outer: Callable[[Sequence[int]], int] = max if way.right else min
        upper, lower = way.span
        beside = [_edge(frames[spot], right=way.right) for row in graph.layers[upper : lower + 1] for spot in row]
        beside += [rail for other, rail in rails if other.right == way.right and _overlap(other.span, way.span)]
        rail = outer(beside) + (_STEP if way.right else -_STEP)
        rails.append((way, rail))
        _draw(canvas, way, frames, rail=rail)


def _draw(canvas: Canvas, way: Return, frames: Mapping[Spot, Frame], *, rail: int) -> None:
    net = f"back {way.target} {way.right}"
    into = frames[way.target].top + 1
    head = _edge(frames[way.target], right=way.right) + (1 if way.right else -1)
    canvas.across(into, left=min(head, rail), right=max(head, rail), net=net)
    canvas.write(into, head, "◀" if way.right else "▶")
    for source in way.sources:
        out = frames[source].bottom - 1
        edge = _edge(frames[source], right=way.right)
        canvas.across(out, left=min(edge, rail), right=max(edge, rail), net=net)
        canvas.down(rail, top=into, bottom=out, net=net)


def _edge(frame: Frame, *, right: bool) -> int:
    return frame.right if right else frame.left


def _outermost(spot: Spot, graph: Layers, *, right: bool) -> bool:
    return graph.layers[spot.layer][-1 if right else 0] == spot


def _overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] <= other[1] and other[0] <= one[1]


def _meets(way: Return, ways: Sequence[Return], frames: Mapping[Spot, Frame]) -> bool:
    left = {source for other in ways if other.right == way.right for source in other.sources}
    frame = frames[way.target]
    return way.target in left and frame.bottom - frame.top <= _STEP
