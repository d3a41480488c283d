"""Commands are told as they are typed on the platform, and what must be exact stays exact."""

from adapters.chat.card import Card, Code, Text
from bot.commands.guide import help_card
from bot.conversation.wording import as_typed_after


def test_where_free_words_stand_behind_a_word_help_says_so() -> None:
    shown = str(as_typed_after(help_card(), "say").sections)
    assert "/orchestrate say fix issue #123" in shown
    assert "/orchestrate fix" not in shown


def test_where_they_do_not_nothing_changes() -> None:
    assert as_typed_after(help_card("retry"), "") == help_card("retry")


def test_a_command_that_is_to_be_approved_stays_as_it_is() -> None:
    card = Card(key="A1", title="x", sections=(Code(text="echo /orchestrate now"), Text(text="Or: /orchestrate tasks")))
    assert as_typed_after(card, "say").sections == (
        Code(text="echo /orchestrate now"), Text(text="Or: /orchestrate say tasks"),
    )  # fmt: skip
