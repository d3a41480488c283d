"""What only one person is to see: as the answer to what they pressed just now, else alone.

Who never pressed Start cannot be written to alone. They are asked to in the group, without a word of what it is about,
and see it as soon as they did.
"""

from pydantic import TypeAdapter

from adapters.chat.card import Card, Text
from adapters.chat.errors import NotReachableError
from adapters.chat.keyvalue import KeyValueStore
from adapters.chat.measure import units
from adapters.chat.text import printable
from adapters.telegram.errors import NEVER_STARTED
from adapters.telegram.ids import channel_of, place, user_of
from adapters.telegram.keyboard import Button
from adapters.telegram.messages import Messages
from adapters.telegram.names import Names
from adapters.telegram.page import Page
from adapters.telegram.presses import Presses
from adapters.telegram.sending import Sending
from core.domain.identity import PersonId, Place

WAITS_S = 3600.0
"""An answer is worth showing for so long."""
_INVITED_S = 300.0
"""Nobody is asked twice in a group within this time."""
_CARD = TypeAdapter(Card)
_OTHERS = "I have an answer that is only for you. Open me and press Start, then it is there."


class Whispers:
    """Shows cards to one person."""

    def __init__(
        self, *, presses: Presses, messages: Messages, sending: Sending, names: Names, values: KeyValueStore
    ) -> None:
        self._presses = presses
        self._messages = messages
        self._sending = sending
        self._names = names
        self._values = values

    async def show(self, at: Place, person: PersonId, card: Card, *, start: str) -> None:
        """Show `card` to `person`, who did something in `at`; `start` is the address where Start can be pressed.

        NotReachableError when there is no way.
        """
        user = user_of(person)
        alone = place(channel_of(user))
        if await self._presses.alert(user, whispered(card)):
            return
        try:
            # in their own conversation it is said where they are, as an answer
            await self._messages.post(at if at.channel == alone.channel else alone, card, key="", again=False)
        except NotReachableError as error:
            if error.code not in NEVER_STARTED or not start or not at.channel or at.channel == alone.channel:
                raise
            await self._values.set(_waiting(user), _CARD.dump_json(card).decode(), for_s=WAITS_S)
            if not await self._presses.open(user, start):
                await self._invite(at, user, start)

    async def started(self, user: int) -> bool:
        """The person pressed Start: show what waited for them; whether anything did."""
        kept = await self._values.get(_waiting(user))
        if kept is None:
            return False
        await self._messages.post(place(channel_of(user)), _CARD.validate_json(kept), key="", again=False)
        await self._values.remove(_waiting(user))
        return True

    async def _invite(self, at: Place, user: int, start: str) -> None:
        key = f"invited/{at.channel}/{user}"
        if await self._values.get(key):
            return
        name = await self._names.of(user) or "You"
        somebody = {"id": user, "is_bot": False, "first_name": name}
        called = {"type": "text_mention", "offset": 0, "length": units(name), "user": somebody}
        page = Page(text=f"{name}, {_OTHERS}", entities=(called,), keyboard=((Button(text="Open", url=start),),))
        await self._sending.page(at, page)
        await self._values.set(key, "asked", for_s=_INVITED_S)


def whispered(card: Card) -> str:
    """All that `card` says as plain text; '' when it holds more than words, or something to press."""
    if card.actions or card.url or any(not isinstance(each, Text) for each in card.sections):
        return ""
    texts = [each.text for each in card.sections if isinstance(each, Text)]
    return printable("\n".join(filter(None, [card.title, card.status, *texts, " · ".join(card.footer)]))).strip()


def _waiting(user: int) -> str:
    return f"whisper/{user}"
