"""GitHub as the forge: issues read, branches pushed, pull requests opened."""

from adapters.github.forge import GitHubForge
from adapters.github.settings import GitHubSettings
from adapters.github.watch import GitHubWatch

__all__ = ["GitHubForge", "GitHubSettings", "GitHubWatch"]
