"""What may follow `/orchestrate`, and what is a request."""

import pytest

from bot.commands.grammar import Command, Verb, read_command, read_verb
from core.domain.errors import InvalidInputError


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("", Command(verb=Verb.HELP)),
        ("help", Command(verb=Verb.HELP)),
        ("status", Command(verb=Verb.STATUS)),
        ("status t142", Command(verb=Verb.STATUS, target="T142")),
        ("cancel 142", Command(verb=Verb.CANCEL, target="T142")),
        ("cancel T142 wrong branch", Command(verb=Verb.CANCEL, target="T142", text="wrong branch")),
        ("approve A17", Command(verb=Verb.APPROVE, target="A17")),
        ("Deny a17  use the other table", Command(verb=Verb.DENY, target="A17", text="use the other table")),
    ],
)
def test_commands_are_recognised(text: str, command: Command) -> None:
    assert read_command(text) == command


@pytest.mark.parametrize(
    "request_text",
    [
        "fix issue #123",
        "status page is broken",
        "cancel 12 subscriptions at once is slow",
        "approve button has the wrong colour",
        "help page needs a link",
        "quit dialog hangs",
    ],
)
def test_a_sentence_that_begins_like_a_command_is_a_request(request_text: str) -> None:
    assert read_command(request_text) == Command(verb=Verb.SUBMIT, text=request_text)


@pytest.mark.parametrize("text", ["approve", "deny", "cancel"])
def test_a_command_without_its_name_says_what_is_missing(text: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        read_command(text)
    assert caught.value.hint.startswith(f"For example: {text} ")


def test_a_misspelt_command_names_the_nearest_one() -> None:
    with pytest.raises(InvalidInputError) as caught:
        read_verb("aprove", "A17")
    assert caught.value.hint == "Did you mean approve?"


def test_a_word_that_is_no_command_leads_to_help() -> None:
    with pytest.raises(InvalidInputError) as caught:
        read_verb("zzz", "")
    assert "help" in caught.value.hint
