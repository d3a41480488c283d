"""The container files say what docs/operations.md promises (images themselves are not built by the tests)."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml


@pytest.fixture(scope="module")
def compose(checkout: Path) -> dict[str, Any]:
    return yaml.safe_load((checkout / "compose.yaml").read_text())


@pytest.fixture(scope="module")
def final_stage(checkout: Path) -> str:
    return (checkout / "Dockerfile").read_text().split("\nFROM ")[-1]


def test_the_default_service_needs_no_database_server(compose: dict[str, Any]) -> None:
    default = {name: service for name, service in compose["services"].items() if "profiles" not in service}

    assert list(default) == ["orchestrator"]
    assert "ORCHESTRATOR_DATABASE_URL" not in default["orchestrator"]["environment"]


def test_the_postgres_profile_has_two_workers_that_wait_for_the_database(compose: dict[str, Any]) -> None:
    worker = compose["services"]["worker"]

    assert worker["profiles"] == compose["services"]["postgres"]["profiles"] == ["postgres"]
    assert worker["deploy"]["replicas"] == 2
    assert worker["depends_on"]["postgres"]["condition"] == "service_healthy"
    assert worker["environment"]["ORCHESTRATOR_DATABASE_URL"].startswith("postgresql://")


def test_the_database_is_not_reachable_from_outside(compose: dict[str, Any]) -> None:
    assert "ports" not in compose["services"]["postgres"]


def test_every_volume_a_service_names_is_declared(compose: dict[str, Any]) -> None:
    mounts = [mount for service in compose["services"].values() for mount in service.get("volumes", [])]
    named = {mount.split(":")[0] for mount in mounts if re.match(r"[a-z]+:", mount)}

    assert named == set(compose["volumes"])


def test_base_images_are_pinned_to_a_patch_release(checkout: Path, compose: dict[str, Any]) -> None:
    base = re.findall(r"^ARG BASE=(\S+)$", (checkout / "Dockerfile").read_text(), flags=re.MULTILINE)

    for image in [*base, compose["services"]["postgres"]["image"]]:
        assert re.fullmatch(r"[a-z]+:\d+\.\d+(\.\d+)?-[a-z-]+", image), image


def test_the_image_holds_only_the_built_environment_and_runs_without_root(final_stage: str) -> None:
    assert re.findall(r"^COPY .*$", final_stage, flags=re.MULTILINE) == [
        "COPY --from=build /opt/orchestrator /opt/orchestrator"
    ]
    assert re.search(r"^USER orchestrator$", final_stage, flags=re.MULTILINE)
    assert re.search(r"^HEALTHCHECK .*\"orchestrator\", \"status\"", final_stage, flags=re.MULTILINE)


def test_the_compose_image_carries_the_version_of_the_project(checkout: Path, compose: dict[str, Any]) -> None:
    version = tomllib.loads((checkout / "pyproject.toml").read_text())["project"]["version"]

    assert compose["services"]["orchestrator"]["image"] == f"chatops-orchestrator:{version}"


def test_the_build_sees_nothing_but_what_is_allowed(checkout: Path) -> None:
    rules = [line for line in (checkout / ".dockerignore").read_text().splitlines() if line and line[0] != "#"]

    assert rules[0] == "*"
    assert {rule[1:] for rule in rules if rule.startswith("!")} == {
        "pyproject.toml", "README.md", "requirements.lock", "requirements-dev.lock",
        "adapters", "bot", "config", "core",
    }  # fmt: skip
    assert "**/.env*" in rules
