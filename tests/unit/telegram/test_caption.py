"""The words under a file: the title, what a picture shows folded below it, and nothing in them that does anything."""

import pytest

from adapters.chat.file import File
from adapters.chat.measure import units
from adapters.telegram.caption import caption_of
from adapters.telegram.limits import CAPTION

pytestmark = [pytest.mark.money, pytest.mark.telegram]


def picture(title: str, alt: str, *, name: str = "costs.png") -> File:
    return File(name=name, data=b"png", title=title, alt=alt)


def test_what_a_picture_shows_is_folded_below_its_title() -> None:
    caption, entities = caption_of(picture("Costs 😀", "Bar chart."))
    assert caption == "Costs 😀\nBar chart."
    assert entities == [{"type": "expandable_blockquote", "offset": 9, "length": 10}]


def test_a_file_that_is_no_picture_has_its_title_alone() -> None:
    assert caption_of(picture("The log", "All of it", name="log")) == ("The log", None)
    assert caption_of(picture("", "")) == (None, None)


@pytest.mark.parametrize("said", ["@everybody", "/cancel", "#now", "evil.example/x", "mail a@b.example"])
def test_names_and_titles_call_nobody_and_lead_nowhere(said: str) -> None:
    caption, entities = caption_of(picture(f"T1 {said}", f"Bar chart: T1 {said} $1.00"))
    assert caption is not None
    assert entities is not None
    code = [each for each in entities if each["type"] == "code"]
    assert len(code) == 2, "in the title and in what it shows"


def test_however_long_a_caption_fits() -> None:
    caption, _ = caption_of(picture("T" * 900, "A" * 5000))
    assert caption is not None
    assert units(caption) <= CAPTION
