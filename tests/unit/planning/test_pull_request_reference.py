"""Pull requests are named by number or address, and nothing else passes for one."""

import pytest

from core.domain.errors import InvalidInputError
from core.planning.request import pull_request_reference

pytestmark = pytest.mark.github


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("45", "45"),
        ("#45", "45"),
        (" PR #45 ", "45"),
        ("pull request 45", "45"),
        ("pr45", "45"),
        ("acme/shop#45", "acme/shop#45"),
        ("https://github.com/acme/shop/pull/45", "acme/shop#45"),
        ("https://github.example/acme/shop/pull/45/files?w=1", "acme/shop#45"),
    ],
)
def test_a_number_or_an_address_names_one(text: str, reference: str) -> None:
    assert pull_request_reference(text) == reference


@pytest.mark.parametrize(
    "text", ["", "forty-five", "#0", "45 and 46", "https://github.com/acme/shop/issues/45", "x" * 999]
)
def test_anything_else_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(InvalidInputError) as refusal:
        pull_request_reference(text)
    assert "PR #45" in refusal.value.hint
