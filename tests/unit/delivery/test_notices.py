"""What deliveries say survives being stored."""

import json

import pytest
from pydantic import ValidationError

from adapters.chat.card import Action, Card, Choices, Code, Field, Fields, Option, StepList, StepRow, Table, Text, Tone
from bot.delivery.notices import (
    ApprovalNotice,
    CallNotice,
    CardNotice,
    EndedNotice,
    NewsNotice,
    Notice,
    ReminderNotice,
    TaskNotice,
    read,
    written,
)
from core.domain.identity import ApprovalId, PersonId
from core.domain.notification import Happening
from core.domain.task import StepState, TaskState
from tests.support.values import NOON, T1

pytestmark = pytest.mark.slack
ALICE = PersonId("slack:T1/U1")
A1 = ApprovalId("A1")
CARD = Card(
    key="event:1",
    title="Tasks",
    tone=Tone.GOOD,
    sections=(
        Text(text="One\nTwo"),
        Code(text="rm -r build", language="bash"),
        Fields(fields=(Field(label="Since", value="12:00 UTC", at=NOON),)),
        StepList(rows=(StepRow(name="build", role="builder", state=StepState.RUNNING),)),
        Table(columns=(), rows=(("a", "b"),)),
        Choices(text="Which?", options=(Option(label="This", command="answer A1 --choice 1"),)),
    ),
    actions=(Action(label="Cancel", command="cancel T1"),),
    mentions=(ALICE,),
)


@pytest.mark.parametrize(
    "notice",
    [
        TaskNotice(task=T1),
        ApprovalNotice(approval=A1, call=(ALICE,), only_pending=True),
        ReminderNotice(approval=A1),
        EndedNotice(task=T1, life=2, state=TaskState.FAILED, reason="The tests fail."),
        NewsNotice(task=T1, happening=Happening.BUDGET, approval=A1),
        CallNotice(person=ALICE, about=written(ApprovalNotice(approval=A1))),
        CardNotice(card=CARD),
    ],
    ids=lambda notice: notice.type,
)
def test_every_notice_comes_back_as_it_was(notice: Notice) -> None:
    assert read(json.loads(json.dumps(written(notice)))) == notice


def test_what_another_version_wrote_and_this_one_does_not_know_is_an_error() -> None:
    with pytest.raises(ValidationError):
        read({"type": "poem", "task": "T1"})
