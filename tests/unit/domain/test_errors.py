"""Errors: one tree, each with a message for people and attributes for code."""

import inspect

import pytest

from core.domain import errors
from core.domain.errors import ConfigurationError, LeaseHeldError, NotFoundError, OrchestratorError, StoreError

TREE = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if kind.__module__ == errors.__name__]


@pytest.mark.parametrize("kind", TREE)
def test_every_error_grows_from_the_one_root_and_stands_in_the_drawing(kind: type[Exception]) -> None:
    assert issubclass(kind, OrchestratorError)
    assert errors.__doc__ is not None
    assert kind.__name__ in errors.__doc__


def test_an_error_keeps_what_happened_apart_from_what_to_do() -> None:
    error = StoreError("The disk is full.", hint="Free some space.")
    assert (error.message, error.hint, str(error)) == ("The disk is full.", "Free some space.", "The disk is full.")
    assert OrchestratorError("It broke.").hint == ""


def test_errors_carry_what_code_needs_to_know_as_attributes() -> None:
    missing = NotFoundError("task", "T9", hint="List the tasks.")
    assert (missing.kind, missing.name, missing.message) == ("task", "T9", "There is no task T9.")
    assert ConfigurationError("Bad.", source="prices.toml").source == "prices.toml"
    assert LeaseHeldError("Taken.", holder="pid 7").holder == "pid 7"
