"""What stands on a chat platform in memory, and the rules by which it comes and goes."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count

from adapters.chat.card import Card
from adapters.chat.errors import FormExpiredError, MessageGoneError, NotReachableError, RejectedError
from adapters.chat.form import Form
from adapters.chat.memory_values import MemoryMessage, OpenedForm, Whisper
from adapters.chat.port import Capabilities, Posted
from core.domain.identity import PersonId, Place

FORM_OPENS_WITHIN = timedelta(seconds=3)


class Board:
    """All that people would see. Its attributes are for tests to read, and to write where a person could."""

    def __init__(self, *, clock: Callable[[], datetime], platform: str, space: str, capabilities: Capabilities) -> None:
        self.platform = platform
        self.space = space
        self.capabilities = capabilities
        self.messages: dict[str, MemoryMessage] = {}
        """All that was ever posted, oldest first, by the platform's id."""
        self.whispers: list[Whisper] = []
        self.forms: list[OpenedForm] = []
        self.given_files: dict[str, bytes] = {}
        self.groups: dict[PersonId, tuple[str, ...]] = {}
        self.homes: dict[PersonId, tuple[Card, ...]] = {}
        self.statuses: dict[Place, str] = {}
        self.acknowledged: list[tuple[Place, str]] = []
        self.names: dict[PersonId, str] = {}
        self.channel_names: dict[str, str] = {}
        self.closed: set[Place | PersonId] = set()
        """Channels (places without a thread) and people that cannot be written to."""
        self._clock = clock
        self._ids = count(1)
        self._triggers: dict[str, tuple[PersonId, datetime]] = {}

    def place(self, channel: str, thread: str = "") -> Place:
        """A place of this platform."""
        return Place(platform=self.platform, space=self.space, channel=channel, thread=thread)

    def in_thread(self, thread: Place) -> list[MemoryMessage]:
        """What stands in `thread` now, oldest first, the message it grew from included."""
        return [each for each in self.messages.values() if thread in {each.place, each.thread} and not each.deleted]

    def keyed(self, key: str) -> list[MemoryMessage]:
        """Every message posted with `key`: more than one is a double post."""
        return [each for each in self.messages.values() if each.key == key]

    def delete(self, message: str) -> None:
        """Somebody deletes a message; the thread that grew from it takes no more answers."""
        self.messages[message] = replace(self.messages[message], deleted=True)

    def trigger(self, trigger: str, person: PersonId) -> None:
        """The person did something that a form may follow."""
        self._triggers[trigger] = (person, self._clock())

    def post(self, message: MemoryMessage, *, again: bool) -> Posted:
        """Put `message` up (its id, thread and address are given here), or find the earlier one with its key."""
        if again and message.key and (earlier := self.keyed(message.key)):
            return earlier[0].posted
        if replace(message.place, thread="") in self.closed:
            raise NotReachableError("The channel cannot be written to.", code="closed", hint="Invite the bot.")
        root = self.messages.get(message.place.thread)
        if root is not None and root.deleted:
            raise MessageGoneError("The thread is not there any more.", code="thread_gone")
        return self._stand(message)

    def direct(self, person: PersonId, message: MemoryMessage, *, again: bool) -> Posted:
        """As `post`, in the conversation with one person."""
        if not self.capabilities.direct or person in self.closed:
            raise NotReachableError("This person cannot be written to.", code="cannot_direct", hint="Press Start.")
        return self.post(replace(message, place=self.direct_place(person), to=person), again=again)

    def direct_place(self, person: PersonId) -> Place:
        """Where the person is written to alone."""
        return self.place(f"D-{person.rpartition('/')[2].rpartition(':')[2]}")

    def edit(self, message: str, card: Card) -> None:
        """Exchange the card of a message that still stands."""
        self.needs(can=self.capabilities.edits, what="change messages")
        known = self.messages.get(message)
        if known is None or known.deleted:
            raise MessageGoneError("The message is not there any more.", code="message_gone")
        self.messages[message] = replace(known, card=card, edits=known.edits + 1)

    def write(self, message: str, text: str) -> None:
        """Exchange the text of a streamed answer."""
        self.messages[message] = replace(self.messages[message], text=text)

    def whisper(self, whisper: Whisper) -> None:
        """Show something to one person."""
        if whisper.person in self.closed:
            raise NotReachableError("This person cannot be written to.", code="not_in_channel")
        self.whispers.append(whisper)

    def ask(self, trigger: str, form: Form) -> None:
        """Put a form in front of whoever made the trigger."""
        person, at = self._triggers.pop(trigger, (None, None))
        if person is None or at is None or self._clock() - at > FORM_OPENS_WITHIN:
            raise FormExpiredError("That was too long ago for a form.", code="expired_trigger")
        self.forms.append(OpenedForm(person=person, form=form))

    def file(self, source: str, *, most_bytes: int) -> bytes:
        """What is in a file that somebody gave."""
        if source not in self.given_files:
            raise MessageGoneError("The file is not there any more.", code="unknown_file")
        if len(self.given_files[source]) > most_bytes:
            raise RejectedError("The file is larger than it may be.", code="too_large")
        return self.given_files[source]

    def needs(self, *, can: bool, what: str) -> None:
        """RejectedError unless the platform can do it: the program must not ask for more."""
        if not can:
            raise RejectedError(f"This platform cannot {what}.", code="not_supported")

    def _stand(self, message: MemoryMessage) -> Posted:
        name, place = f"{next(self._ids):06d}", message.place
        grows = self.capabilities.threads and not place.thread
        thread = replace(place, thread=name) if grows else place
        standing = replace(message, id=name, thread=thread, url=f"memory://{place.channel}/{name}")
        self.messages[name] = standing
        return standing.posted
