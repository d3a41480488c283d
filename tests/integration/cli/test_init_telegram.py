"""`orchestrator init telegram`: a token that is never shown, numbers learned by listening, and nobody disturbed."""

import asyncio
import tomllib
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from adapters.chat.payload import Payload
from adapters.telegram.calls import Calls
from adapters.telegram.polling import Polling
from adapters.telegram.settings import TelegramSettings
from bot.main import application
from bot.telegram_visitors import BusyBotError, Visitors
from tests.platforms.telegram.simulator import TelegramSimulator
from tests.support.command_line import CommandLine
from tests.support.terminal import Terminal, terminal

pytestmark = pytest.mark.telegram
BEFORE = '# mine\n[projects.shop]\npath = "."\n'


@pytest.fixture
async def telegram() -> AsyncGenerator[TelegramSimulator]:
    async with TelegramSimulator() as simulator:
        yield simulator


@pytest.fixture
def here(machine: CommandLine, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with settings of one project."""
    for name, value in machine.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(machine.folder)
    machine.write_settings(BEFORE)
    return machine.folder


def init(*arguments: str, code: int = 0) -> Result:
    ended = CliRunner().invoke(application(), ["init", "telegram", *arguments])
    assert ended.exit_code == code, ended.output
    return ended


def settings_in(folder: Path) -> Payload:
    return tomllib.loads((folder / "orchestrator.toml").read_text())


def test_without_a_terminal_it_says_what_to_do_and_writes_nothing(here: Path) -> None:
    told = init().stdout

    words = ("BotFather", "ORCHESTRATOR_TELEGRAM__BOT_TOKEN", "[telegram]", "[access]", "[projects.shop.chat]")
    assert all(word in told for word in words)
    assert (here / "orchestrator.toml").read_text() == BEFORE


def test_with_yes_what_is_known_is_added_once(here: Path) -> None:
    known = ("--admin", "4711", "--group=-1001234", "--yes")
    init(*known)

    found = settings_in(here)
    assert found["access"] == {"admins": ["telegram:4711"]}
    assert found["projects"] == {"shop": {"path": ".", "chat": {"channels": ["telegram:-1001234"]}}}
    assert (here / "orchestrator.toml").read_text().startswith(BEFORE)
    assert "stays as it is" in init(*known).stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--http", "http://o.example"), "https addresses only"),
        (("--admin", "alice"), "is no number for --admin"),
        (("--admin=-4711",), "is no number for --admin"),
        (("--group", "1001234"), "is no number for --group"),
    ],
)
def test_what_cannot_be_meant_is_refused_before_anything_is_written(
    here: Path, arguments: tuple[str, ...], said: str
) -> None:
    assert said in init(*arguments, "--yes", code=2).stderr
    assert (here / "orchestrator.toml").read_text() == BEFORE


def test_without_settings_nothing_can_be_added_to(here: Path) -> None:
    (here / "orchestrator.toml").unlink()

    assert "orchestrator init" in init("--yes", code=5).stderr
    assert "Add this to orchestrator.toml" in init().stdout


@asynccontextmanager
async def asking(machine: CommandLine, telegram: TelegramSimulator, *, token: str = "") -> AsyncGenerator[Terminal]:
    """The command at a terminal; whatever is typed into it as a token is nowhere on the screen."""
    machine.write_settings(BEFORE)
    machine.variables["ORCHESTRATOR_TELEGRAM__API_URL"] = telegram.api_url
    async with terminal(machine, "init", "telegram", ORCHESTRATOR_TELEGRAM__BOT_TOKEN=token) as screen:
        yield screen
        assert telegram.token not in screen.raw.decode(errors="replace")


@pytest.mark.slow
async def test_from_a_token_to_settings_with_the_numbers_of_who_came(
    machine: CommandLine, telegram: TelegramSimulator
) -> None:
    alice, mallory = telegram.person("Alice"), telegram.person("Mallory")
    shop = telegram.forum("Shop", admin=False)
    async with asking(machine, telegram) as screen:
        await screen.shows("Token (it is not shown):")
        screen.type("4711:not-the-token-that-there-is")
        await screen.shows("That is no token of a bot.")
        screen.type(telegram.token)
        await screen.shows(f"This is @{telegram.username}: https://t.me/{telegram.username}")

        await screen.shows("press Start")
        await mallory.starts()
        await screen.shows(f"Mallory (@mallory) wrote, number {mallory.id}. Is this you?")
        screen.type("no")
        await alice.starts()
        await screen.shows(f"Alice (@alice) wrote, number {alice.id}. Is this you?")
        screen.type("")

        await screen.shows("Is there a group that talks about shop?")
        screen.type("")
        await screen.shows("make it an administrator")
        await telegram.adds_bot(shop, by=alice)
        await screen.shows(f"It is in Shop, number {shop.id}. Is this the group?")
        screen.type("yes")

        await screen.shows("Add this to")
        screen.type("")
        assert await screen.ended() == 0

    found = settings_in(machine.folder)
    assert found["access"] == {"admins": [alice.key]}
    assert found["projects"] == {"shop": {"path": ".", "chat": {"channels": [f"telegram:{shop.id}"]}}}
    assert telegram.token not in (machine.folder / "orchestrator.toml").read_text()
    assert len(telegram.updates.pending) == len(telegram.updates.told)


@pytest.mark.slow
async def test_ctrl_c_writes_nothing(machine: CommandLine, telegram: TelegramSimulator) -> None:
    async with asking(machine, telegram) as screen:
        await screen.shows("Token (it is not shown):")
        screen.press(b"\x03")
        assert await screen.ended() == 130
    async with asking(machine, telegram, token=telegram.token) as screen:
        await screen.shows("press Start")
        screen.press(b"\x03")
        assert await screen.ended() == 130

    assert (machine.folder / "orchestrator.toml").read_text() == BEFORE


@pytest.mark.slow
async def test_a_bot_with_a_webhook_is_not_listened_to(machine: CommandLine, telegram: TelegramSimulator) -> None:
    telegram.webhook.point("https://elsewhere.example/4711:secret", "", at_once=1)
    async with asking(machine, telegram, token=telegram.token) as screen:
        await screen.shows("a webhook")
        await screen.shows("Add this to")
        screen.type("no")
        await screen.shows("Your own number")
        assert await screen.ended() == 0

    assert telegram.updates.conflicts == 0
    assert "elsewhere" not in screen.printed
    assert (machine.folder / "orchestrator.toml").read_text() == BEFORE


async def test_a_bot_that_another_process_reads_is_left_alone_and_that_one_misses_nothing(
    telegram: TelegramSimulator,
) -> None:
    alice, kept = telegram.person("Alice"), asyncio.Event()

    async def take(_: Payload) -> None:
        kept.set()

    settings = TelegramSettings(bot_token=telegram.token, api_url=telegram.api_url)
    calls = Calls(settings)
    running = asyncio.create_task(Polling(calls, take=take, settings=settings).run(ready=lambda: None))
    await telegram.world.bell.wait()
    async with asyncio.timeout(90):
        with pytest.raises(BusyBotError) as told:
            await Visitors(calls).next(group=False)
        await alice.starts()
        await kept.wait()

    assert "init telegram" in told.value.hint
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_updates_that_are_gone_were_read_by_another_process(telegram: TelegramSimulator) -> None:
    alice = telegram.person("Alice")
    await alice.starts()
    visitors = Visitors(Calls(TelegramSettings(bot_token=telegram.token, api_url=telegram.api_url)))
    assert (await visitors.next(group=False)).number == alice.id

    telegram.updates.forget()

    with pytest.raises(BusyBotError):
        await visitors.next(group=False)
