"""Where everything durable lives: tables, repositories, one unit of work per change, and the journal of events."""

from core.store.journal import Journal
from core.store.store import Store
from core.store.transcripts import Transcripts
from core.store.unit_of_work import UnitOfWork

__all__ = ["Journal", "Store", "Transcripts", "UnitOfWork"]
