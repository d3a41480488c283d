"""The picture of a graph: every line can be followed from box to box, nothing is wider than the terminal."""

import random
from collections.abc import Sequence

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


def followed(lines: Sequence[str]) -> set[tuple[str, str]]:
    """Which box leads to which, as an eye that follows the lines sees it."""
    width = max(map(len, lines))
    grid = [line.ljust(width) for line in lines]
    box_at: dict[tuple[int, int], str] = {}
    exits: list[tuple[int, int, str]] = []
    for row, line in enumerate(grid):
        column = 0
        while (left := line.find("┌", column)) >= 0:
            right = left + 1
            while line[right] == "─":
                right += 1
            inside = row + 1 < len(grid) and grid[row + 1][left] == "│" and grid[row + 1][left + 1] == " "
            if line[right] == "┐" and right > left + 2 and inside and grid[row + 1][left + 2] != " ":
                bottom = row + 1
                while grid[bottom][left] != "└":
                    bottom += 1
                name = grid[row + 1][left + 2 : right].split()[0]
                box_at |= {(row, at): name for at in range(left, right + 1)}
                exits += [(bottom, at, name) for at in range(left, right + 1) if grid[bottom][at] == "┬"]
            column = left + 1
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
                found.add((name, box_at[place[0] + 1, place[1]]))
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


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**9), size=st.integers(1, 12), most=st.integers(1, 3), width=st.integers(40, 160))
def test_every_line_leads_where_it_should_and_fits_the_terminal(seed: int, size: int, most: int, width: int) -> None:
    given_nodes = graph_of(seed, size=size, most=most)
    drawn = picture(given_nodes, width=width)
    assert max(map(cell_len, drawn)) <= width
    text = "\n".join(drawn)
    assert all(f"{node.name} " in text for node in given_nodes)
    if "┌" in text:
        assert followed(drawn) == wanted(given_nodes)


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
    drawn = picture(nodes(a="", b="", c="a", d="a b"), width=16)
    assert drawn == ("├─● a", "├─● b", "│", "├─● c", "│    after a", "├─● d") or "┌" in "".join(drawn)
    assert "│    after a" in picture(nodes(**{f"n{i}": "" for i in range(9)}, a="", c="a"), width=30)


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
