"""The lines between two layers: which share a track, which tracks there are, and how they are drawn (pure)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from adapters.console.diagram.canvas import Canvas
from adapters.console.diagram.graph import Layers, Spot

_PORT_STEP = 2
_APART = 2
_NUDGE = 1
Targets = frozenset[Spot]


@dataclass(frozen=True, slots=True, kw_only=True)
class Net:
    """Lines that share a track: each of `starts` leads to each of `ends` (columns)."""

    starts: tuple[int, ...]
    ends: tuple[int, ...]

    @property
    def straight(self) -> bool:
        """Whether it needs no track."""
        return self.starts == self.ends and len(self.starts) == 1

    @property
    def span(self) -> tuple[int, int]:
        """The columns its track reaches from and to."""
        columns = (*self.starts, *self.ends)
        return min(columns), max(columns)


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """The nets between two layers, each with its track; 0 is the highest."""

    tracks: Mapping[Net, int]

    @property
    def height(self) -> int:
        """Rows it takes, the row of arrow heads among them."""
        return 2 + max((track for net, track in self.tracks.items() if not net.straight), default=-1)

    def draw(self, canvas: Canvas, *, top: int) -> None:
        """Draw from the lower frames at row `top` - 1 down to the arrow heads."""
        bottom = top + self.height - 1
        for number, (net, track) in enumerate(self.tracks.items()):
            name = f"{top}:{number}"
            left, right = net.span
            row = top + track
            canvas.across(row, left=left, right=right, net=name)
            for column in net.starts:
                canvas.down(column, top=top - 1, bottom=row, net=name)
            for column in net.ends:
                canvas.down(column, top=row, bottom=bottom, net=name)


def channel(upper: Sequence[Spot], graph: Layers, centre: Mapping[Spot, int]) -> tuple[Channel, dict[Spot, list[int]]]:
    """The channel below the layer `upper`, and the columns at which lines reach each spot of the next.

    Raises CycleError when no order of tracks keeps all lines apart.
    """
    sources: dict[Targets, list[Spot]] = {}
    for spot in upper:
        if graph.lines.get(spot):
            sources.setdefault(frozenset(graph.lines[spot]), []).append(spot)
    error: CycleError | None = None
    for shift in (0, 1, -1):
        ports = _ports(sources, centre, shift=shift)
        nets: list[Net] = []
        for targets, group in sources.items():
            starts = {spot: centre[spot] for spot in group}
            _straighten(starts, ports, targets)
            nets.append(Net(starts=_columns(starts.values()), ends=_columns(ports[end, targets] for end in targets)))
        try:
            found = Channel(tracks=_tracks(nets))
        except CycleError as circle:
            error = circle
            continue
        entries: dict[Spot, list[int]] = {}
        for (target, _), column in ports.items():
            entries.setdefault(target, []).append(column)
        return found, entries
    assert error is not None
    raise error


def _columns(found: Iterable[int]) -> tuple[int, ...]:
    return tuple(sorted(found))


def _straighten(starts: dict[Spot, int], ports: dict[tuple[Spot, Targets], int], targets: Targets) -> None:
    """Move where lines leave or reach a box by so little that one of them need not bend."""
    if len(starts) == 1:
        (start,) = starts.values()
        for end in targets:
            if not end.through and abs(ports[end, targets] - start) <= _NUDGE:
                ports[end, targets] = start
    elif len(targets) == 1:
        (end,) = targets
        for spot, start in starts.items():
            if not spot.through and abs(ports[end, targets] - start) <= _NUDGE:
                starts[spot] = ports[end, targets]


def _ports(
    sources: Mapping[Targets, Sequence[Spot]], centre: Mapping[Spot, int], *, shift: int
) -> dict[tuple[Spot, Targets], int]:
    """Where each group of lines reaches each of its targets: in the middle, or side by side around it."""
    groups: dict[Spot, list[Targets]] = {}
    for targets in sources:
        for target in targets:
            groups.setdefault(target, []).append(targets)
    found: dict[tuple[Spot, Targets], int] = {}
    for target, entering in groups.items():
        ordered = sorted(entering, key=lambda group: sum(centre[spot] for spot in sources[group]) / len(sources[group]))
        first = centre[target] - _PORT_STEP * (len(ordered) - 1) // 2
        for index, group in enumerate(ordered):
            moved = shift if not target.through and (len(sources[group]) > 1 or len(group) > 1) else 0
            found[target, group] = first + _PORT_STEP * index + moved
    return found


def _tracks(nets: Sequence[Net]) -> dict[Net, int]:
    """A track for each net, so that no two that have nothing to do with each other run over one another."""
    bent = [net for net in nets if not net.straight]
    # a line that starts where another one ends must have turned away before that one comes down
    before = {net: [other for other in bent if other != net and set(other.starts) & set(net.ends)] for net in bent}
    found = {net: 0 for net in nets if net.straight}
    for net in TopologicalSorter(before).static_order():
        track = 1 + max((found[other] for other in before[net]), default=-1)
        while any(found[other] == track and _near(net, other) for other in bent if other in found):
            track += 1
        found[net] = track
    return {net: found[net] for net in nets}


def _near(net: Net, other: Net) -> bool:
    return net.span[0] - _APART < other.span[1] and other.span[0] - _APART < net.span[1]
