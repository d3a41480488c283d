"""A unit of work: one transaction, one clock reading, and the repositories that share them."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from core.store.action_tokens import ActionTokens
from core.store.agent_runs import AgentRuns
from core.store.approvals import Approvals
from core.store.audit import Audit
from core.store.bindings import Bindings
from core.store.budgets import Budgets
from core.store.cards import Cards
from core.store.chat_values import ChatValues
from core.store.cursors import Cursors
from core.store.deliveries import Deliveries
from core.store.events import Events
from core.store.forge_news import KeptNews
from core.store.hearings import Hearings
from core.store.ledger import Ledger
from core.store.messages import Messages
from core.store.models import Models
from core.store.people import People
from core.store.projects import ArchivedProjects
from core.store.schedules import Schedules
from core.store.tasks import Steps, Tasks
from core.store.threads import Threads
from core.store.unusual import UnusualSpending


class UnitOfWork:
    """What one transaction can do. `now` is its time (UTC); `connection` lets others join the same transaction.

    In a unit that writes, whatever is read alone (`get`, `find`, `find_key`) stays locked until the end. Read in the
    order task, step, agent run, approval, card, so that two units never wait for each other.
    """

    def __init__(self, connection: AsyncConnection, *, now: datetime, writable: bool) -> None:
        self.connection = connection
        self.now = now
        self.tasks = Tasks(connection, locking=writable)
        self.steps = Steps(connection, locking=writable)
        self.agent_runs = AgentRuns(connection, locking=writable)
        self.approvals = Approvals(connection, locking=writable)
        self.messages = Messages(connection, locking=writable)
        self.models = Models(connection, locking=writable)
        self.archived_projects = ArchivedProjects(connection, now=now)
        self.schedules = Schedules(connection, locking=writable)
        self.ledger = Ledger(connection)
        self.budgets = Budgets(connection, locking=writable)
        self.unusual = UnusualSpending(connection)
        self.events = Events(connection, now=now, writable=writable)
        self.forge_news = KeptNews(connection)
        self.hearings = Hearings(connection, now=now)
        self.threads = Threads(connection, locking=writable)
        self.cards = Cards(connection, locking=writable)
        self.action_tokens = ActionTokens(connection, now=now)
        self.deliveries = Deliveries(connection, now=now, locking=writable)
        self.cursors = Cursors(connection, locking=writable)
        self.bindings = Bindings(connection, locking=writable)
        self.people = People(connection, now=now, locking=writable)
        self.chat_values = ChatValues(connection, now=now)
        self.audit = Audit(connection, now=now)
