"""The table of what came from forges about tasks."""

from typing import Annotated

from pydantic import Field
from sqlalchemy import Column, Index, Table

from core.domain.forge_news import ForgeNews
from core.store.columns import Json, OpenText, UtcTime
from core.store.metadata import metadata

forge_news = Table(
    "forge_news",
    metadata,
    Column("key", OpenText, primary_key=True),
    Column("project", OpenText, nullable=False),
    Column("task", OpenText, nullable=False),
    Column("news", Json(Annotated[ForgeNews, Field(discriminator="type")]), nullable=False),
    Column("at", UtcTime, nullable=False),
    Index(None, "task"),
)
"""Each thing that happened once, however often and by whatever way it was told."""
