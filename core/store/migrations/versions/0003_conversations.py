"""What conversations need: what came in and goes out, cards, buttons, people, the audit trail, keys of requests."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add tables, and columns whose defaults mean what was so before: nobody repeats, nothing may be done again."""
    _name_requests()
    _extend_approvals()
    _create_hearings()
    _create_threads()
    _create_cards()
    _create_action_tokens()
    _create_deliveries()
    _create_cursors()
    _create_bindings()
    _create_people()
    _create_audit()


def _name_requests() -> None:
    for table, column in (("tasks", "request_key"), ("messages", "key")):
        op.add_column(table, sa.Column(column, sa.Text(), nullable=False, server_default=""))
        _index_where(f"uq_{table}_{column}", table, [column], where=f"{column} != ''", unique=True)


def _extend_approvals() -> None:
    op.add_column("approvals", sa.Column("what", sa.Text(), nullable=False, server_default=""))
    op.add_column("approvals", sa.Column("always", sa.Boolean(), nullable=False, server_default=sa.false()))


def _create_hearings() -> None:
    op.create_table(
        "hearings",
        _serial("number"),
        *_texts("platform", "event_id", "said"),
        _time("heard_at"),
        _time("handled_at", nullable=True),
        sa.PrimaryKeyConstraint("number", name="pk_hearings"),
        sa.UniqueConstraint("platform", "event_id", name="uq_hearings_platform_event_id"),
    )
    _index_where("ix_hearings_waiting", "hearings", ["platform", "number"], where="handled_at IS NULL")


def _create_threads() -> None:
    op.create_table(
        "threads",
        *_texts("task", "place", "message", "url"),
        sa.PrimaryKeyConstraint("task", name="pk_threads"),
        sa.ForeignKeyConstraint(["task"], ["tasks.id"], name="fk_threads_task_tasks"),
    )
    _index("threads", "place")


def _create_cards() -> None:
    op.create_table(
        "cards",
        *_texts("key", "place", "platform", "channel", "message", "thread"),
        _big("wanted_seq"),
        _big("drawn_seq"),
        _flag("gone"),
        _time("posted_at"),
        sa.PrimaryKeyConstraint("key", "place", name="pk_cards"),
    )
    _index("cards", "channel", "message")
    _index_where("ix_cards_stale", "cards", ["platform", "wanted_seq"], where="wanted_seq > drawn_seq")


def _create_action_tokens() -> None:
    op.create_table(
        "action_tokens",
        *_texts("token", "subject", "command", "digest"),
        _time("made_at"),
        _time("used_at", nullable=True),
        _text("used_by", nullable=True),
        sa.PrimaryKeyConstraint("token", name="pk_action_tokens"),
    )
    key = ["subject", "digest"]
    _index_where("uq_action_tokens_unused", "action_tokens", key, where="used_at IS NULL", unique=True)


def _create_deliveries() -> None:
    op.create_table(
        "deliveries",
        _serial("number"),
        *_texts("key", "platform", "lane"),
        _text("place", nullable=True),
        _text("person", nullable=True),
        _text("notice"),
        _text("task", nullable=True),
        _text("state"),
        sa.Column("attempts", sa.Integer(), nullable=False),
        _flag("unsure"),
        _time("not_before", nullable=True),
        *_texts("error", "message"),
        _time("made_at"),
        _time("settled_at", nullable=True),
        sa.PrimaryKeyConstraint("number", name="pk_deliveries"),
        sa.UniqueConstraint("key", name="uq_deliveries_key"),
    )
    _index("deliveries", "state", "platform", "number")
    _index("deliveries", "lane", "state", "number")


def _create_cursors() -> None:
    op.create_table("cursors", _text("name"), _big("seq"), sa.PrimaryKeyConstraint("name", name="pk_cursors"))


def _create_bindings() -> None:
    op.create_table(
        "bindings",
        *_texts("place", "project", "by"),
        _time("at"),
        sa.PrimaryKeyConstraint("place", name="pk_bindings"),
    )


def _create_people() -> None:
    op.create_table(
        "people",
        *_texts("id", "name", "wishes"),
        _time("seen_at"),
        sa.PrimaryKeyConstraint("id", name="pk_people"),
    )


def _create_audit() -> None:
    op.create_table(
        "audit",
        sa.Column("seq", _SERIAL, autoincrement=False, nullable=False),
        _time("at"),
        *_texts("actor", "act", "subject", "place"),
        _flag("allowed"),
        *_texts("detail", "previous", "hash"),
        sa.PrimaryKeyConstraint("seq", name="pk_audit"),
    )
    _index("audit", "actor", "seq")
    op.execute("insert into counters (name, value) values ('audit', 0)")


_SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _serial(name: str) -> sa.Column[Any]:
    return sa.Column(name, _SERIAL, nullable=False)


def _text(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _texts(*names: str) -> list[sa.Column[Any]]:
    return [_text(name) for name in names]


def _big(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger(), nullable=False)


def _flag(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Boolean(), nullable=False)


def _time(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _index(table: str, *columns: str) -> None:
    op.create_index(f"ix_{table}_{'_'.join(columns)}", table, list(columns))


def _index_where(name: str, table: str, columns: list[str], *, where: str, unique: bool = False) -> None:
    condition = sa.text(where)
    op.create_index(name, table, columns, unique=unique, sqlite_where=condition, postgresql_where=condition)
