"""News of GitHub: what happens to pull requests and issues, asked for again and again, or told by webhooks."""

from adapters.github.watch.watch import GitHubWatch

__all__ = ["GitHubWatch"]
