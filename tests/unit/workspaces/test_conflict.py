"""What git says about a merge is read as it is meant, and markers are told from text that looks like them."""

import pytest

from core.workspaces.conflict import Clash, is_noted, marker_lines, marker_sizes, merged, note_text

MARKED = b"""\
before
<<<<<<< TASK_HEAD
ours
=======
theirs
>>>>>>> STEP_HEAD
after
"""


def test_a_clean_merge_is_a_tree_alone():
    assert merged(b"4b825d\0").tree == "4b825d"
    assert merged(b"4b825d\0").paths == ()
    assert merged(b"4b825d") == merged(b"4b825d\0")


def test_what_git_was_cut_off_in_is_read_as_far_as_it_goes():
    cut = merged(b"4b825d\x00100644 aaaa 2\tsum.py")
    assert (cut.tree, cut.paths) == ("4b825d", ("sum.py",))


def test_a_clash_has_its_sides_and_what_git_says_of_it():
    output = "\0".join(
        [
            *("4b825d", "100644 aa 1\tdo c.txt", "100644 bb 3\tdo c.txt", "100755 cc 2\tü", ""),
            *("1", "ü", "Auto-merging", "Auto-merging ü\n"),
            *("2", "do c.txt", "ü", "CONFLICT (modify/delete)", "CONFLICT (modify/delete): do c.txt\n", "Advice.\n"),
        ]
    )

    found = merged(output.encode())

    assert found.paths == ("do c.txt", "ü")
    assert found.clashes[0].sides == {1: "aa", 3: "bb"}
    assert found.clashes[1].sides == {2: "cc"}
    assert found.clashes[1].messages == ("CONFLICT (modify/delete): do c.txt",)


@pytest.mark.parametrize(
    ("data", "sizes"),
    [
        (MARKED, (7,)),
        (MARKED.replace(b"\n", b"\r\n"), (7,)),
        (MARKED.replace(b"TASK_HEAD", b"TASK_HEAD:old name.txt"), (7,)),
        (MARKED.replace(b"<<<<<<<", b"<<<<<<<<<<"), (10,)),
        (MARKED + MARKED.replace(b"<<<<<<<", b"<<<<<<<<"), (7, 8)),
        (MARKED.replace(b"TASK_HEAD", b"somebody"), ()),
        (b"", ()),
    ],
)
def test_markers_are_known_by_the_label_whatever_their_size(data, sizes):
    assert marker_sizes(data) == sizes


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        (MARKED, (1, 1, 1)),
        (MARKED.replace(b"\n", b"\r\n"), (1, 1, 1)),
        (b"<<<<<<< TASK_HEAD\n", (1, 0, 0)),
        (b"||||||| before\n", (0, 0, 1)),
        (b"=======", (0, 1, 0)),
        (b">>>>>>>", (0, 0, 1)),
        (b"a\n======\nb\n========\n <<<<<<< x\n<<<<<<<x\nx >>>>>>> y\n======= x\n", (0, 0, 0)),
        (b"\x00\xff\n=======\n", (0, 1, 0)),
    ],
)
def test_only_whole_lines_of_the_size_are_markers(data, lines):
    assert marker_lines(data, sizes=(7,)) == lines


def test_a_note_has_a_block_for_each_conflict_until_it_is_deleted():
    clashes = [
        Clash(path="a b.bin", sides={1: "aa", 2: "bb", 3: "cc"}, messages=("CONFLICT (binary): no\nmore",)),
        Clash(path="line\nend", sides={}),
    ]
    note = note_text(clashes)

    assert is_noted(note, "a b.bin")
    assert is_noted(note, "line\nend")
    assert "git show bb" in note
    assert not is_noted(note, "a b")
    first, _, rest = note.partition("<<<<<<< a b.bin")
    without = first + rest.partition(">>>>>>> a b.bin\n")[2]
    assert not is_noted(without, "a b.bin")
    assert is_noted(without, "line\nend")
