"""The picture of a graph: every line can be followed from box to box, nothing is wider than the terminal."""

import random
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from adapters.console.diagram.boxes import wrapped
from adapters.console.diagram.graph import Node, depths, direct
from adapters.console.diagram.picture import picture

UP, DOWN, LEFT, RIGHT = (-1, 0), (1, 0), (0, -1), (0, 1)
WAYS = {
    "│": {UP, DOWN},
    "─": {LEFT, RIGHT},
    "┌": {DOWN, RIGHT},
    "┐": {DOWN, LEFT},
    "└": {UP, RIGHT},
    "┘": {UP, LEFT},
    "├": {UP, DOWN, RIGHT},
    "┤": {UP, DOWN, LEFT},
    "┬": {DOWN, LEFT, RIGHT},
    "┴": {UP, LEFT, RIGHT},
    "┼": {UP, DOWN, LEFT, RIGHT},
}
HEADS = {"▼": DOWN}


def nodes(**after: str) -> list[Node]:
    return [Node(name=name, after=tuple(before.split()), title=name) for name, before in after.items()]


def boxes(lines: Sequence[str]) -> dict[str, tuple[int, int, int, int]]:
    """Top, left, bottom and right of each box by the first word in it."""
    grid = [line.ljust(max(map(len, lines))) for line in lines]
    found: dict[str, tuple[int, int, int, int]] = {}
    for row, line in enumerate(grid[:-1]):
        for left in (at for at, sign in enumerate(line) if sign == "┌"):
            right = next((at for at in range(left + 1, len(line)) if line[at] != "─"), left)
            inside = grid[row + 1][left : left + 3]
            if line[right : right + 1] != "┐" or inside[0] not in "│┤" or inside[1] != " " or not inside[2].isalnum():
                continue
            bottom = next(at for at in range(row + 1, len(grid)) if grid[at][left] == "└")
            found[grid[row + 1][left + 2 : right].split()[0]] = (row, left, bottom, right)
    return found


def ways_back(lines: Sequence[str]) -> set[tuple[str, str]]:
    """Which box leads back to which, following the lines that leave boxes at their sides."""
    width = max(map(len, lines))
    grid = [line.ljust(width) for line in lines]
    known = boxes(lines)
    found: set[tuple[str, str]] = set()
    for name, (top, left, bottom, right) in known.items():
        exits = [(row, right, RIGHT) for row in range(top + 1, bottom) if grid[row][right] == "├"]
        exits += [(row, left, LEFT) for row in range(top + 1, bottom) if grid[row][left] == "┤"]
        for row, at, side in exits:
            todo, seen = [((row + side[0], at + side[1]), side)], set[tuple[tuple[int, int], tuple[int, int]]]()
            while todo:
                place, way = todo.pop()
                if (place, way) in seen:
                    continue
                seen.add((place, way))
                sign = grid[place[0]][place[1]]
                if sign in "◀▶":
                    found |= {
                        (name, each)
                        for each, box in known.items()
                        if box[0] < place[0] < box[2] and place[1] in {box[1] - 1, box[3] + 1}
                    }
                    continue
                back = (-way[0], -way[1])
                if back not in WAYS.get(sign, set()) and sign != "│":
                    continue
                onward = {way} if sign == "│" and back not in WAYS[sign] else WAYS[sign] - {back, DOWN}
                todo += [((place[0] + step[0], place[1] + step[1]), step) for step in onward]
    return found


def followed(lines: Sequence[str]) -> set[tuple[str, str]]:
    """Which box leads to which, as an eye that follows the lines sees it."""
    width = max(map(len, lines))
    grid = [line.ljust(width) for line in lines]
    known = boxes(lines)
    exits = [
        (bottom, at, name)
        for name, (_, left, bottom, right) in known.items()
        for at in range(left, right + 1)
        if grid[bottom][at] == "┬"
    ]
    found: set[tuple[str, str]] = set()
    for row, at, name in exits:
        todo, seen = [((row + 1, at), DOWN)], set[tuple[tuple[int, int], tuple[int, int]]]()
        while todo:
            (place, way) = todo.pop()
            if (place, way) in seen:
                continue
            seen.add((place, way))
            sign = grid[place[0]][place[1]]
            if sign in HEADS:
                below = (each for each, box in known.items() if box[0] == place[0] + 1 and box[1] < place[1] < box[3])
                found.add((name, next(below)))
                continue
            back = (-way[0], -way[1])
            # a line that comes from the side passes behind an upright one
            onward = {way} if sign == "│" and back not in WAYS[sign] else WAYS[sign] - {back, UP}
            assert sign == "│" or back in WAYS[sign], (sign, place)
            todo += [((place[0] + step[0], place[1] + step[1]), step) for step in onward]
    return found


def wanted(given: Sequence[Node]) -> set[tuple[str, str]]:
    return {(source, node.name) for node in given for source in direct(given)[node.name]}


def graph_of(seed: int, *, size: int, most: int) -> list[Node]:
    chance = random.Random(seed)
    return [
        Node(
            name=f"s{number}",
            after=tuple(f"s{other}" for other in chance.sample(range(number), min(number, chance.randint(0, most)))),
            title=f"s{number} · role",
            notes=("a note that is long enough to be wrapped",) * chance.randint(0, 1),
        )
        for number in range(size)
    ]


def test_branches_leave_one_box_and_meet_in_another() -> None:
    drawn = picture(nodes(scope="", left="scope", right="scope", end="left right"), width=80)
    assert (
        "\n".join(drawn)
        == """\
      ┌───────┐
      │ scope │
      └───┬───┘
    ┌─────┴─────┐
    ▼           ▼
┌───────┐   ┌───────┐
│ left  │   │ right │
└───┬───┘   └───┬───┘
    └─────┬─────┘
          ▼
       ┌─────┐
       │ end │
       └─────┘"""
    )


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**9), size=st.integers(1, 12), most=st.integers(1, 3), width=st.integers(40, 160))
def test_every_line_leads_where_it_should_and_fits_the_terminal(seed: int, size: int, most: int, width: int) -> None:
    given_nodes = graph_of(seed, size=size, most=most)
    drawn = picture(given_nodes, width=width)
    assert max(map(cell_len, drawn)) <= width
    text = "\n".join(drawn)
    assert all(f"{node.name} " in text for node in given_nodes)
    if "┌" in text:
        assert followed(drawn) == wanted(given_nodes)


WAY_BACK = """\
 ┌───────┐
 │ build │◀─┐
 └───┬───┘  │
     ▼      │
┌─────────┐ │
│ test    │ │
│ or back ├─┤
└────┬────┘ │
     ▼      │
┌─────────┐ │
│ read    │ │
│ or back ├─┘
└─────────┘"""


def test_a_way_back_is_a_line_beside_the_boxes() -> None:
    row = [
        Node(name="build", title="build"),
        Node(name="test", after=("build",), title="test", notes=("or back",), back="build"),
        Node(name="read", after=("test",), title="read", notes=("or back",), back="build"),
    ]
    drawn = "\n".join(picture(row, width=80))
    assert drawn == WAY_BACK
    narrow = picture(row, width=12)
    assert "◀" not in "".join(narrow)
    assert max(map(len, narrow)) <= 12


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**9), size=st.integers(2, 10), most=st.integers(1, 2))
def test_ways_back_lead_where_they_should_and_leave_the_other_lines_as_they_are(
    seed: int, size: int, most: int
) -> None:
    chance = random.Random(seed)
    plain = [replace(node, notes=("may lead back",)) for node in graph_of(seed, size=size, most=most)]
    looped = [
        replace(node, back=chance.choice(node.after)) if node.after and chance.random() < 0.7 else node
        for node in plain
    ]
    drawn = picture(looped, width=150)
    if "┌" in "".join(drawn):
        assert ways_back(drawn) <= {(node.name, node.back) for node in looped if node.back}
        assert followed(drawn) == wanted(looped)


@settings(max_examples=30, deadline=None)
@given(backs=st.lists(st.integers(0, 9), min_size=2, max_size=9))
def test_in_a_row_of_steps_every_way_back_is_drawn(backs: list[int]) -> None:
    row = [Node(name="s0", title="s0 ·", notes=("note",))]
    for number, back in enumerate(backs, 1):
        row.append(
            Node(
                name=f"s{number}",
                after=(f"s{number - 1}",),
                title=f"s{number} ·",
                notes=("note",),
                back=f"s{back}" if back < number else "",
            )
        )
    drawn = picture(row, width=100)
    assert ways_back(drawn) == {(node.name, node.back) for node in row if node.back}
    assert {(f"s{number}", f"s{number + 1}") for number in range(len(backs))} == followed(drawn)


def test_a_good_part_of_ordinary_graphs_is_drawn_with_boxes() -> None:
    drawn = [picture(graph_of(seed, size=7, most=2), width=100) for seed in range(100)]
    assert sum("┌" in "".join(lines) for lines in drawn) >= 80


def test_what_is_said_by_other_lines_is_not_drawn_again() -> None:
    assert direct(nodes(a="", b="a", c="a b")) == {"a": (), "b": ("a",), "c": ("b",)}


@pytest.mark.parametrize("width", [20, 40, 80])
def test_many_boxes_beside_one_another_become_branches_of_one_line(width: int) -> None:
    many = {f"step-with-a-name-{number}": "first" for number in range(20)}
    drawn = picture(nodes(first="", **many, last=" ".join(many)), width=width)
    assert max(map(cell_len, drawn)) <= width
    assert drawn[:3] == ("● first", "│", "├─● step-with-a-name-0" if width > 20 else "├─● step-with-a-nam…")
    assert drawn[-1] == "● last"
    assert len(drawn) == 24


def test_a_branch_says_after_what_it_comes_unless_that_is_all_of_the_line_above() -> None:
    wide = {f"n{number}": "" for number in range(5)}
    drawn = picture(nodes(**wide, a="n0", b=" ".join(wide)), width=20)
    assert drawn[-4:] == ("│", "├─● a", "│    after n0", "├─● b")


def test_letters_are_enough_for_terminals_that_know_no_more() -> None:
    lines = [*picture(graph_of(1, size=6, most=2), width=80, letters=True)]
    lines += picture(nodes(**{f"n{i}": "" for i in range(20)}), width=40, letters=True)
    # what is written in the boxes is the caller's to translate
    assert "\n".join(lines).replace("·", "-").isascii()


def test_twenty_steps_in_a_row_stay_in_one_column() -> None:
    row = {f"s{number}": f"s{number - 1}" if number else "" for number in range(20)}
    drawn = picture(nodes(**row), width=80)
    assert followed(drawn) == {(f"s{number}", f"s{number + 1}") for number in range(19)}
    assert not any("┘" in line and "┐" in line for line in drawn)


def test_wide_characters_and_long_words_keep_the_frame_whole() -> None:
    drawn = picture([Node(name="a", title="検索 " * 20 + "x" * 90, notes=("ü" * 50,))], width=60)
    assert {cell_len(line) for line in drawn} == {cell_len(drawn[0])}
    assert cell_len(drawn[0]) <= 60


@given(text=st.text(max_size=80), width=st.integers(2, 30))
def test_wrapping_loses_no_word_and_never_goes_over_the_width(text: str, width: int) -> None:
    lines = wrapped(text, width=width)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(cell_len(line) <= width or len(line) <= 2 for line in lines)


def test_nothing_is_a_picture_of_nothing() -> None:
    assert picture([], width=80) == ()


def test_depth_is_one_more_than_the_deepest_it_needs() -> None:
    assert depths(nodes(c="b", b="a", a="", d="a c")) == {"a": 0, "b": 1, "c": 2, "d": 3}
