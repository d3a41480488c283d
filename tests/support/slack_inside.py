"""The chat half of a program inside the test: on the simulated Slack, with the agents it was given."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from adapters.slack.adapter import SlackAdapter
from adapters.slack.settings import SlackSettings
from bot.access import Gate
from bot.commands.chat import chat_commands
from bot.commands.context import Context
from bot.compose import Program
from bot.conversation.answering import Answering
from bot.conversation.conversation import Conversation
from bot.conversation.following import Following
from bot.delivery.delivery import ChatDelivery
from bot.delivery.reminders import Patience
from bot.inbox import Inbox
from tests.platforms.slack.simulator import SlackSimulator


@asynccontextmanager
async def listening(program: Program, slack: SlackSimulator) -> AsyncGenerator[None]:
    """Listen, act and deliver until the end of the block."""
    said = program.settings.slack
    adapter = SlackAdapter(
        SlackSettings(
            bot_token=said.bot_token.get_secret_value(),
            app_token=said.app_token.get_secret_value(),
            api_url=said.api_url,
        )
    )
    patience = program.settings.approvals
    delivery = ChatDelivery(
        program.store,
        adapter,
        project=program.settings.projects.get,
        patience=Patience(remind_after_s=patience.remind_after_s, escalate_after_s=patience.escalate_after_s),
        clock=program.clock,
    )
    context = Context(
        seen=program, orchestrator=program.orchestrator, gate=Gate.of(program.settings), data=program.data
    )
    following = Following(adapter, every_s=0.05)
    conversation = Conversation(
        context=context,
        commands=chat_commands(),
        answering=Answering(adapter=adapter, store=program.store, stirred=delivery.wake, following=following),
    )
    inbox = Inbox(store=program.store, act=conversation.act, platform="slack", clock=program.clock)
    await delivery.begin()
    async with asyncio.TaskGroup() as group:
        loops = [
            group.create_task(each)
            for each in (following.run(), inbox.run(), delivery.run(), adapter.run(inbox.hear, ready=lambda: None))
        ]
        await slack.connected()
        yield
        for loop in loops:
            loop.cancel()
