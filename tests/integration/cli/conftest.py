"""The command line as real processes, most of which are refused before any agent starts."""

from tests.support.machines import director, machine, model, repository, shop

__all__ = ["director", "machine", "model", "repository", "shop"]
