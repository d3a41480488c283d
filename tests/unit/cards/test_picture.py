"""The picture in the documentation."""

from pathlib import Path
from xml.etree import ElementTree

from bot.cards.task import task_card
from bot.picture import main, picture
from bot.sample_task import NOW, sample_view


def test_the_picture_is_drawn_from_a_card_and_loads_nothing_from_elsewhere() -> None:
    drawn = picture([task_card(sample_view(), now=NOW)])
    text = "".join(ElementTree.fromstring(drawn).itertext()).replace("\xa0", " ")
    assert "T142 · Fix issue #123" in text
    assert "url(http" not in drawn
    assert "@import" not in drawn


def test_the_same_card_gives_the_same_picture(tmp_path: Path) -> None:
    for name in ("first.svg", "second.svg"):
        assert main([str(tmp_path / name)]) == 0
    assert (tmp_path / "first.svg").read_bytes() == (tmp_path / "second.svg").read_bytes()


def test_without_a_file_it_says_how_it_is_used() -> None:
    assert main([]) == 2
