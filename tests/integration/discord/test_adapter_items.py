"""Buttons and menus are the library's dynamic items: whichever process posted them, they are heard, and once."""

import discord
import pytest

from adapters.chat.card import Action, ActionStyle, Card, Choices, Option
from adapters.chat.inbound import ButtonPressed
from adapters.discord.gateway import Gateway
from tests.integration.discord.adapter_running import Ear, card, place_of, running
from tests.platforms.discord.simulator import DiscordSimulator

pytestmark = pytest.mark.discord
MENU = Choices(text="Which?", options=tuple(Option(label=f"Way {n}", token=f"{n:022}") for n in range(20)))
EXPLAINED = Choices(text="How?", options=(Option(label="Slowly", description="and surely", token="s" * 22),))
CARD = card(
    sections=(MENU, EXPLAINED),
    actions=(
        Action(token="a-_" + "a" * 19, label="Approve", command="approve A1"),
        Action(token="m" * 22, label="Logs", command="logs T1", minor=True),
        Action(token="c" * 22, label="Cancel", style=ActionStyle.DANGER, command="cancel T1"),
    ),
)


class ItemsAlone(Gateway):
    """A gateway that hears of presses by its items alone."""

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        if interaction.type is not discord.InteractionType.component:
            await super().on_interaction(interaction)


async def test_everything_that_can_be_pressed_is_a_dynamic_item_and_survives_the_process_that_posted_it() -> None:
    async with DiscordSimulator(pace=20) as discord:
        alice, ear, channel = discord.person("alice"), Ear(), discord.channel("api")
        async with running(discord, ears=ItemsAlone) as adapter:
            posted = await adapter.post(place_of(channel), CARD, key="T1:card")
        shown = discord.world.messages[posted.message]
        async with running(discord, ear, ears=ItemsAlone):
            await alice.clicks("Approve", shown)
            await alice.selects("Way 7", shown)
            await alice.selects("Logs", shown)
            await alice.clicks("Choose", shown)
            await alice.clicks("Cancel", shown)
            asked = await alice.sees(lambda seen: "Cancel?" in seen.words)
            await alice.clicks("Cancel", asked)
            await ear.hears(ButtonPressed, lambda said: said.token == "c" * 22)
    tokens = ["a-_" + "a" * 19, f"{7:022}", "m" * 22, "s" * 22, "c" * 22]
    assert sorted(each.token for each in ear.said if isinstance(each, ButtonPressed)) == sorted(tokens)


async def test_a_press_is_told_once_although_the_library_tells_it_as_an_item_and_as_an_event() -> None:
    async with DiscordSimulator(pace=20) as discord:
        alice, ear, channel = discord.person("alice"), Ear(), discord.channel("api")
        async with running(discord, ear) as adapter:
            posted = await adapter.post(place_of(channel), CARD, key="T1:card")
            await alice.clicks("Approve", discord.world.messages[posted.message])
            await alice.mentions("are you there?", channel)
            await ear.hears(object, lambda said: not isinstance(said, ButtonPressed))
    assert len([each for each in ear.said if isinstance(each, ButtonPressed)]) == 1


async def test_what_is_no_item_by_its_id_is_heard_all_the_same() -> None:
    odd = Card(key="T1", title="T1", actions=(Action(token="one day:it was so", label="Go", command="status"),))
    async with DiscordSimulator(pace=20) as discord:
        alice, ear, channel = discord.person("alice"), Ear(), discord.channel("api")
        async with running(discord, ear) as adapter:
            posted = await adapter.post(place_of(channel), odd, key="T1:card")
            await alice.clicks("Go", discord.world.messages[posted.message])
            heard = await ear.hears(ButtonPressed)
    assert heard.token == "one day:it was so"
