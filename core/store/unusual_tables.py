"""The table of unusual spending: one row for each thing that was seen, named for good by its key."""

from sqlalchemy import Column, Index, Integer, Table

from core.domain.unusual import Oddity
from core.store.columns import OpenText, Usd, UtcTime, Words
from core.store.metadata import metadata

unusual_spending = Table(
    "unusual_spending",
    metadata,
    Column("key", OpenText, primary_key=True),
    Column("kind", Words(Oddity), nullable=False),
    Column("project", OpenText, nullable=False),
    Column("task", OpenText, nullable=False),
    Column("about", OpenText, nullable=False),
    Column("role", OpenText, nullable=False),
    # also a share of 0 to 1: the column keeps twelve places
    Column("found", Usd, nullable=False),
    Column("usual", Usd, nullable=False),
    Column("over", Integer, nullable=False),
    Column("at", UtcTime, nullable=False),
    Index(None, "at"),
)
