"""Stories from outside: each has a machine of its own."""

from tests.support.machines import director, machine, model, repository, shop

__all__ = ["director", "machine", "model", "repository", "shop"]
