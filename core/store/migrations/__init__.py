"""Alembic's folder: every change of the tables since the first version."""
