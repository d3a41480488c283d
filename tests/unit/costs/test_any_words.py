"""Whatever people write: reading it never fails, and every typed query survives JSON and is told in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.costs.query import Query
from core.costs.wording import in_words
from core.costs.words.following import follows
from core.costs.words.reading import read_question
from core.store import codec
from tests.unit.costs.test_questions import known

pytestmark = pytest.mark.money

_VOCABULARY = """
how much did we spend cost costs tokens opus sonnet by role per model top 5 most least who which agent task tasks failed
since from to until between and last this week month friday 3 november 2026 31 february 99 ago today api web alice T142
t1 average compare budget why , ? 12/31 2026-02-30 00 0 days hours 1000
"""
_WORDS = st.sampled_from(_VOCABULARY.split())


@given(st.lists(_WORDS, max_size=14).map(" ".join) | st.text(max_size=60))
def test_any_words_are_read(text: str) -> None:
    found = read_question(text, known())
    if isinstance(found, Query):
        assert codec.decode(Query, codec.encode(Query, found)) == found
        assert in_words(found, zone="Europe/Berlin")
        assert found.period is None or found.period.begin < found.period.end
        again = follows(text, found, known())
        assert again is None or isinstance(again, Query)
