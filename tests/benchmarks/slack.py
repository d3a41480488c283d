"""What people wait for in Slack, and what a task costs of Slack's pace: the program on a simulated workspace.

Program, agents (in memory), and the simulator share one process, which makes the waiting times longer than they are
elsewhere. The workspace keeps Slack's own limits in real time; nothing is scaled.
"""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.compose import Program
from bot.platforms import platforms_of
from bot.serve import ChatService
from core.agents.memory import MemoryAgentRunner, Stage
from core.domain.identity import TaskId
from tests.benchmarks.house import ONE_AGENT, PARKED, PATIENCE_S, PROJECT, all_reach, furnished, living
from tests.platforms.slack.message import Message
from tests.platforms.slack.person import Person
from tests.platforms.slack.simulator import SlackSimulator
from tests.platforms.slack.workspace import TEAM
from tests.support.waiting import eventually_awaited

_TABLES = """\
[slack]
bot_token = "{slack.bot_token}"
app_token = "{slack.app_token}"
api_url = "{slack.api_url}"
workspaces = ["{team}"]
channels = ["*"]
[projects.{project}.access]
developers = ["slack:{team}/*"]
"""
_CONNECTING = frozenset({"auth.test", "apps.connections.open"})
ACTION_S = 1.0
"""How long an agent is at each of its actions where it works for a while."""
LONG = 300
"""More actions than anybody waits for."""
_POLL_S = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """Milliseconds from each command to Slack's being answered, and to the first card in its channel."""

    ack_ms: list[float]
    first_card_ms: list[float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """The program and the workspace it listens to."""

    program: Program
    slack: SlackSimulator
    alice: Person


async def commands_at_once(folder: Path, *, commands: int) -> Waits:
    """So many people hand over a task at the same moment, each in a channel of their own."""
    async with _office(folder, runner=_busy(LONG)) as office:
        slack = office.slack
        channels = [slack.channel(f"room-{number}") for number in range(commands)]
        people = [slack.person(f"person-{number}") for number in range(commands)]
        begun = slack.now()
        line = f"/orchestrate fix the discount --workflow {ONE_AGENT}"
        envelopes = await asyncio.gather(
            *(person.types(line, channel) for person, channel in zip(people, channels, strict=True))
        )
        cards = [each.id for each in channels]
        await slack.until(lambda: set(cards) <= _first_posts(slack).keys() or None, within_s=PATIENCE_S)
        posted = _first_posts(slack)
        return Waits(
            # a command that was not answered in time took the three seconds that Slack waits, at least
            ack_ms=[1000 * (3.0 if each.acked_after_s is None else each.acked_after_s) for each in envelopes],
            first_card_ms=[1000 * (posted[each] - begun) for each in cards],
        )


async def calls_per_task(folder: Path, *, tasks: int, actions: int) -> float:
    """Calls of the Web API for a task of one agent that acts so often, and one result that a person approves."""
    async with _office(folder, runner=_busy(actions)) as office:
        slack, channel = office.slack, office.slack.channel("room")
        for number in range(1, tasks + 1):
            await office.alice.types(f"/orchestrate fix the discount --workflow {PARKED}", channel)
            question = await slack.shows(
                lambda message, number=number: _is(message, f"A{number}:card") and "Approve result" in message.labels,
                within_s=PATIENCE_S,
            )
            await office.alice.clicks("Approve result", question)
            await slack.shows(lambda message, number=number: _is(message, f"T{number}:ended:1"), within_s=PATIENCE_S)
            await _settled(office)
        return sum(call.method not in _CONNECTING for call in slack.calls) / tasks


async def crowd_in_one_channel(folder: Path, *, tasks: int, actions: int) -> int:
    """How often Slack says 429 while so many tasks run in one channel; RuntimeError when anybody notices.

    That is: a card or a result that is not there at the end, or a person who is told of trouble.
    """
    async with _office(folder, runner=_busy(actions), agents=tasks) as office:
        slack, channel = office.slack, office.slack.channel("room")
        after = await office.program.store.journal.last_seq()
        line = f"/orchestrate fix the discount --workflow {ONE_AGENT}"
        await asyncio.gather(*(office.alice.types(line, channel) for _ in range(tasks)))
        names = [TaskId(f"T{number}") for number in range(1, tasks + 1)]
        await all_reach(office.program, names, after=after)
        await _settled(office)
        for name in names:
            card = [each for each in slack.messages(channel) if _is(each, f"{name}:card")]
            result = [each for each in slack.messages(channel) if _is(each, f"{name}:ended:1")]
            if len(card) != 1 or len(result) != 1 or "Done" not in card[0].words:
                raise RuntimeError(f"{name}: {len(card)} cards, {len(result)} results, {card and card[0].words!r}")
        if told := [each.words for each in slack.messages() if each.only_for]:
            raise RuntimeError(f"People were told: {told}")
        return len(slack.api.rate_limited)


@asynccontextmanager
async def _office(folder: Path, *, runner: MemoryAgentRunner, agents: int = 5) -> AsyncGenerator[Office]:
    house = await furnished(folder, past=None, agents=agents)
    async with SlackSimulator() as slack:
        settings = house / "orchestrator.toml"
        settings.write_text(settings.read_text() + _TABLES.format(slack=slack, team=TEAM, project=PROJECT))
        async with living(house, runner=runner, git=False) as program, _listening(program):
            await slack.connected()
            yield Office(program=program, slack=slack, alice=slack.person("alice"))


@asynccontextmanager
async def _listening(program: Program) -> AsyncGenerator[None]:
    """The chat half of the program, until the end of the block."""
    service = ChatService(program, platforms_of(program.settings), tell=lambda _: None)
    serving = asyncio.create_task(service.run())
    try:
        yield
    finally:
        serving.cancel()
        await asyncio.wait([serving])


def _busy(actions: int) -> MemoryAgentRunner:
    async def works(stage: Stage) -> Mapping[str, object]:
        for number in range(actions):
            await asyncio.sleep(ACTION_S)
            await stage.use("Read", {"file_path": f"pricing/part-{number}.py"})
        return {"summary": "Nothing had to be done."}

    async def looks(_: Stage) -> Mapping[str, object]:
        return {"summary": "Good.", "verdict": "approve", "comments": []}

    return MemoryAgentRunner({"builder": works, "reviewer": looks})


async def _settled(office: Office) -> None:
    """Wait until all is said and every card is true."""

    async def nothing_left() -> bool:
        async with office.program.store.reading() as uow:
            stale, due = await uow.cards.stale("slack", 1), await uow.deliveries.due("slack", 1)
            heard = await uow.hearings.waiting("slack", 1)
        # each look is work for the program's own process
        await asyncio.sleep(_POLL_S)
        return not (stale or due or heard)

    await eventually_awaited(nothing_left, within_s=PATIENCE_S, what="an empty outbox")


def _first_posts(slack: SlackSimulator) -> dict[str, float]:
    """Channel → when something was first posted there, seconds."""
    posts = [call for call in slack.calls if call.method == "chat.postMessage" and call.answer.get("ok")]
    return {str(call.arguments["channel"]): call.at for call in reversed(posts)}


def _is(message: Message, key: str) -> bool:
    return bool(message.metadata) and message.metadata["event_payload"]["key"] == key
