"""A place has one path, and comes back from it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.conversation import channel_of, place_at, place_path
from core.domain.identity import Place

PARTS = st.text(alphabet=st.sampled_from("aT1/%F25 .é"), max_size=6)
PLACES = st.builds(Place, platform=PARTS, space=PARTS, channel=PARTS, thread=PARTS)

THREAD = Place(platform="slack", space="T0123", channel="C0456", thread="1700000000.000100")


@pytest.mark.parametrize(
    ("place", "path"),
    [
        (THREAD, "slack/T0123/C0456/1700000000.000100"),
        (channel_of(THREAD), "slack/T0123/C0456"),
        (Place(platform="console"), "console"),
        (Place(platform="telegram", channel="-100"), "telegram//-100"),
        (replace(THREAD, channel="a/b%", thread=""), "slack/T0123/a%2Fb%25"),
    ],
)
def test_a_path_is_what_people_can_read(place: Place, path: str) -> None:
    assert place_path(place) == path


@given(PLACES)
def test_every_place_comes_back_from_its_path(place: Place) -> None:
    assert place_at(place_path(place)) == place


@given(PLACES, PLACES)
def test_two_places_never_share_a_path(one: Place, other: Place) -> None:
    assert (place_path(one) == place_path(other)) == (one == other)


def test_all_threads_of_a_channel_have_the_same_channel() -> None:
    assert channel_of(THREAD) == channel_of(replace(THREAD, thread="2.0")) == replace(THREAD, thread="")
