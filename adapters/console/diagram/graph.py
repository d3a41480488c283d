"""A graph in layers: what comes after what, lines through the layers between, and few crossings (pure)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

SWEEPS = 8
WORTH_MENDING = 30
"""Lines that cross more often than this stay a tangle whatever is exchanged."""
_Item = TypeVar("_Item")


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One box: a name nobody else has, the names of those before it, and what stands in it.

    `back` is one before it that it may lead back to; '' for none.
    """

    name: str
    after: tuple[str, ...] = ()
    title: str
    notes: tuple[str, ...] = ()
    back: str = ""


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a layer: a node's own (`through` == ''), or where the line to `through` passes from `name`."""

    name: str
    through: str = ""
    layer: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Layers:
    """Spots from left to right in layers from top to bottom; `lines` lead from each spot to some of the next layer."""

    layers: tuple[tuple[Spot, ...], ...]
    lines: Mapping[Spot, tuple[Spot, ...]]

    def above(self) -> dict[Spot, list[Spot]]:
        """The spots from which a line leads to each spot."""
        found: dict[Spot, list[Spot]] = {spot: [] for layer in self.layers for spot in layer}
        for source, targets in self.lines.items():
            for target in targets:
                found[target].append(source)
        return found


def direct(nodes: Sequence[Node]) -> dict[str, tuple[str, ...]]:
    """Who comes right after whom: what is said by other lines already is left out. Nodes must form no circle."""
    before: dict[str, frozenset[str]] = {}
    kept: dict[str, tuple[str, ...]] = {}
    for node in in_order(nodes):
        indirect = frozenset[str]().union(*(before[name] for name in node.after))
        before[node.name] = indirect.union(node.after)
        kept[node.name] = tuple(name for name in dict.fromkeys(node.after) if name not in indirect)
    return kept


def in_order(nodes: Sequence[Node]) -> tuple[Node, ...]:
    """`nodes` so that each comes after all it needs; otherwise as given."""
    left = list(nodes)
    done: dict[str, Node] = {}
    while left:
        ready = next(node for node in left if done.keys() >= set(node.after))
        left.remove(ready)
        done[ready.name] = ready
    return tuple(done.values())


def depths(nodes: Sequence[Node]) -> dict[str, int]:
    """The layer of each node: one below the lowest it needs."""
    found: dict[str, int] = {}
    for node in in_order(nodes):
        found[node.name] = 1 + max((found[name] for name in node.after), default=-1)
    return found


def layered(nodes: Sequence[Node]) -> Layers:
    """`nodes` in layers, ordered so that few lines cross."""
    depth = depths(nodes)
    before = direct(nodes)
    layers: list[list[Spot]] = [[] for _ in range(1 + max(depth.values(), default=-1))]
    for node in nodes:
        layers[depth[node.name]].append(Spot(node.name, layer=depth[node.name]))
    lines: dict[Spot, list[Spot]] = {}
    for node in nodes:
        for source in before[node.name]:
            spot = Spot(source, layer=depth[source])
            for layer in range(depth[source] + 1, depth[node.name]):
                passing = Spot(source, node.name, layer)
                layers[layer].append(passing)
                lines.setdefault(spot, []).append(passing)
                spot = passing
            lines.setdefault(spot, []).append(Spot(node.name, layer=depth[node.name]))
    start = Layers(
        layers=tuple(map(tuple, layers)), lines={source: tuple(targets) for source, targets in lines.items()}
    )
    return _untangled(start)


def crossings(graph: Layers) -> int:
    """How many pairs of lines cross."""
    count = 0
    for upper, lower in zip(graph.layers, graph.layers[1:], strict=False):
        place = {spot: index for index, spot in enumerate(lower)}
        ends = [
            place[target] for source in upper for target in sorted(graph.lines.get(source, ()), key=place.__getitem__)
        ]
        starts = [index for index, source in enumerate(upper) for _ in graph.lines.get(source, ())]
        count += sum(
            1
            for first in range(len(ends))
            for second in range(first + 1, len(ends))
            if starts[first] < starts[second] and ends[first] > ends[second]
        )
    return count


def _untangled(graph: Layers) -> Layers:
    best = graph
    above, below = graph.above(), graph.lines
    current = graph
    for sweep in range(SWEEPS):
        layers = [list(layer) for layer in current.layers]
        down = sweep % 2 == 0
        for index in range(1, len(layers)) if down else range(len(layers) - 2, -1, -1):
            beside = layers[index - 1] if down else layers[index + 1]
            place = {spot: position for position, spot in enumerate(beside)}
            near = above if down else below
            layers[index] = _by_middle(
                layers[index], {spot: [place[other] for other in near.get(spot, ())] for spot in layers[index]}
            )
        current = Layers(layers=tuple(map(tuple, layers)), lines=graph.lines)
        if crossings(current) < crossings(best):
            best = current
    return _swapped(best)


def _swapped(graph: Layers) -> Layers:
    """`graph` with neighbours of a layer exchanged as long as that leaves fewer crossings."""
    best, count = graph, crossings(graph)
    improved = 0 < count <= WORTH_MENDING
    while improved:
        improved = False
        for layer, spots in enumerate(best.layers):
            for left in range(len(spots) - 1):
                row = list(best.layers[layer])
                row[left], row[left + 1] = row[left + 1], row[left]
                tried = replace(best, layers=(*best.layers[:layer], tuple(row), *best.layers[layer + 1 :]))
                if (fewer := crossings(tried)) < count:
                    best, count, improved = tried, fewer, True
    return best


def _by_middle(spots: list[_Item], places: Mapping[_Item, Sequence[int]]) -> list[_Item]:
    """`spots` by the mean place of their neighbours; one without any stays where it is."""
    mean = {
        spot: sum(places[spot]) / len(places[spot]) if places[spot] else float(index)
        for index, spot in enumerate(spots)
    }
    return sorted(spots, key=lambda spot: mean[spot])
