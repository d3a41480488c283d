"""Requests of every kind: cleaned, named, and read for the issue and the workflow they mean."""

import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.domain.errors import InvalidInputError
from core.planning.request import (
    MAX_REQUEST_LENGTH,
    choose_workflow,
    clean_request,
    issue_reference,
    title_of,
)

ANY_TEXT = st.text(alphabet=st.characters(codec=None)) | st.text(
    alphabet=st.sampled_from(
        list("a/.. \n\t\r\x00\x07\x1b[31m\x7f\x85\u2028\u202e\u2066\ud800\udfff\ufeff\u200d{}%$`;|&'\"<>e\u0301שلó👩")
    )
)


@pytest.mark.parametrize("text", ["", " \n\t ", "\x00\x01", "\ud800", "\u200b\u202e", "\ufeff"])
def test_a_request_with_nothing_to_read_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        clean_request(text)
    assert "fix issue #123" in caught.value.hint


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("fix\x00 it\x1b[31m", "fix it[31m"),
        ("a\r\nb\rc\u2028d", "a\nb\nc\nd"),
        ("e\u0301", "é"),
        ("x\ud800y", "xy"),
        ("👩\u200d💻 does ../../etc; $(rm -rf /) {{7*7}} שלום", "👩\u200d💻 does ../../etc; $(rm -rf /) {{7*7}} שלום"),
    ],
)
def test_what_no_system_can_carry_goes_and_the_rest_stays(text: str, cleaned: str) -> None:
    assert clean_request(text) == cleaned


@settings(deadline=None)
@given(ANY_TEXT)
def test_a_cleaned_request_is_stable_and_can_be_stored_anywhere(text: str) -> None:
    try:
        cleaned = clean_request(text)
    except InvalidInputError:
        return
    assert clean_request(cleaned) == cleaned
    assert cleaned.encode("utf-8")
    assert unicodedata.is_normalized("NFC", cleaned)
    assert not [c for c in cleaned if unicodedata.category(c) == "Cc" and c not in "\n\t"]
    assert 0 < len(cleaned) <= MAX_REQUEST_LENGTH


@pytest.mark.parametrize("text", ["x" * 1_000_000, "é" * 150_000, "e\u0301" * 500_000, "\u0958" * 100_000])
def test_a_huge_request_is_cut_with_a_note(text: str) -> None:
    cleaned = clean_request(text)
    assert len(cleaned) <= MAX_REQUEST_LENGTH
    assert f"{len(text):,} characters" in cleaned[-200:]


@settings(deadline=None)
@given(ANY_TEXT)
@example("\n\n  ")
@example("a" * 500)
@example("word " * 100)
def test_a_title_is_one_short_printable_line(text: str) -> None:
    title = title_of(text)
    assert 1 <= len(title) <= 72
    assert title.isprintable()
    assert title == title.strip()


def test_a_title_is_the_first_line_that_says_something_cut_after_a_word() -> None:
    assert title_of("\n\u202e\n  Fix   the\ttotal \nand more") == "Fix the total"
    title = title_of("Make the exported totals agree with the ledger whenever a discount applies twice")
    assert title == "Make the exported totals agree with the ledger whenever a discount…"


@pytest.mark.parametrize(
    ("request_text", "reference"),
    [
        ("fix issue #123", "123"),
        ("fix issue 123", "123"),
        ("Fix Bug No. 7 please", "7"),
        ("see #45.", "45"),
        ("(#45)", "45"),
        ("octo/shop#9 is wrong", "octo/shop#9"),
        ("https://example.org/octo/shop/issues/12?x=1", "octo/shop#12"),
        ("https://gitlab.example.org/octo/shop/-/issues/12#note_3", "octo/shop#12"),
        ("add dark mode", ""),
        ("colour #123abc", ""),
        ("anchor page#12", ""),
        ("&#123; entity", ""),
        ("issue #0", ""),
        ("issue #99999999999999", ""),
        ("#١٢٣", ""),
    ],
)
def test_the_issue_a_request_names_is_found(request_text: str, reference: str) -> None:
    assert issue_reference(request_text) == reference


@settings(deadline=None)
@given(ANY_TEXT)
def test_an_issue_reference_can_never_be_a_path_out(text: str) -> None:
    reference = issue_reference(text)
    repository, _, number = reference.rpartition("#")
    assert (number or "0").isascii()
    assert (number or "0").isdigit()
    assert not repository.startswith((".", "/"))


def test_finding_a_reference_in_a_huge_request_takes_no_time_at_all() -> None:
    for text in ("issue " * 20_000, "a/" * 50_000, "https://" * 12_000, "a" * 100_000, "#" * 100_000):
        assert issue_reference(text) == ""
        assert choose_workflow(text) == "custom"


@pytest.mark.parametrize(
    ("request_text", "labels", "workflow"),
    [
        ("fix issue #123", (), "bug_fix"),
        ("The total is wrong when empty", (), "bug_fix"),
        ("login doesn't work", (), "bug_fix"),
        ("add error handling to the parser", (), "feature_implementation"),
        ("dark mode", (), "custom"),
        ("how does the cache work?", (), "research"),
        ("prefix all names", (), "feature_implementation"),
        ("implement issue #5", ("Bug",), "bug_fix"),
        ("implement issue #5", ("enhancement",), "feature_implementation"),
    ],
)
def test_the_workflow_follows_the_stated_rules(request_text: str, labels: tuple[str, ...], workflow: str) -> None:
    assert choose_workflow(request_text, labels) == workflow
