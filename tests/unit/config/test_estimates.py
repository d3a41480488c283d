"""What agents are expected to take: the shipped file covers every role, and a user's own file is checked."""

from pathlib import Path

import pytest

from config.estimate_loader import load_estimates
from config.price_loader import load_prices
from config.role_loader import load_roles
from core.domain.errors import ConfigurationError
from core.domain.role import ResultKind
from core.domain.task import Complexity
from tests.support.values import NOON

pytestmark = pytest.mark.money

TABLE = """
calls = { simple = 1, moderate = 2, complex = 3 }
tokens_in = 1_000
tokens_out = 100
cached = 0.5
seconds = { simple = 10, moderate = 20, complex = 30 }
spread = 2
"""


def test_the_shipped_file_speaks_of_every_kind_of_result_and_of_no_role_that_is_not_there(tmp_path: Path) -> None:
    priors = load_estimates(tmp_path)
    assert set(priors.results) == set(ResultKind)
    assert set(priors.roles) <= set(load_roles(tmp_path))


def test_larger_work_is_expected_to_take_more_of_everything(tmp_path: Path) -> None:
    priors, prices = load_estimates(tmp_path), load_prices(tmp_path)
    for role in load_roles(tmp_path).values():
        prior = priors.of(role)
        price = prices.price(role.model, NOON)
        sizes = [
            (prior.tokens(each).p50, prior.duration_s(each).p50, prior.cost_usd(each, price).p50) for each in Complexity
        ]
        assert sizes == sorted(sizes)
        assert 0.0005 < sizes[0][2] < sizes[2][2] < 10.0, f"{role.name}: {sizes}"


def test_the_users_own_file_replaces_single_tables(tmp_path: Path) -> None:
    (tmp_path / "estimates.toml").write_text(f"[roles.builder]{TABLE}\n[results.review]{TABLE}")
    roles, shipped = load_roles(tmp_path), load_estimates(tmp_path / "nowhere")
    priors = load_estimates(tmp_path)
    for name in ("builder", "reviewer"):
        assert priors.of(roles[name]).tokens(Complexity.MODERATE).p50 == 2_200
        assert priors.of(roles[name]).duration_s(Complexity.COMPLEX).p90 == 60
    assert priors.of(roles["tester"]) == shipped.of(roles["tester"])
    assert priors.of(roles["refactoring-specialist"]) == shipped.of(roles["refactoring-specialist"])


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        (TABLE.replace("spread = 2", "spread = 0.5"), "roles.builder.spread must be greater than 1"),
        (TABLE.replace("cached = 0.5", "cached = 50"), "roles.builder.cached must be less than or equal to 1"),
        (TABLE.replace("tokens_in = 1_000", ""), "roles.builder.tokens_in is missing"),
        (TABLE.replace("tokens_in", "tokens_inn"), "Did you mean tokens_in?"),
        (TABLE.replace("simple = 10", "simple = -1"), "roles.builder.seconds.simple must be greater than 0"),
    ],
)
def test_what_is_wrong_in_it_is_said_with_its_place(tmp_path: Path, changed: str, told: str) -> None:
    path = tmp_path / "estimates.toml"
    path.write_text(f"[roles.builder]{changed}")
    with pytest.raises(ConfigurationError) as caught:
        load_estimates(tmp_path)
    assert told in caught.value.message
    assert caught.value.source == str(path)


def test_a_kind_of_result_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    (tmp_path / "estimates.toml").write_text(f"[results.poem]{TABLE}")
    with pytest.raises(ConfigurationError, match="poem"):
        load_estimates(tmp_path)
