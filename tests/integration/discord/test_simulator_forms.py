"""Forms and menus of every kind on the simulated Discord, as discord.py makes and reads them."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

import discord
import pytest
from discord import ui

from tests.integration.discord.simulated_bot import Bot, a_discord, running
from tests.platforms.discord.interaction import Callback
from tests.platforms.discord.simulator import DiscordSimulator

pytestmark = pytest.mark.discord

Said = discord.Interaction[Any]


class Everything(ui.Modal, title="Everything"):
    """One field of each kind that a form can have."""

    hint = ui.TextDisplay("Tell us more")
    choice = ui.Label(
        text="Which?",
        component=ui.RadioGroup(
            options=[discord.RadioGroupOption(label="Left"), discord.RadioGroupOption(label="Right", value="r")]
        ),
    )
    several = ui.Label(
        text="Parts",
        component=ui.CheckboxGroup(
            options=[discord.CheckboxGroupOption(label="One"), discord.CheckboxGroupOption(label="Two")],
            required=False,
        ),
    )
    sure = ui.Label(text="Sure?", component=ui.Checkbox())
    files = ui.Label(text="Files", component=ui.FileUpload(required=False, max_values=2))

    def __init__(self) -> None:
        super().__init__()
        self.read: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()

    async def on_submit(self, interaction: Said, /) -> None:
        await interaction.response.defer()
        fields: dict[str, Any] = {"choice": self.choice, "several": self.several, "sure": self.sure}
        values: dict[str, Any] = {name: _read(label.component) for name, label in fields.items()}
        upload = self.files.component
        assert isinstance(upload, ui.FileUpload)
        values["files"] = {each.filename: await each.read() for each in upload.values}
        self.read.set_result(values)


def _read(field: Any) -> Any:
    return field.values if isinstance(field, ui.CheckboxGroup) else field.value


class Asking(ui.LayoutView):
    """A message with a button and a menu; `answer` is what pressing and choosing leads to."""

    def __init__(self, answer: Callable[[Said], Coroutine[Any, Any, Any]]) -> None:
        super().__init__(timeout=None)
        button: ui.Button[Any] = ui.Button(label="Ask")
        menu: ui.Select[Any] = ui.Select(
            options=[discord.SelectOption(label="Opus", value="o"), discord.SelectOption(label="Haiku", value="h")],
            max_values=2,
        )
        button.callback = menu.callback = answer  # type: ignore[method-assign]
        self.add_item(ui.ActionRow(button))
        self.add_item(ui.ActionRow(menu))


@pytest.fixture
async def simulated() -> AsyncIterator[DiscordSimulator]:
    async with a_discord(pace=10) as simulated:
        simulated.channel("api")
        yield simulated


@pytest.fixture
async def bot(simulated: DiscordSimulator) -> AsyncIterator[Bot]:
    async with running(simulated) as bot:
        yield bot


async def asking(bot: Bot, simulated: DiscordSimulator, answer: Callable[[Said], Coroutine[Any, Any, Any]]) -> Any:
    """The message as the simulator has it."""
    channel = bot.get_channel(int(simulated.channel("api").id))
    assert isinstance(channel, discord.TextChannel)
    posted = await channel.send(view=Asking(answer))
    return simulated.world.messages[str(posted.id)]


async def test_a_form_with_every_kind_of_field(simulated: DiscordSimulator, bot: Bot) -> None:
    alice = simulated.person("alice")
    form = Everything()
    message = await asking(bot, simulated, lambda said: said.response.send_modal(form))
    assert (await alice.clicks("Ask", message)).answer is Callback.MODAL
    shown = await simulated.opens_form(alice)
    assert shown.title == "Everything"
    with pytest.raises(AssertionError, match="must be filled in"):
        await alice.submits({"Parts": ["One"]})
    with pytest.raises(AssertionError, match="has no"):
        await alice.submits({"Which?": "Up"})
    with pytest.raises(AssertionError, match="the form has no"):
        await alice.submits({"Where?": "Up"})
    values = {"Which?": "Right", "Parts": ["Two"], "Sure?": True, "Files": [("a.txt", b"words")]}
    done = await alice.submits(values)
    assert done.answer is Callback.DEFERRED_UPDATE
    assert await form.read == {"choice": "r", "several": ["Two"], "sure": True, "files": {"a.txt": b"words"}}
    assert alice.form is None


async def test_a_form_can_be_closed_and_opened_again(simulated: DiscordSimulator, bot: Bot) -> None:
    alice = simulated.person("alice")
    message = await asking(bot, simulated, lambda said: said.response.send_modal(Everything()))
    await alice.clicks("Ask", message)
    alice.cancels()
    assert alice.form is None
    await alice.clicks("Ask", message)
    assert alice.form is not None


async def test_options_of_a_menu_are_chosen_by_their_words(simulated: DiscordSimulator, bot: Bot) -> None:
    alice = simulated.person("alice")
    chosen: list[Any] = []

    async def note(said: Said) -> None:
        chosen.append((said.data or {}).get("values"))
        await said.response.edit_message(view=ui.LayoutView().add_item(ui.TextDisplay("chosen")))

    message = await asking(bot, simulated, note)
    await alice.selects(["Opus", "Haiku"], message)
    assert chosen == [["o", "h"]]
    assert message.words == "chosen"
    with pytest.raises(AssertionError, match="no menu"):
        await alice.selects("Opus", message)


async def test_a_thinking_answer_is_replaced_or_taken_away(simulated: DiscordSimulator, bot: Bot) -> None:
    alice = simulated.person("alice")

    async def think(said: Said) -> None:
        await said.response.defer(ephemeral=True, thinking=True)
        await said.edit_original_response(content="thought")
        more = await said.followup.send("more", ephemeral=True, wait=True)
        await more.edit(content="even more")

    message = await asking(bot, simulated, think)
    done = await alice.clicks("Ask", message)
    await simulated.shows(lambda seen: seen.words == "even more")
    assert [each.words for each in alice.private()] == ["thought", "even more"]
    assert (done.answer, len(done.followups)) == (Callback.DEFERRED_MESSAGE, 1)

    async def forget(said: Said) -> None:
        await said.response.defer(ephemeral=True, thinking=True)
        await said.delete_original_response()
        chosen.set()

    chosen = asyncio.Event()
    await alice.clicks("Ask", await asking(bot, simulated, forget))
    await asyncio.wait_for(chosen.wait(), 90)
    assert [each.words for each in alice.private()] == ["thought", "even more"]
