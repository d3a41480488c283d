"""The room that worktrees take is counted without going elsewhere or twice."""

import os

from core.workspaces.footprint import size_of


def test_files_at_every_depth_count(tmp_path):
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "one").write_bytes(bytes(1000))
    (tmp_path / "a" / "b" / "two").write_bytes(bytes(234))
    assert size_of(tmp_path) == 1234


def test_links_are_not_followed_and_second_names_count_nothing(tmp_path):
    outside, inside = tmp_path / "outside", tmp_path / "inside"
    outside.mkdir()
    inside.mkdir()
    (outside / "big").write_bytes(bytes(100_000))
    (inside / "file").write_bytes(bytes(500))
    os.link(inside / "file", inside / "same")
    (inside / "folder").symlink_to(outside)
    (inside / "round").symlink_to(inside)
    (inside / "big").symlink_to(outside / "big")
    assert 500 <= size_of(inside) < 2000


def test_a_folder_that_is_not_there_takes_none(tmp_path):
    assert size_of(tmp_path / "missing") == 0
