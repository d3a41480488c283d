"""What an agent said, message by message, as its stored session tells: to read, and to fork at one of them."""

from typing import TYPE_CHECKING

from adapters.claude.conversation import Said, conversation
from core.domain.errors import InvalidInputError

if TYPE_CHECKING:
    from bot.onlooker import Onlooker
    from core.domain.task import AgentRun

MAIN = ""
"""The agent's own transcript, without those of agents it may have started."""


async def said_by(seen: "Onlooker", run: "AgentRun") -> list[Said]:
    """The messages of `run`, oldest first; [] before it has said anything."""
    transcripts = seen.store.transcripts
    for key in await transcripts.project_keys(run.session):
        entries = await transcripts.load(key, run.session, MAIN)
        return conversation(entries, worktree=seen.workspaces.folder / run.task, mask=seen.mask)
    return []


async def message_uuid(seen: "Onlooker", run: "AgentRun", named: str) -> str:
    """The uuid of the message called `named`: its number as it is listed, or the uuid itself; '' for none.

    InvalidInputError when there is no such message.
    """
    if not named.isdigit():
        return named
    said = await said_by(seen, run)
    for message in said:
        if message.number == int(named):
            return message.uuid
    told = f"It has {len(said)} messages" if said else "It has said nothing yet"
    raise InvalidInputError(
        f"{run.id} has no message {named}.", hint=f"{told}; list them with: orchestrator agent {run.id} --messages"
    )
