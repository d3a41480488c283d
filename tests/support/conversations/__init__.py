"""A whole program in one chat room in memory: people type, press and fill in; agents play what the test has written."""

from tests.support.conversations.opening import open_room
from tests.support.conversations.people import People
from tests.support.conversations.room import Room
from tests.support.conversations.sight import PATIENCE_S
from tests.support.conversations.wiring import running
from tests.support.conversations.words import CHANNEL, SPACE, person, texts

__all__ = ["CHANNEL", "PATIENCE_S", "SPACE", "People", "Room", "open_room", "person", "running", "texts"]
