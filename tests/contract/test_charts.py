"""Charts: whatever is to be drawn becomes a picture with its words, off the event loop, or a stated failure."""

import asyncio
import struct
import sys
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

import pytest

from adapters.charts import MatplotlibCharts
from adapters.charts.palette import DARK, LIGHT, Palette
from core.costs.picture import Charts, Drawing, DrawingFailedError
from tests.support.charts import RememberedCharts
from tests.support.drawings import DRAWINGS, bars, mark

pytestmark = pytest.mark.money

WIDTH = 1080
SLOW_S = 300.0


@pytest.fixture(params=["real", "double"])
def charts(request: pytest.FixtureRequest) -> Charts:
    """Each kind of Charts."""
    return MatplotlibCharts(patience_s=SLOW_S) if request.param == "real" else RememberedCharts()


@pytest.mark.parametrize("drawing", DRAWINGS.values(), ids=DRAWINGS)
async def test_every_drawing_becomes_a_picture_that_keeps_its_words(charts: Charts, drawing: Drawing) -> None:
    picture = await charts.draw(drawing)
    assert picture.alt == drawing.alt
    assert picture.name == "costs.png"
    assert picture.data.startswith(b"\x89PNG\r\n\x1a\n")


@pytest.mark.parametrize("drawing", DRAWINGS.values(), ids=DRAWINGS)
async def test_a_picture_is_as_wide_as_a_telephone_and_not_too_high_for_any_chat(drawing: Drawing) -> None:
    data = (await MatplotlibCharts(dark=True, patience_s=SLOW_S).draw(drawing)).data
    width, height = struct.unpack(">II", data[16:24])
    assert width == WIDTH
    # Telegram takes pictures whose sides add up to at most 10,000 pixels, one at most twenty times the other
    assert WIDTH / 5 <= height <= WIDTH * 2
    assert len(data) < 500_000


async def test_light_and_dark_are_different_pictures_of_the_same_size() -> None:
    light, dark = [
        (await MatplotlibCharts(dark=dark, patience_s=SLOW_S).draw(DRAWINGS["a week by six roles"])).data
        for dark in (False, True)
    ]
    assert light != dark
    assert light[16:24] == dark[16:24]


async def test_a_picture_can_be_a_scalable_one() -> None:
    picture = await MatplotlibCharts(kind="svg", patience_s=SLOW_S).draw(DRAWINGS["thirty days"])
    assert picture.name == "costs.svg"
    assert b"<svg" in picture.data


async def test_many_pictures_at_once_are_drawn_one_after_the_other() -> None:
    charts = MatplotlibCharts(patience_s=SLOW_S)
    same = DRAWINGS["a budget that lasts"]
    pictures = await asyncio.gather(*(charts.draw(same) for _ in range(6)))
    assert len({picture.data for picture in pictures}) == 1


async def test_a_picture_that_takes_too_long_is_given_up() -> None:
    with pytest.raises(DrawingFailedError, match="too long"):
        await MatplotlibCharts(patience_s=0).draw(DRAWINGS["four hundred days"])


async def test_what_cannot_be_drawn_is_a_stated_failure() -> None:
    broken = replace(bars(mark("builder", "1")), marks=None)  # type: ignore[arg-type]
    with pytest.raises(DrawingFailedError, match="could not be drawn"):
        await MatplotlibCharts(patience_s=SLOW_S).draw(broken)
    with pytest.raises(DrawingFailedError):
        await RememberedCharts(broken=True).draw(bars())


async def test_nothing_of_the_drawing_library_is_loaded_before_the_first_picture() -> None:
    program = "import sys, adapters.charts, bot.chat_context, bot.main; print('matplotlib' in sys.modules)"
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", program, stdout=asyncio.subprocess.PIPE)
    said, _ = await process.communicate()
    assert said.split() == [b"False"]


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_words_stand_out_from_their_ground_and_neighbours_in_a_stack_from_one_another(palette: Palette) -> None:
    # Web Content Accessibility Guidelines 2.2: 4.5 to 1 for words, 3 to 1 for shapes that mean something
    assert min(contrast(palette.ground, color) for color in (palette.ink, palette.faint)) >= 4.5
    assert min(contrast(palette.ground, color) for color in (palette.main, palette.over)) >= 3
    assert min(contrast(palette.ground, color) for color in palette.layers) >= 1.9
    assert min(_differences(palette.layers)) >= 25


def contrast(one: str, two: str) -> float:
    """How much brighter one colour is than the other."""
    dark, light = sorted((_brightness(one), _brightness(two)))
    return (light + 0.05) / (dark + 0.05)


def _brightness(color: str) -> float:
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _differences(colors: Sequence[str]) -> Iterable[float]:
    """How far neighbours are apart for who sees no red: their brightness and what is left of their hue."""
    for one, two in pairwise(colors):
        yield sum(abs(a - b) for a, b in zip(_without_red(one), _without_red(two), strict=True))


def _without_red(color: str) -> tuple[float, float]:
    red, green, blue = (int(color[at : at + 2], 16) for at in (1, 3, 5))
    # Viénot, Brettel and Mollon (1999), roughly: red and green are seen as one
    return 0.11 * red + 0.89 * green, float(blue)
