"""`orchestrator deliveries`: what never arrived is named, sent again, or let go."""

import asyncio
import json
from datetime import UTC, datetime

import pytest

from core.domain.conversation import Delivery, DeliveryState
from core.domain.identity import PersonId
from core.store import Store
from tests.integration.cli.conftest import Run
from tests.support.command_line import CommandLine

pytestmark = pytest.mark.slack


async def lost(machine: CommandLine, *keys: str) -> None:
    at = datetime.now(UTC)
    url = f"sqlite:///{machine.database}"
    async with await Store.open(url, clock=lambda: at) as store, store.transaction() as uow:
        for key in keys:
            dead = Delivery(
                key=key,
                platform="slack",
                person=PersonId("slack:T1/U1"),
                notice={},
                state=DeliveryState.DEAD,
                error="It is closed.",
                made_at=at,
                settled_at=at,
            )
            await uow.deliveries.add(dead)


def test_each_lost_message_is_listed_with_the_key_by_which_it_is_sent_again(machine: CommandLine, run: Run) -> None:
    assert run("deliveries", "list").stdout.splitlines() == ["Everything arrived."]
    asyncio.run(lost(machine, "A17:card", "T1:card"))
    told = run("deliveries", "list").stdout.splitlines()
    assert [line for line in told if not line.startswith(" ")] == ["T1:card", "A17:card"]
    assert "  It is closed." in told
    assert json.loads(run("deliveries", "list", "--json").stdout)["given_up"] == 2

    assert run("deliveries", "resend", "T1:card").stdout == "1 message will be sent again by orchestrator serve.\n"
    document = json.loads(run("deliveries", "list", "--json").stdout)
    assert (document["pending"], [each["key"] for each in document["newest"]]) == (1, ["A17:card"])
    assert run("deliveries", "drop", "--all").stdout == "1 message let go.\n"
    assert run("deliveries", "list").stdout.splitlines() == ["Everything arrived.", "1 message waiting to be sent."]


def test_a_key_must_be_named_and_must_be_one_of_the_list(machine: CommandLine, run: Run) -> None:
    asyncio.run(lost(machine, "T1:card"))
    assert "Say which: keys, or --all." in run("deliveries", "drop", code=2).stderr
    assert "Say which: keys, or --all." in run("deliveries", "drop", "T1:card", "--all", code=2).stderr
    assert "There is no message T2:card." in run("deliveries", "resend", "T2:card", code=4).stderr


def test_status_and_doctor_say_what_to_do_about_it(machine: CommandLine, run: Run) -> None:
    asyncio.run(lost(machine, "T1:card"))
    assert "orchestrator deliveries list, resend, drop" in run("status").stdout
