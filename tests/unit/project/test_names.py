"""The four generic package names belong to this checkout, whatever else is installed."""

from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

import pytest


@pytest.mark.parametrize("name", ["bot", "adapters", "core", "config"])
def test_each_package_name_resolves_to_this_checkouts_own_file(name: str, checkout: Path) -> None:
    spec = find_spec(name)

    assert spec is not None
    assert spec.origin is not None, f"{name} is a namespace package: another folder could join it"
    assert Path(spec.origin).resolve() == checkout / name / "__init__.py"


def test_no_other_distribution_installs_one_of_the_names() -> None:
    owners = metadata.packages_distributions()

    for name in ("bot", "adapters", "core", "config"):
        assert set(owners.get(name, ["chatops-orchestrator"])) == {"chatops-orchestrator"}


def test_the_distribution_cannot_be_uploaded_by_accident() -> None:
    classifiers = metadata.metadata("chatops-orchestrator").get_all("Classifier") or []

    assert "Private :: Do Not Upload" in classifiers
