"""Models: who has the first word, and that a walk along the fallbacks ends."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.role import ResultKind, Role
from core.domain.task import Complexity
from core.planning.models import model_for, next_model


def role(model: str = "own", *, simple: str = "", complex_: str = "", fallback: str | None = None) -> Role:
    return Role(
        name="builder",
        description="",
        prompt="",
        model=model,
        result=ResultKind.CHANGE,
        simple_model=simple,
        complex_model=complex_,
        fallback_model=fallback,
    )


@pytest.mark.parametrize(
    ("complexity", "task_model", "project_model", "model"),
    [
        (Complexity.SIMPLE, "task", "project", "task"),
        (Complexity.COMPLEX, "", "project", "project"),
        (Complexity.SIMPLE, "", "", "small"),
        (Complexity.MODERATE, "", "", "own"),
        (Complexity.COMPLEX, "", "", "large"),
    ],
)
def test_the_task_goes_before_the_project_and_the_project_before_the_role(
    complexity: Complexity, task_model: str, project_model: str, model: str
) -> None:
    chosen = model_for(
        role(simple="small", complex_="large"),
        complexity=complexity,
        task_model=task_model,
        project_model=project_model,
    )
    assert chosen == model


@pytest.mark.parametrize("complexity", Complexity)
def test_a_role_without_models_by_complexity_uses_its_own(complexity: Complexity) -> None:
    assert model_for(role(), complexity=complexity, task_model="", project_model="") == "own"


def test_the_next_model_is_the_roles_own_and_then_its_fallback() -> None:
    careful = role(fallback="spare")
    assert next_model(careful, "task") == "own"
    assert next_model(careful, "own") == "spare"
    assert next_model(careful, "spare") is None
    assert next_model(role(), "task") == "own"
    assert next_model(role(), "own") is None
    assert next_model(role(fallback="own"), "own") is None


@given(st.sampled_from("abc"), st.sampled_from("abc"), st.none() | st.sampled_from("abc"))
def test_a_walk_along_the_models_ends_and_meets_none_twice(chosen: str, own: str, fallback: str | None) -> None:
    met = [chosen]
    while (following := next_model(role(own, fallback=fallback), met[-1])) is not None:
        assert following not in met
        met.append(following)
    assert len(met) <= 3
