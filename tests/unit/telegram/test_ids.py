"""Ids of Telegram as ours and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.telegram.ids import ThreadId, channel_of, chat_of, is_supergroup, person_id, thread_id, user_of
from core.domain.identity import PersonId

pytestmark = pytest.mark.telegram


@given(number=st.integers(1, 2**52))
def test_ids_come_back_as_they_went(number: int) -> None:
    assert user_of(person_id(number)) == number
    assert [chat_of(channel_of(each)) for each in (number, -number)] == [number, -number]
    for thread in (ThreadId(topic=number), ThreadId(root=number), ThreadId()):
        assert thread_id(str(thread)) == thread


def test_a_private_chat_is_a_channel_that_begins_with_d() -> None:
    assert (channel_of(4711), channel_of(-1001)) == ("D4711", "-1001")


@pytest.mark.parametrize("text", ["", "t", "tt5", "-5", "1.5", "x", "²"])
def test_what_names_no_thread_is_none(text: str) -> None:
    assert thread_id(text) == ThreadId()


@pytest.mark.parametrize("person", ["slack:T1/U2", "telegram:", "telegram:x", "telegram:-5", ""])
def test_who_is_not_in_telegram_has_no_number_there(person: str) -> None:
    assert user_of(PersonId(person)) == 0


def test_supergroups_are_told_by_their_number() -> None:
    assert [is_supergroup(each) for each in (-1_002_000_000_001, -4_000_001, 5001)] == [True, False, False]
