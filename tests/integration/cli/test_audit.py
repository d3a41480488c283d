"""`orchestrator audit`: who did what, in a house with a past, and a broken trail that nobody can overlook."""

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from typer.testing import Result

from core.domain.identity import PersonId
from core.store.store import Store
from tests.support.command_line import CommandLine

pytestmark = pytest.mark.slack

Run = Callable[..., Result]
ALICE, BOB = PersonId("slack:T0123/U1"), PersonId("slack:T0123/U2")


async def _written(machine: CommandLine, *, spoilt: bool = False) -> None:
    async with await Store.open(f"sqlite:///{machine.database}", clock=lambda: datetime.now(UTC)) as store:
        for actor, act, subject, allowed in ((ALICE, "submit", "T3", True), (BOB, "approve", "A1", False)):
            async with store.transaction() as uow:
                await uow.people.see(actor, "alice" if actor == ALICE else "")
                await uow.audit.append(actor=actor, act=act, subject=subject, allowed=allowed, detail="said so")
        if spoilt:
            async with store.transaction() as uow:
                await uow.connection.execute(sa.text("UPDATE audit SET detail = 'nothing' WHERE seq = 1"))


def test_the_trail_is_listed_and_said_to_be_whole(run: Run, machine: CommandLine) -> None:
    assert run("audit").stdout == "Nothing is written down yet.\n"
    asyncio.run(_written(machine))
    lines = run("audit").stdout.splitlines()

    assert lines[0].split() == ["when", "who", "what", "said"]
    assert [line.split("UTC")[1].split() for line in lines[1:3]] == [
        ["U2", "refused:", "approve", "A1", "said", "so"],
        ["alice", "submit", "T3", "said", "so"],
    ]
    assert lines[-1] == "The trail is whole: 2 rows, each checked."


def test_it_can_be_about_somebody_or_a_task(run: Run, machine: CommandLine) -> None:
    asyncio.run(_written(machine))

    document = json.loads(run("audit", "--task", "3", "--person", "Alice", "--json").stdout)
    assert (document["whole"], [each["act"] for each in document["entries"]]) == (True, ["submit"])
    about = json.loads(run("audit", "--task", "T3", "--json").stdout)
    assert [each["subject"] for each in about["entries"]] == ["A1", "T3"]


def test_a_broken_trail_is_said_where_it_is_seen_and_is_no_success(run: Run, machine: CommandLine) -> None:
    asyncio.run(_written(machine, spoilt=True))

    told = run("audit", code=1)
    assert told.stderr.startswith("THE AUDIT TRAIL IS BROKEN: row 1 was changed")
    assert "whole" not in told.stdout
    assert json.loads(run("audit", "--json", code=1).stdout)["broken_at"] == 1
