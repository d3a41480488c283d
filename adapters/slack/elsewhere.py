"""What somebody asks of us in a direct conversation with somebody else is taken as said to us alone.

We are not in that conversation: nothing can be posted there, and it looks like one with us.
"""

import asyncio
from dataclasses import replace

from adapters.chat.errors import ChatError
from adapters.chat.inbound import CommandReceived, Inbound, MessagePicked
from adapters.slack.messages import Messages


async def brought_home(inbound: Inbound, messages: Messages, *, within_s: float) -> Inbound:
    """`inbound` in our own conversation with its person, when it comes from one of theirs.

    As it is when Slack does not say within `within_s` seconds which conversation is ours.
    """
    if not isinstance(inbound, CommandReceived | MessagePicked) or not inbound.place.channel.startswith("D"):
        return inbound
    try:
        async with asyncio.timeout(within_s):
            ours = await messages.direct_place(inbound.person.id, inbound.place.space)
    except (ChatError, TimeoutError):
        return inbound
    return inbound if ours.channel == inbound.place.channel else replace(inbound, place=ours)
