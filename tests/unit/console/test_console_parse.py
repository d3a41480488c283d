"""A line of the terminal chat."""

import pytest

from adapters.console.parse import parse_line
from core.domain.identity import Person, PersonId

ALICE = Person(id=PersonId("console:alice"), name="alice")


@pytest.mark.parametrize(
    ("line", "verb", "text"),
    [
        ("fix issue #123", "", "fix issue #123"),
        ("/orchestrate fix issue #123", "", "fix issue #123"),
        ("/Orchestrate approve A1", "", "approve A1"),
        ("/deny A1 too risky", "deny", "A1 too risky"),
        ("/status", "status", ""),
        ("/etc/hosts is wrong", "etc/hosts", "is wrong"),
    ],
)
def test_a_word_after_a_slash_is_surely_a_command_and_the_rest_is_text(line: str, verb: str, text: str) -> None:
    received = parse_line(line, event_id="1", person=ALICE)

    assert received is not None
    assert (received.verb, received.text) == (verb, text)


def test_a_blank_line_says_nothing() -> None:
    assert parse_line("   ", event_id="1", person=ALICE) is None


def test_who_and_where_come_along() -> None:
    received = parse_line("/status", event_id="7", person=ALICE)

    assert received is not None
    assert (received.event_id, received.person, received.place.platform) == ("7", ALICE, "console")
