"""Postgres engines: asyncpg for our own work, psycopg for DBOS, both from one ordinary `postgresql://` URL."""

from typing import Any, cast

import asyncpg
from sqlalchemy import URL, Engine, create_engine
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

CONNECT_TIMEOUT_S = 10
COMMAND_TIMEOUT_S = 120.0
_IDLE_IN_TRANSACTION_MS = 60_000


def writer_engine(url: URL, *, busy_timeout_s: float) -> AsyncEngine:
    """Read-write transactions, which wait at most `busy_timeout_s` for a lock."""

    async def connect() -> Any:
        return await connection(url, busy_timeout_s=busy_timeout_s)

    return create_async_engine(
        # asyncpg reads the URL itself (sslmode, several hosts …); SQLAlchemy only learns the dialect
        URL.create("postgresql+asyncpg"),
        async_creator=connect,
        pool_size=5,
        max_overflow=10,
        pool_timeout=busy_timeout_s,
        # a server that was restarted costs one ping, not one failed change
        pool_pre_ping=True,
        hide_parameters=True,
    )


def reader_engine(writer: AsyncEngine) -> AsyncEngine:
    """The same connections, for read-only transactions that see one snapshot from first to last statement."""
    return writer.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def dbos_engine(url: URL) -> Engine:
    """The synchronous engine DBOS works with."""
    return create_engine(
        url.set(drivername="postgresql+psycopg"),
        pool_size=20,
        max_overflow=0,
        pool_timeout=30,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={
            "connect_timeout": CONNECT_TIMEOUT_S,
            "application_name": "orchestrator-engine",
            "options": f"-c idle_in_transaction_session_timeout={_IDLE_IN_TRANSACTION_MS}",
        },
    )


async def connection(url: URL, *, busy_timeout_s: float) -> Any:
    """One asyncpg connection with every timeout set."""
    # asyncpg is not fully typed
    opened: object = await asyncpg.connect(  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
        url.render_as_string(hide_password=False),
        timeout=CONNECT_TIMEOUT_S,
        command_timeout=max(COMMAND_TIMEOUT_S, busy_timeout_s),
        server_settings={
            "application_name": "orchestrator",
            "lock_timeout": str(round(busy_timeout_s * 1000)),
            "idle_in_transaction_session_timeout": str(_IDLE_IN_TRANSACTION_MS),
        },
    )
    return cast(Any, opened)
