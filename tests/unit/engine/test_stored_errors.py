"""Errors are stored with durable work: what comes back out says the same."""

import pickle

import pytest

from core.domain.errors import (
    ConfigurationError,
    IllegalTransitionError,
    LeaseHeldError,
    NotFoundError,
    OrchestratorError,
    StoreLockedError,
)


@pytest.mark.parametrize(
    "error",
    [
        NotFoundError("project", "shop", hint="Bind it."),
        IllegalTransitionError("Task", "T1", "queued", "completed"),
        ConfigurationError("No.", source="roles.md", hint="Mend it."),
        LeaseHeldError("Taken.", holder="7", hint="Wait."),
        StoreLockedError("Locked.", hint="Look."),
    ],
)
def test_a_stored_error_comes_back_whole(error: OrchestratorError):
    copy = pickle.loads(pickle.dumps(error))
    assert type(copy) is type(error)
    assert (str(copy), copy.args, vars(copy)) == (str(error), error.args, vars(error))
