"""The locks pin, with hashes, exactly what pyproject.toml asks for."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

Pins = dict[str, frozenset[Version]]


def blocks(lock: Path) -> list[str]:
    """One string per pinned package: the requirement line and its continuation lines."""
    text = re.sub(r"^ *#.*\n?", "", lock.read_text(), flags=re.MULTILINE)
    return [block for block in re.split(r"(?<!\\)\n", text) if block.strip()]


def pins(lock: Path) -> Pins:
    """Versions per package; several where platforms differ."""
    found: dict[str, set[Version]] = {}
    for block in blocks(lock):
        requirement = Requirement(block.split("\\\n")[0].strip())
        (specifier,) = requirement.specifier
        assert specifier.operator == "==", f"{requirement} is not pinned"
        found.setdefault(canonicalize_name(requirement.name), set()).add(Version(specifier.version))
    return {name: frozenset(versions) for name, versions in found.items()}


@pytest.fixture(scope="module")
def project(checkout: Path) -> dict[str, Any]:
    return tomllib.loads((checkout / "pyproject.toml").read_text())


@pytest.fixture(scope="module")
def runtime(checkout: Path) -> Pins:
    return pins(checkout / "requirements.lock")


@pytest.fixture(scope="module")
def development(checkout: Path) -> Pins:
    return pins(checkout / "requirements-dev.lock")


def test_every_runtime_dependency_is_locked_at_a_version_it_accepts(project: dict[str, Any], runtime: Pins) -> None:
    for requirement in map(Requirement, project["project"]["dependencies"]):
        assert_locked(requirement, runtime)


def test_every_development_dependency_is_locked_at_a_version_it_accepts(
    project: dict[str, Any], development: Pins
) -> None:
    for requirement in map(Requirement, project["dependency-groups"]["dev"] + project["build-system"]["requires"]):
        assert_locked(requirement, development)


def assert_locked(requirement: Requirement, locked: Pins) -> None:
    versions = locked.get(canonicalize_name(requirement.name), frozenset())
    assert versions, f"{requirement.name} is in no lock: run make lock"
    for version in versions:
        assert requirement.specifier.contains(version, prereleases=True), f"{requirement} but locked {version}"


def test_tests_run_on_the_very_versions_that_are_shipped(runtime: Pins, development: Pins) -> None:
    assert {name: development.get(name) for name in runtime} == runtime


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_every_locked_package_has_hashes_and_no_address(checkout: Path, name: str) -> None:
    for block in blocks(checkout / name):
        assert re.search(r"--hash=sha256:[0-9a-f]{64}\b", block), block.splitlines()[0]
        assert "://" not in block


def test_the_first_download_of_a_setup_is_in_the_lock(development: Pins) -> None:
    assert "uv" in development
