"""Where boxes stand from left to right: near what they are joined to, never over one another (pure)."""

from collections.abc import Mapping, Sequence

from adapters.console.diagram.graph import Layers, Spot

GAP = 3
"""Columns between two boxes."""
SWEEPS = 6


def row_width(spots: Sequence[Spot], widths: Mapping[Spot, int]) -> int:
    """Columns a layer takes at least."""
    return sum(widths[spot] for spot in spots) + GAP * (len(spots) - 1)


def centres(graph: Layers, widths: Mapping[Spot, int], *, width: int) -> dict[Spot, int]:
    """The middle column of every spot, all within `width` columns; each layer must fit."""
    above = graph.above()
    found = {spot: 0.0 for layer in graph.layers for spot in layer}
    for layer in graph.layers:
        found |= _packed(layer, widths, start=(width - row_width(layer, widths)) / 2)
    for sweep in range(SWEEPS):
        down = sweep % 2 == 0
        for layer in graph.layers if down else graph.layers[::-1]:
            near = {spot: above[spot] if down else graph.lines.get(spot, ()) for spot in layer}
            wanted = [_mean([found[other] for other in near[spot]], default=found[spot]) for spot in layer]
            found |= dict(zip(layer, _apart(wanted, [widths[spot] for spot in layer], width=width), strict=True))
    return {spot: round(centre) for spot, centre in _rounded(graph, found, widths, width=width).items()}


def _packed(layer: Sequence[Spot], widths: Mapping[Spot, int], *, start: float) -> dict[Spot, float]:
    found: dict[Spot, float] = {}
    for spot in layer:
        found[spot] = start + widths[spot] / 2
        start += widths[spot] + GAP
    return found


def _mean(values: Sequence[float], *, default: float) -> float:
    return sum(values) / len(values) if values else default


def _apart(wanted: Sequence[float], sizes: Sequence[int], *, width: int) -> list[float]:
    """Middles as near to `wanted` as their sizes allow: halfway between pushing all right and pushing all left."""
    right: list[float] = []
    for index, (place, size) in enumerate(zip(wanted, sizes, strict=True)):
        least = right[-1] + (sizes[index - 1] + size) / 2 + GAP if right else size / 2
        right.append(max(place, least))
    left: list[float] = []
    for index in range(len(wanted) - 1, -1, -1):
        most = left[-1] - (sizes[index + 1] + sizes[index]) / 2 - GAP if left else width - sizes[index] / 2
        left.append(min(wanted[index], most))
    middle = [(a + b) / 2 for a, b in zip(right, left[::-1], strict=True)]
    return _within(middle, sizes, width=width)


def _within(middle: list[float], sizes: Sequence[int], *, width: int) -> list[float]:
    for index, size in enumerate(sizes):
        least = middle[index - 1] + (sizes[index - 1] + size) / 2 + GAP if index else size / 2
        middle[index] = max(middle[index], least)
    for index in range(len(sizes) - 1, -1, -1):
        last = index == len(sizes) - 1
        most = width - sizes[index] / 2 if last else middle[index + 1] - (sizes[index + 1] + sizes[index]) / 2 - GAP
        middle[index] = min(middle[index], most)
    return middle


def _rounded(
    graph: Layers, found: Mapping[Spot, float], widths: Mapping[Spot, int], *, width: int
) -> dict[Spot, float]:
    """Whole columns: a box's first column is whole, and its middle follows from that."""
    whole: dict[Spot, float] = {}
    for layer in graph.layers:
        end = -GAP
        for spot in layer:
            first = max(round(found[spot] - widths[spot] / 2), end + GAP)
            whole[spot] = first + (widths[spot] - 1) // 2
            end = first + widths[spot]
        if end > width:
            # rounding pushed the last one out: pack the layer from the right
            last = width
            for spot in reversed(layer):
                whole[spot] = min(whole[spot], last - widths[spot] + (widths[spot] - 1) // 2)
                last = int(whole[spot]) - (widths[spot] - 1) // 2 - GAP
    return whole
