"""The forge where none is configured: issues are Markdown files, pull requests are branches plus a record."""

from adapters.localforge.forge import LocalForge

__all__ = ["LocalForge"]
