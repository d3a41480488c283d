"""What a typed line means while something is asked."""

from dataclasses import replace

import pytest

from adapters.chat.card import Action, Card, Choices, Option
from adapters.console.dialogue import Decided, DetailsWanted, Dialogue, opened, replied

APPROVAL = Card(key="A17", title="May it?")
TABLE = Choices(text="Which table?", options=(Option(label="prices"), Option(label="rates")))
COLUMNS = Choices(
    text="Which columns?", options=(Option(label="net"), Option(label="gross"), Option(label="tax")), multiple=True
)
NAME = Choices(text="What name?")


def asked(*questions: Choices) -> Dialogue:
    """The dialogue about a card with these questions."""
    return opened(Card(key="A17", title="Question", sections=questions))


def after(dialogue: Dialogue, *lines: str) -> object:
    """What stands after these lines."""
    step: object = dialogue
    for line in lines:
        assert isinstance(step, Dialogue)
        step = replied(step, line)
    return step


@pytest.mark.parametrize("line", ["y", "Y", "yes", " approve "])
def test_yes_approves(line: str) -> None:
    assert after(opened(APPROVAL), line) == Decided(approved=True)


def test_no_asks_for_the_reason_and_takes_none_for_an_answer() -> None:
    assert after(opened(APPROVAL), "n", "use git instead") == Decided(approved=False, reason="use git instead")
    assert after(opened(APPROVAL), "no", "") == Decided(approved=False)


def test_a_reason_on_the_same_line_is_enough() -> None:
    assert after(opened(APPROVAL), "n, use git instead") == Decided(approved=False, reason="use git instead")


def test_details_are_shown_and_the_question_stays() -> None:
    wanted = after(opened(APPROVAL), "d")
    assert wanted == DetailsWanted(dialogue=opened(APPROVAL))


@pytest.mark.parametrize("line", ["", "  ", "maybe", "yy", "\x00"])
def test_whatever_is_no_answer_approves_nothing_and_is_asked_again(line: str) -> None:
    again = after(opened(APPROVAL), line)
    assert isinstance(again, Dialogue)
    assert again.asking == "decision"
    assert "y, n or d" in again.complaint


def test_a_number_is_the_label_behind_it() -> None:
    assert after(asked(TABLE), "2") == Decided(approved=True, answers={"Which table?": "rates"})


def test_free_text_is_an_answer_as_it_is() -> None:
    assert after(asked(TABLE), "neither, make 2 new ones") == Decided(
        approved=True, answers={"Which table?": "neither, make 2 new ones"}
    )


def test_several_numbers_are_several_labels_where_that_is_allowed() -> None:
    assert after(asked(COLUMNS), "1, 3 1") == Decided(approved=True, answers={"Which columns?": "net, tax"})
    assert after(asked(TABLE), "1 2") == Decided(approved=True, answers={"Which table?": "1 2"})


@pytest.mark.parametrize("line", ["0", "3", "999"])
def test_a_number_that_is_not_offered_is_asked_again(line: str) -> None:
    again = after(asked(TABLE), line)
    assert isinstance(again, Dialogue)
    assert "1 to 2" in again.complaint


def test_a_number_is_free_text_where_nothing_is_offered() -> None:
    assert after(asked(NAME), "42") == Decided(approved=True, answers={"What name?": "42"})


def test_questions_are_asked_one_after_the_other() -> None:
    second = after(asked(TABLE, NAME), "1")
    assert isinstance(second, Dialogue)
    assert second.prompt.startswith("Question 2 of 2")
    assert after(second, "", "bob") == Decided(approved=True, answers={"Which table?": "prices", "What name?": "bob"})


REVISABLE = replace(
    APPROVAL, actions=(*APPROVAL.actions, Action(token="revise A17", label="Change…", command='revise A17 "…"'))
)


def test_what_can_be_sent_back_is_changed_with_words_on_the_same_line_or_the_next() -> None:
    first = opened(REVISABLE)
    sent_back = Decided(approved=False, revise=True, reason="also update the docs")

    assert "[c]hange" in first.prompt
    assert replied(first, "c also update the docs") == sent_back

    further = replied(first, "change")
    assert isinstance(further, Dialogue)
    assert further.prompt.startswith("What has to change?")
    assert replied(further, " also update the docs ") == sent_back
    nothing = replied(further, "")
    assert isinstance(nothing, Dialogue)
    assert "Please say what has to change" in nothing.complaint


def test_what_cannot_be_sent_back_does_not_offer_it() -> None:
    first = opened(APPROVAL)

    assert "[c]hange" not in first.prompt
    answer = replied(first, "c anything")
    assert isinstance(answer, Dialogue)
    assert "y, n or d" in answer.complaint
