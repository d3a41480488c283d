"""The audit trail's chain shows every change of what was written."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.audit import BEGINNING, AuditEntry, entry_hash, first_broken
from core.domain.identity import PersonId
from tests.support.values import NOON

ALICE = PersonId("slack:T0123/U1")


def a_chain(length: int) -> list[AuditEntry]:
    """Rows as they are written."""
    chain: list[AuditEntry] = []
    for seq in range(1, length + 1):
        entry = AuditEntry(
            seq=seq,
            at=NOON + timedelta(seconds=seq),
            actor=ALICE,
            act="approve",
            subject=f"A{seq}",
            allowed=True,
            previous=chain[-1].hash if chain else BEGINNING,
            hash="",
        )
        chain.append(replace(entry, hash=entry_hash(entry)))
    return chain


def test_what_was_written_is_sound_in_one_piece_and_in_several() -> None:
    chain = a_chain(5)
    assert first_broken(chain) is None
    assert first_broken(chain[2:], after=chain[1]) is None
    assert first_broken([]) is None


@pytest.mark.parametrize(
    "change",
    [
        {"seq": 9},
        {"at": NOON},
        {"actor": PersonId("slack:T0123/U2")},
        {"act": "deny"},
        {"subject": "A9"},
        {"place": "slack/T0123"},
        {"allowed": False},
        {"detail": "x"},
        {"previous": BEGINNING},
        {"hash": BEGINNING},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_change_of_any_field_is_seen_at_its_row(change: dict[str, object]) -> None:
    chain = a_chain(4)
    chain[2] = replace(chain[2], **change)  # type: ignore[arg-type]
    assert first_broken(chain) == 3


def test_a_row_that_was_made_to_fit_itself_breaks_the_one_after_it() -> None:
    chain = a_chain(4)
    forged = replace(chain[1], act="deny")
    chain[1] = replace(forged, hash=entry_hash(forged))
    assert first_broken(chain) == 3


@given(st.integers(1, 6))
def test_a_missing_row_is_named(missing: int) -> None:
    chain = a_chain(6)
    del chain[missing - 1]
    assert first_broken(chain) == (missing if missing < 6 else None)


def test_a_row_that_was_put_in_is_named() -> None:
    chain = a_chain(3)
    assert first_broken([*chain[:2], chain[1], *chain[2:]]) == 3
