"""A small bot on discord.py's own client, to try the simulator with: a command, buttons, a form, and what it hears."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import discord
from discord import app_commands, ui

from tests.platforms.discord.pointing import pointed_at
from tests.platforms.discord.simulator import DiscordSimulator
from tests.platforms.discord.world import BOT_USER
from tests.support.waiting import eventually

_READY_WITHIN_S = 90.0
AGENT = "DiscordBot (https://example.org, 1)"
"""What somebody without a library has to call themselves."""


def a_discord(**options: Any) -> DiscordSimulator:
    """A simulator that is held to the published description, too."""
    return DiscordSimulator(checks_answers=True, **options)


class Reason(ui.Modal, title="Why not?"):
    """A form with one of each kind of field."""

    reason = ui.Label(text="Reason", component=ui.TextInput(style=discord.TextStyle.long, max_length=500))
    after = ui.Label(
        text="And then?",
        component=ui.Select(
            options=[discord.SelectOption(label="Stop"), discord.SelectOption(label="Plan again", value="plan")]
        ),
    )

    async def on_submit(self, interaction: discord.Interaction[Any], /) -> None:
        reason, after = self.reason.component, self.after.component
        assert isinstance(reason, ui.TextInput)
        assert isinstance(after, ui.Select)
        await interaction.response.send_message(f"{reason.value}, then {after.values[0]}")


class Decide(ui.DynamicItem[ui.Button[Any]], template=r"decide:(?P<what>\w+)"):
    """A button that survives restarts."""

    def __init__(self, what: str) -> None:
        super().__init__(ui.Button(label=what.capitalize(), custom_id=f"decide:{what}"))
        self.what = what

    @classmethod
    async def from_custom_id(cls, interaction: Any, item: Any, match: Any, /) -> "Decide":
        return cls(match["what"])

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        if self.what == "deny":
            await interaction.response.send_modal(Reason())
        else:
            await interaction.response.send_message("only you see this", ephemeral=True)


class Card(ui.LayoutView):
    """A card as the program shows them."""

    def __init__(self, text: str) -> None:
        super().__init__(timeout=None)
        row: ui.ActionRow[Any] = ui.ActionRow(Decide("approve"), Decide("deny"))
        self.add_item(ui.Container(ui.TextDisplay(text), ui.Separator(), row, accent_color=0x2EB67D))


class Bot(discord.AutoShardedClient):
    """`heard` is what it was told, in order."""

    def __init__(self, **options: Any) -> None:
        intents = discord.Intents.default()
        intents.message_content = True
        super().__init__(intents=options.pop("intents", intents), guild_ready_timeout=0.05, **options)
        self.heard: list[str] = []
        self.changed = asyncio.Event()
        self.tree = app_commands.CommandTree(self)
        group = app_commands.Group(name="orchestrate", description="Hand over work")
        run = group.command(name="run", description="Start a task")(_run)
        run.autocomplete("model")(_models)
        self.tree.add_command(group)
        self.tree.add_command(app_commands.ContextMenu(name="Orchestrate this", callback=_this))

    async def setup_hook(self) -> None:
        self.add_dynamic_items(Decide)
        await self.tree.sync()

    async def on_message(self, message: discord.Message) -> None:
        if message.author != self.user:
            self._note(message.content)

    async def on_resumed(self) -> None:
        self._note("resumed")

    async def hears(self, what: str, *, times: int = 1) -> None:
        """Wait until it was told this."""
        async with asyncio.timeout(_READY_WITHIN_S):
            while self.heard.count(what) < times:
                self.changed.clear()
                await self.changed.wait()

    def _note(self, what: str) -> None:
        self.heard.append(what)
        self.changed.set()


@app_commands.describe(request="What is to be done", model="Which model")
async def _run(interaction: discord.Interaction[Any], request: str, model: str = "") -> None:
    await interaction.response.defer()
    channel = interaction.channel
    assert isinstance(channel, discord.TextChannel)
    await interaction.followup.send(f"taken: {request} {model}".strip())
    card = await channel.send(view=Card(f"**T1** {request}"))
    await card.create_thread(name="T1 working")


async def _this(interaction: discord.Interaction[Any], message: discord.Message) -> None:
    await interaction.response.send_message(f"on it: {message.content}", ephemeral=True)


async def _models(interaction: discord.Interaction[Any], typed: str) -> list[app_commands.Choice[str]]:
    return [app_commands.Choice(name=each, value=each) for each in ("opus", "sonnet", "haiku") if typed in each]


@asynccontextmanager
async def running(simulated: DiscordSimulator, **options: Any) -> AsyncGenerator[Bot]:
    """A bot that is connected and ready."""
    with pointed_at(simulated):
        bot = Bot(**options)
        await bot.login(simulated.bot_token)
        connection = asyncio.create_task(bot.connect())
        ready = asyncio.create_task(bot.wait_until_ready())
        try:
            async with asyncio.timeout(_READY_WITHIN_S):
                await asyncio.wait({connection, ready}, return_when=asyncio.FIRST_COMPLETED)
            if connection.done():
                await connection
            # the library calls itself ready when no guild has come for a moment, which says little on a busy machine
            there = {int(each.id) for each in simulated.world.guilds.values() if BOT_USER in each.members}
            await eventually(lambda: there <= {each.id for each in bot.guilds}, what="every guild")
            yield bot
        finally:
            ready.cancel()
            await bot.close()
            await asyncio.gather(connection, ready, return_exceptions=True)
