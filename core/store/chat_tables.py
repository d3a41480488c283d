"""The tables of conversations: what came in, what goes out, what stands where, who was seen, and who did what."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, Table, UniqueConstraint, text

from core.domain.conversation import DeliveryState
from core.store.columns import Json, OpenText, PlaceText, Serial, UtcTime, Words
from core.store.metadata import metadata

hearings = Table(
    "hearings",
    metadata,
    Column("number", Serial, primary_key=True),
    Column("platform", OpenText, nullable=False),
    Column("event_id", OpenText, nullable=False),
    Column("said", Json(), nullable=False),
    Column("heard_at", UtcTime, nullable=False),
    Column("handled_at", UtcTime),
    UniqueConstraint("platform", "event_id"),
    Index(
        "ix_hearings_waiting",
        "platform",
        "number",
        sqlite_where=text("handled_at IS NULL"),
        postgresql_where=text("handled_at IS NULL"),
    ),
)
"""What came in; the number gives the order."""

threads = Table(
    "threads",
    metadata,
    Column("task", OpenText, ForeignKey("tasks.id"), primary_key=True),
    Column("place", PlaceText, nullable=False),
    Column("message", OpenText, nullable=False),
    Column("url", OpenText, nullable=False),
    Index(None, "place"),
)

cards = Table(
    "cards",
    metadata,
    Column("key", OpenText, primary_key=True),
    Column("place", PlaceText, primary_key=True),
    Column("platform", OpenText, nullable=False),
    # the place without its thread: messages are named by channel
    Column("channel", PlaceText, nullable=False),
    Column("message", OpenText, nullable=False),
    Column("thread", PlaceText, nullable=False),
    Column("wanted_seq", BigInteger, nullable=False),
    Column("drawn_seq", BigInteger, nullable=False),
    Column("gone", Boolean, nullable=False),
    Column("posted_at", UtcTime, nullable=False),
    Index(None, "channel", "message"),
    Index(
        "ix_cards_stale",
        "platform",
        "wanted_seq",
        sqlite_where=text("wanted_seq > drawn_seq"),
        postgresql_where=text("wanted_seq > drawn_seq"),
    ),
)

action_tokens = Table(
    "action_tokens",
    metadata,
    Column("token", OpenText, primary_key=True),
    Column("subject", OpenText, nullable=False),
    Column("command", OpenText, nullable=False),
    # of the command: an agent's words can be in it, and an index takes no long text
    Column("digest", OpenText, nullable=False),
    Column("made_at", UtcTime, nullable=False),
    Column("used_at", UtcTime),
    Column("used_by", OpenText),
    Index(
        "uq_action_tokens_unused",
        "subject",
        "digest",
        unique=True,
        sqlite_where=text("used_at IS NULL"),
        postgresql_where=text("used_at IS NULL"),
    ),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("number", Serial, primary_key=True),
    Column("key", OpenText, nullable=False, unique=True),
    Column("platform", OpenText, nullable=False),
    Column("lane", OpenText, nullable=False),
    Column("place", PlaceText),
    Column("person", OpenText),
    Column("notice", Json(), nullable=False),
    Column("task", OpenText),
    Column("state", Words(DeliveryState), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("unsure", Boolean, nullable=False),
    Column("not_before", UtcTime),
    Column("error", OpenText, nullable=False),
    Column("message", OpenText, nullable=False),
    Column("made_at", UtcTime, nullable=False),
    Column("settled_at", UtcTime),
    Index(None, "state", "platform", "number"),
    Index(None, "lane", "state", "number"),
)
"""The outbox."""

cursors = Table(
    "cursors",
    metadata,
    Column("name", OpenText, primary_key=True),
    Column("seq", BigInteger, nullable=False),
)
"""How far each reader of the journal has come."""

bindings = Table(
    "bindings",
    metadata,
    Column("place", PlaceText, primary_key=True),
    Column("project", OpenText, nullable=False),
    Column("by", OpenText, nullable=False),
    Column("at", UtcTime, nullable=False),
)

people = Table(
    "people",
    metadata,
    Column("id", OpenText, primary_key=True),
    Column("name", OpenText, nullable=False),
    Column("wishes", Json(), nullable=False),
    Column("groups", Json(tuple[str, ...]), nullable=False, server_default="[]"),
    Column("seen_at", UtcTime, nullable=False),
)

chat_values = Table(
    "chat_values",
    metadata,
    Column("platform", OpenText, primary_key=True),
    Column("key", OpenText, primary_key=True),
    Column("value", OpenText, nullable=False),
    Column("expires_at", UtcTime, nullable=False, index=True),
)
"""What adapters remember."""

audit = Table(
    "audit",
    metadata,
    Column("seq", Serial, primary_key=True, autoincrement=False),
    Column("at", UtcTime, nullable=False),
    Column("actor", OpenText, nullable=False),
    Column("act", OpenText, nullable=False),
    Column("subject", OpenText, nullable=False),
    Column("place", OpenText, nullable=False),
    Column("allowed", Boolean, nullable=False),
    Column("detail", OpenText, nullable=False),
    Column("previous", OpenText, nullable=False),
    Column("hash", OpenText, nullable=False),
    Index(None, "actor", "seq"),
)
"""The audit trail: append only, and without foreign keys, because it outlives what it tells of."""
