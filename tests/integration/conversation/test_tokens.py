"""Buttons keep their token until it is used, whatever card they are drawn on again."""

from itertools import count

import pytest

from adapters.chat.card import Action, Card, Choices, Option
from bot.tokens import new_token, pressable, with_tokens
from core.domain.identity import PersonId
from core.store.store import Store

pytestmark = pytest.mark.slack

CARD = Card(
    key="A17",
    title="A17",
    sections=(
        Choices(text="Which?", options=(Option(label="red", command="answer A17 --choice 1"), Option(label="x"))),
    ),
    actions=(Action(label="Approve", command="approve A17"), Action(label="Nothing")),
)


async def drawn(store: Store, card: Card, numbers: "count[int]") -> dict[str, str]:
    async with store.transaction() as uow:
        shown = await with_tokens(uow, card, make=lambda: f"token-{next(numbers)}")
    return {each.label: each.token for each in pressable(shown)}


async def test_tokens_are_stable_over_edits_and_differ_between_cards(store: Store) -> None:
    numbers = count(1)
    first = await drawn(store, CARD, numbers)
    again = await drawn(store, CARD, numbers)
    other = await drawn(store, Card(key="T1", title="T1", actions=CARD.actions), numbers)

    assert first == again == {"Approve": "token-1", "red": "token-2"}
    assert other == {"Approve": "token-3"}


async def test_a_used_button_gets_another_token(store: Store) -> None:
    numbers = count(1)
    first = await drawn(store, CARD, numbers)
    async with store.transaction() as uow:
        assert await uow.action_tokens.use(first["Approve"], PersonId("slack:T1/U1"))
        assert not await uow.action_tokens.use(first["Approve"], PersonId("slack:T1/U2"))

    assert (await drawn(store, CARD, numbers))["Approve"] == "token-3"


def test_a_token_fits_everywhere_and_cannot_be_guessed() -> None:
    made = {new_token() for _ in range(100)}

    assert len(made) == 100
    assert all(len(each) == 22 and each.isascii() for each in made)
