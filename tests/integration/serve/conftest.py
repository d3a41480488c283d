"""A machine of its own for each test."""

from tests.support.machines import machine, repository

__all__ = ["machine", "repository"]
