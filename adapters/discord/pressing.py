"""Buttons and menus as the library's dynamic items: heard by their ids alone, whichever process posted them."""

from re import Match
from typing import Any, Protocol, Self, cast

import discord
from discord.ui import Button, DynamicItem, Item, Select

from adapters.discord.confirmation import PRESSABLE
from adapters.discord.render_actions import MENUS


class Presses(Protocol):
    """A client that is told of presses."""

    def pressed(self, interaction: discord.Interaction) -> None:
        """Somebody pressed a button or chose from a menu of ours."""
        ...


class PressedButton(DynamicItem[Button[Any]], template=PRESSABLE):
    """A button of ours, made anew from its id whenever it is pressed; its message may be weeks old."""

    @classmethod
    async def from_custom_id(cls, interaction: discord.Interaction[Any], item: Item[Any], match: Match[str], /) -> Self:
        """The button that was pressed; what its id means is read where all presses are."""
        return cls(cast("Button[Any]", item))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Hand the press over."""
        cast("Presses", interaction.client).pressed(interaction)


class ChosenFrom(DynamicItem[Select[Any]], template=MENUS):
    """A menu of ours; which of its options was chosen stands in the interaction."""

    @classmethod
    async def from_custom_id(cls, interaction: discord.Interaction[Any], item: Item[Any], match: Match[str], /) -> Self:
        """The menu that was chosen from."""
        return cls(cast("Select[Any]", item))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        """Hand the choice over."""
        cast("Presses", interaction.client).pressed(interaction)
