"""What was filled into a form completes the command it was opened for."""

import pytest

from bot.commands.grammar import Command, Verb
from bot.conversation.filled import completed, words_in
from core.domain.errors import InvalidInputError

pytestmark = pytest.mark.slack


@pytest.mark.parametrize(
    ("command", "values", "expected"),
    [
        (
            Command(verb=Verb.NEW),
            {"request": " fix it ", "project": "api", "workflow": "", "priority": "high"},
            Command(verb=Verb.SUBMIT, text="fix it", options={"project": ("api",), "priority": ("high",)}),
        ),
        (
            Command(verb=Verb.NEW, options={"project": ("api",)}),
            {"request": "fix it"},
            Command(verb=Verb.SUBMIT, text="fix it", options={"project": ("api",)}),
        ),
        (
            Command(verb=Verb.DENY, target="A17"),
            {"reason": "not now"},
            Command(verb=Verb.DENY, target="A17", text="not now"),
        ),
        (Command(verb=Verb.DENY, target="A17"), {"reason": ""}, Command(verb=Verb.DENY, target="A17")),
        (
            Command(verb=Verb.REVISE, target="A17"),
            {"words": "more tests"},
            Command(verb=Verb.REVISE, target="A17", text="more tests"),
        ),
        (
            Command(verb=Verb.FORK, target="T1"),
            {"at": "build", "words": "smaller", "model": ""},
            Command(verb=Verb.FORK, target="T1", text="smaller", options={"at": ("build",)}),
        ),
        (
            Command(verb=Verb.ANSWER, target="A17"),
            {"answer1": "2", "answer2": "no"},
            Command(verb=Verb.ANSWER, target="A17", options={"answer1": ("2",), "answer2": ("no",)}),
        ),
        (
            Command(verb=Verb.SUBMIT, options={"template": ("greet",)}),
            {"set-who": "the world", "more": "word = hello"},
            Command(verb=Verb.SUBMIT, options={"template": ("greet",), "set": ("who=the world", "word=hello")}),
        ),
        (
            Command(verb=Verb.NEW),
            {"request": "fix it", "budget": " $5 "},
            Command(verb=Verb.SUBMIT, text="fix it", options={"budget": ("$5",)}),
        ),
        (
            Command(verb=Verb.SUBMIT, options={"template": ("greet",), "budget": ("2",)}),
            {"set-who": "me", "budget": "5"},
            Command(verb=Verb.SUBMIT, options={"template": ("greet",), "budget": ("5",), "set": ("who=me",)}),
        ),
        (
            Command(verb=Verb.SUBMIT, options={"template": ("greet",), "budget": ("2",)}),
            {"set-who": "me", "budget": ""},
            Command(verb=Verb.SUBMIT, options={"template": ("greet",), "budget": ("2",), "set": ("who=me",)}),
        ),
    ],
)
def test_each_form_completes_its_command(command: Command, values: dict[str, str], expected: Command) -> None:
    assert completed(command, values) == expected


@pytest.mark.parametrize("verb", [Verb.NEW, Verb.STEER, Verb.FORK, Verb.REVISE, Verb.DENY, Verb.BUDGET])
def test_what_is_attached_stands_behind_the_words_that_agents_read(verb: Verb) -> None:
    values = {"request": "fix it", "words": "fix it", "reason": "fix it", "amount": "5"}
    read = completed(Command(verb=verb, target="T1"), values, attached="Attached file a.log").text
    words = "5" if verb is Verb.BUDGET else "fix it"
    assert read == (words if verb in {Verb.DENY, Verb.BUDGET} else f"{words}\n\nAttached file a.log")


def test_values_that_cannot_be_read_say_how_they_are_written() -> None:
    with pytest.raises(InvalidInputError, match="is no value"):
        completed(Command(verb=Verb.SUBMIT), {"more": "who the world"})


def test_only_sentences_are_worth_giving_back() -> None:
    assert words_in({"request": " fix the sum ", "project": "api", "at": "build"}) == "fix the sum"
