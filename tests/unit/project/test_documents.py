"""The documents speak of this checkout: packages, files and links in them exist."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGES = ("bot", "adapters", "core", "config")
ROW = re.compile(r"^\| (?P<names>`.*?) \|.*\| (?P<files>.*) \|$", re.MULTILINE)
LINK = re.compile(r"\]\((?!https?://|mailto:|#)([^)#\s]+)")


@pytest.fixture(scope="module")
def rows(checkout: Path) -> list[tuple[list[str], list[str]]]:
    """Package names and the files to read first, for each row of the module map."""
    text = (checkout / "docs/modules.md").read_text()
    quoted = re.compile(r"`([^`]+)`")
    return [(quoted.findall(row["names"]), quoted.findall(row["files"])) for row in ROW.finditer(text)]


def packages_below(folder: Path, *, root: Path) -> Iterator[str]:
    for init in folder.rglob("__init__.py"):
        package = init.parent.relative_to(root)
        if "sample" not in package.parts and package.name != "versions":
            yield ".".join(package.parts)


def test_every_package_is_on_the_module_map(checkout: Path, rows: list[tuple[list[str], list[str]]]) -> None:
    listed = {name for names, _ in rows for name in names}
    existing = {name for package in PACKAGES for name in packages_below(checkout / package, root=checkout)}

    assert existing - listed - {"adapters"} == set()


def test_the_module_map_names_nothing_that_does_not_exist(
    checkout: Path, rows: list[tuple[list[str], list[str]]]
) -> None:
    folders = [[checkout / name.replace(".", "/") for name in names] for names, _ in rows]
    modules = [path for paths in folders for path in paths if not (path.is_dir() or path.with_suffix(".py").is_file())]
    files = [
        file
        for paths, (_, named) in zip(folders, rows, strict=True)
        for file in named
        if not any((path / file).exists() for path in paths)
    ]

    assert (modules, files) == ([], [])


def test_links_between_the_documents_lead_somewhere(committable: tuple[Path, ...]) -> None:
    documents = [file for file in committable if file.suffix == ".md" and "sample" not in file.parts]
    broken = [
        f"{document}: {target}"
        for document in documents
        for target in LINK.findall(document.read_text())
        if not (document.parent / target).exists()
    ]

    assert broken == []


def test_every_make_command_in_the_documents_exists(checkout: Path) -> None:
    known = set(re.findall(r"^([a-z-]+):", (checkout / "Makefile").read_text(), flags=re.MULTILINE))
    documents = [checkout / "README.md", checkout / "CONTRIBUTING.md", *(checkout / "docs").glob("*.md")]
    named = {
        name for file in documents for name in re.findall(r"(?:`|^)make ([a-z-]+)", file.read_text(), re.MULTILINE)
    }

    assert named - known == set()
