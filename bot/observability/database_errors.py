"""Counts what databases refuse, whoever asked: the store and the durable engine use the same library."""

from collections.abc import Generator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, Counter
from sqlalchemy import event
from sqlalchemy.engine import Engine, ExceptionContext
from sqlalchemy.exc import IntegrityError


@contextmanager
def counted_database_errors(registry: CollectorRegistry) -> Generator[None]:
    """While it lasts, errors of every database connection of this process are counted by kind.

    Rows that are already there are left out: they are how the program finds that something was done before.
    """
    counter = Counter("orchestrator_database_errors", "Errors of the database.", ["kind"], registry=registry)

    def count(context: ExceptionContext) -> None:
        if not isinstance(context.sqlalchemy_exception, IntegrityError):
            counter.labels(type(context.original_exception).__name__).inc()

    event.listen(Engine, "handle_error", count)
    try:
        yield
    finally:
        event.remove(Engine, "handle_error", count)
