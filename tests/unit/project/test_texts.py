"""What no file of the repository may say: where packages come from, where somebody works, what is secret."""

import re
from collections.abc import Iterable
from pathlib import Path

import pytest

# Put together here, because this file is searched as well.
REGISTRY_HOSTS = tuple(
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("yarnpkg", "com"),
        ("crates", "io"),
        ("proxy", "golang", "org"),
        ("deb", "debian", "org"),
        ("ghcr", "io"),
        ("quay", "io"),
        ("docker", "io"),
    )
)
HOME_FOLDER = re.compile(r"/(?:home|Users)/[A-Za-z][\w.-]*/")
PRIVATE_KEY = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----\n[A-Za-z0-9+/]{40}")


def lines_with(pattern: re.Pattern[str], files: Iterable[Path]) -> list[str]:
    """`file:line` of each match; files that are not text are passed over."""
    found: list[str] = []
    for file in files:
        try:
            lines = file.read_text(encoding="utf-8").splitlines()
        except UnicodeDecodeError:
            continue
        found += [f"{file}:{number}" for number, line in enumerate(lines, 1) if pattern.search(line)]
    return found


def test_no_file_names_a_package_registry(committable: tuple[Path, ...]) -> None:
    hosts = re.compile(r"\b(?:" + "|".join(map(re.escape, REGISTRY_HOSTS)) + r")\b")

    assert lines_with(hosts, committable) == []


def test_no_file_names_somebodys_home_folder(checkout: Path, committable: tuple[Path, ...]) -> None:
    # Tests may use such paths as examples of what an agent must not reach.
    files = [file for file in committable if not file.is_relative_to(checkout / "tests")]

    assert lines_with(HOME_FOLDER, files) == []


def test_no_file_holds_a_private_key(committable: tuple[Path, ...]) -> None:
    files = [file for file in committable if file.stat().st_size < 1_000_000]

    assert [file for file in files if PRIVATE_KEY.search(file.read_bytes().decode("latin-1"))] == []


def test_there_is_no_third_lock_with_addresses_in_it(checkout: Path, committable: tuple[Path, ...]) -> None:
    assert checkout / "uv.lock" not in committable


@pytest.mark.parametrize("text", [f"see https://{REGISTRY_HOSTS[0]}/project/x", f'index = "{REGISTRY_HOSTS[1]}"'])
def test_the_search_finds_what_it_looks_for(tmp_path: Path, text: str) -> None:
    file = tmp_path / "notes.md"
    file.write_text(f"first line\n{text}\n")

    assert lines_with(re.compile("|".join(map(re.escape, REGISTRY_HOSTS))), [file]) == [f"{file}:2"]
