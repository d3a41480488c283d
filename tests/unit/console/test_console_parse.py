"""A line of the terminal chat."""

import pytest

from adapters.chat.verbs import Command, Verb
from adapters.console.parse import parse_line
from core.domain.errors import InvalidInputError
from core.domain.identity import Person, PersonId

ALICE = Person(id=PersonId("console:alice"), name="alice")


def command(line: str) -> Command | None:
    """The command in `line`."""
    received = parse_line(line, event_id="1", person=ALICE)
    return received.command if received else None


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("fix issue #123", Command(verb=Verb.SUBMIT, text="fix issue #123")),
        ("/orchestrate fix issue #123", Command(verb=Verb.SUBMIT, text="fix issue #123")),
        ("/orchestrate approve A1", Command(verb=Verb.APPROVE, target="A1")),
        ("/approve 1", Command(verb=Verb.APPROVE, target="A1")),
        ("/deny A1 too risky", Command(verb=Verb.DENY, target="A1", text="too risky")),
        ("/cancel T1", Command(verb=Verb.CANCEL, target="T1")),
        ("/status", Command(verb=Verb.STATUS)),
        ("/help", Command(verb=Verb.HELP)),
        ("/quit", Command(verb=Verb.QUIT)),
        ("   ", None),
        ("approve A1", Command(verb=Verb.SUBMIT, text="approve A1")),
    ],
)
def test_a_line_is_a_command_or_a_request(line: str, expected: Command | None) -> None:
    assert command(line) == expected


def test_a_path_at_the_beginning_is_explained_not_guessed() -> None:
    with pytest.raises(InvalidInputError) as caught:
        command("/etc/hosts is wrong")
    assert "begin it with /orchestrate" in caught.value.hint


def test_who_and_where_come_along() -> None:
    received = parse_line("/status", event_id="7", person=ALICE)
    assert received is not None
    assert (received.event_id, received.person, received.place.platform) == ("7", ALICE, "console")
