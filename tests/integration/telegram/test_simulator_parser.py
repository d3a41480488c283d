"""Whatever is written, the simulated Telegram stores it as TDLib does, and its entities stay within the text."""

import json

import pytest
import tdjson
from hypothesis import given
from hypothesis import strategies as st

from tests.platforms.telegram import parser
from tests.platforms.telegram.call import RefusedError
from tests.platforms.telegram.message import units

pytestmark = pytest.mark.telegram

SIGNS = st.sampled_from([*"ab /@.\n\t\r\x01\u202e👍é<>&*_`", "https://a.org ", "/run", "@alice"])
TEXTS = st.lists(SIGNS, max_size=30).map("".join)


def cleaned_by_tdlib(text: str) -> str:
    """What TDLib makes of a plain text before anything else."""
    question: parser.Json = {
        "@type": "getMarkdownText",
        "text": {"@type": "formattedText", "text": text, "entities": []},
    }
    answer = tdjson.td_execute(json.dumps(question).encode())
    assert answer
    return json.loads(answer)["text"]


@given(TEXTS)
def test_plain_text_is_cleaned_as_tdlib_does(text: str) -> None:
    stored, _ = parser.stored(text, [])
    assert stored == cleaned_by_tdlib(text).strip(" \n")


@given(st.lists(st.tuples(TEXTS, st.booleans()), max_size=6))
def test_entities_stay_on_the_words_they_were_on(parts: list[tuple[str, bool]]) -> None:
    text, entities = "", list[parser.Json]()
    for words, bold in parts:
        if bold and words:
            entities.append({"type": "bold", "offset": units(text), "length": units(words)})
        text += words
    stored, kept = parser.stored(text, entities)
    parser.given(stored, kept)
    for each in parser.found(stored, kept):
        assert 0 <= each["offset"] < each["offset"] + each["length"] <= units(stored)


@given(TEXTS)
def test_text_that_is_escaped_is_shown_as_it_is(text: str) -> None:
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert parser.parsed(escaped, "HTML") == (text, [])


@given(TEXTS, st.sampled_from(["HTML", "MarkdownV2", "Markdown"]))
def test_formatted_text_is_read_or_refused_in_telegrams_words(text: str, mode: str) -> None:
    try:
        parser.parsed(text, mode)
    except RefusedError as refused:
        assert refused.description.startswith("Bad Request: can't parse entities: ")


def test_an_entity_moves_with_what_was_dropped_before_it() -> None:
    text, entities = parser.stored("\r\u202e 👍\rbold", [{"type": "bold", "offset": 6, "length": 4}])
    assert text == "👍bold"
    assert entities == [{"type": "bold", "offset": 2, "length": 4}]
