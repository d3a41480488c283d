"""The table of sums over the ledger: one row for each agent run, model and quarter of an hour."""

from sqlalchemy import BigInteger, Column, Index, Integer, Table

from core.store.columns import OpenText, Usd
from core.store.metadata import metadata

QUARTER_S = 900
"""Seconds of a quarter of an hour: every zone in use is whole quarters away from UTC."""

spending = Table(
    "spending",
    metadata,
    Column("quarter", Integer, primary_key=True),
    Column("agent_run", OpenText, primary_key=True),
    Column("model", OpenText, primary_key=True),
    Column("task", OpenText, nullable=False),
    Column("step", OpenText, nullable=False),
    Column("role", OpenText, nullable=False),
    Column("project", OpenText, nullable=False),
    Column("person", OpenText, nullable=False),
    Column("calls", BigInteger, nullable=False),
    Column("input_tokens", BigInteger, nullable=False),
    Column("output_tokens", BigInteger, nullable=False),
    Column("cache_read_tokens", BigInteger, nullable=False),
    Column("cache_write_tokens", BigInteger, nullable=False),
    Column("cost_usd", Usd, nullable=False),
    # what tasks and their roles cost is read from the index alone, in its order
    Index(None, "task", "role", "cost_usd", "calls"),
    Index(None, "model"),
    # the rows of a period lie together on disk
    sqlite_with_rowid=False,
)
"""Quarters are counted from 1970 UTC. Written in the transaction that writes the ledger, so it never differs."""
