"""A chat room with a program behind it, for every story."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.conversations import Room, open_room


@pytest.fixture
async def room(tmp_path: Path, sqlite_template: Path) -> AsyncIterator[Room]:
    """Everything but the agents: what is handed over waits."""
    async with open_room(tmp_path, sqlite_template) as room:
        yield room
