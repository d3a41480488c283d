"""Unusual spending on a card: whose it is, what is usual, and what to look at next."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from adapters.chat.card import Text
from bot.cards.unusual import unusual_card
from core.domain.identity import task_id
from core.domain.unusual import Oddity, Unusual

pytestmark = pytest.mark.money


def emptied(role: str) -> Unusual:
    return Unusual(
        key="cache:shop:2026-11-18", kind=Oddity.CACHE, project="shop", task=task_id(1), about="2026-11-18", role=role,
        found=Decimal("0.31"), usual=Decimal("0.78"), over=17, at=datetime(2026, 11, 18, 15, tzinfo=UTC),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("role", "title", "said", "command"),
    [
        ("", "shop reads little from the cache", "Agents in shop read 31 %",
         "costs --by role --project shop --from 2026-11-18"),
        ("reviewer", "The reviewer of shop reads little from the cache", "Agents working as reviewer in shop read 31 %",
         "costs --by task --project shop --role reviewer --from 2026-11-18"),
    ],
)  # fmt: skip
def test_a_cache_that_is_read_little_is_that_of_the_project_or_of_one_role(
    role: str, title: str, said: str, command: str
) -> None:
    card = unusual_card(9, emptied(role))
    assert (card.title, card.status) == (title, "31 % on Wed 18 Nov")
    assert isinstance(card.sections[0], Text)
    assert card.sections[0].text == f"{said} from the cache, usually 78 % (the middle of 17 days)."
    assert [action.command for action in card.actions] == [command]
