"""Which model an agent gets, and which one takes over when that fails."""

from typing import assert_never

from core.domain.role import Role
from core.domain.task import Complexity


def model_for(role: Role, *, complexity: Complexity, task_model: str, project_model: str) -> str:
    """The first that is given: the task's model, the project's, the role's for this complexity, the role's own."""
    match complexity:
        case Complexity.SIMPLE:
            fitting = role.simple_model
        case Complexity.MODERATE:
            fitting = ""
        case Complexity.COMPLEX:
            fitting = role.complex_model
        case _:
            assert_never(complexity)
    return task_model or project_model or fitting or role.model


def next_model(role: Role, model: str) -> str | None:
    """The model after `model` in the row chosen, `role.model`, `role.fallback_model`; None when it is the last.

    Walking on from any model ends after two more at the most and meets none twice.
    """
    if model == role.fallback_model:
        return None
    return role.model if model != role.model else role.fallback_model or None
