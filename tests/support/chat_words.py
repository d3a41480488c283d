"""What the contract of chat adapters posts, and how it knows what it heard."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from adapters.chat.card import Action, Card, Text
from adapters.chat.inbound import ButtonPressed, Inbound, MessageReceived
from tests.support.chat_stage import Stage

CARD = Card(key="T1:card", title="Fix the parser", sections=(Text(text="Looking at it."),))
TOKEN = "t" * 40
ASKING = replace(CARD, actions=(Action(token=TOKEN, label="Approve", command="approve A1"),))


def needs(*, can: bool, what: str) -> None:
    """Skip the test on a platform that says of itself that it cannot."""
    if not can:
        pytest.skip(f"this platform has no {what}, and says so")


def message(text: str) -> Callable[[Inbound], bool]:
    """Whether a message with this text came in."""
    return lambda inbound: isinstance(inbound, MessageReceived) and inbound.text == text


async def trigger_of(stage: Stage) -> str:
    """What alice's press on a button gives us to open a form with."""
    posted = await stage.adapter.post(stage.channel, ASKING, key="T1:card")
    await stage.presses(stage.alice, posted, "Approve")
    heard = await stage.running.ears.until(lambda inbound: isinstance(inbound, ButtonPressed))
    assert isinstance(heard, ButtonPressed)
    return heard.trigger
