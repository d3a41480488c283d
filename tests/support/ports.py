"""A port for a program that is told of it: nobody else is given it before the program listens there."""

import socket
import sys
from collections.abc import Generator
from contextlib import contextmanager


@contextmanager
def reserved_port() -> Generator[int]:
    """A free port on loopback that the system gives to nobody else while the block runs.

    It is bound and not listened on: on Linux, who asks for it by its number and sets SO_REUSEADDR, as asyncio's servers
    do, may listen there. Other systems give one address to one socket only, so there it is let go of.
    """
    with socket.socket() as held:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind(("127.0.0.1", 0))
        port: int = held.getsockname()[1]
        if sys.platform != "linux":
            held.close()
        yield port
