"""Alembic runs this script for each migration; the connection and its transaction belong to the caller."""

from alembic import context

from core.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    version_table=context.config.attributes["version_table"],
    target_metadata=metadata,
)
context.run_migrations()
