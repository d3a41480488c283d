"""The table of schedules."""

from typing import Annotated

from pydantic import Field
from sqlalchemy import Column, Index, Table, text

from core.domain.schedule import Missed, Scheduled, ScheduleState, When
from core.store.columns import Json, OpenText, PlaceText, UtcTime, Words
from core.store.metadata import metadata

schedules = Table(
    "schedules",
    metadata,
    Column("id", OpenText, primary_key=True),
    Column("project", OpenText, nullable=False),
    Column("by", OpenText, nullable=False),
    Column("place", PlaceText),
    Column("when", Json(When), nullable=False),
    Column("what", Json(Annotated[Scheduled, Field(discriminator="kind")]), nullable=False),
    Column("missed", Words(Missed), nullable=False),
    Column("state", Words(ScheduleState), nullable=False),
    Column("reason", OpenText, nullable=False),
    Column("counted_from", UtcTime, nullable=False),
    Column("last_run", OpenText, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("key", OpenText, nullable=False),
    Index(None, "state"),
    Index(
        "uq_schedules_key",
        "key",
        unique=True,
        sqlite_where=text("key != ''"),
        postgresql_where=text("key != ''"),
    ),
)
