"""What a repository tells about itself, and the settings file that is written from it."""

import json
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.first_settings import FirstProject, settings_text
from bot.guesses import guessed_name, guessed_verify
from config.sections import PROJECT_NAME, SettingsDocument
from core.domain.project import PlanGate

MAKE = "all:\n\ttrue\ntest: all\n\tpytest\n"
PACKAGE = json.dumps({"scripts": {"test": "jest"}})
NO_TESTS = json.dumps({"scripts": {"test": 'echo "Error: no test specified" && exit 1'}})
PYTEST = "[tool.pytest.ini_options]\n"


@pytest.mark.parametrize(
    ("files", "command"),
    [
        ({"Makefile": MAKE}, "make test"),
        ({"Makefile": "check:\n\ttrue\n"}, "make check"),
        ({"Makefile": "test := 1\nbuild:\n\ttrue\n"}, ""),
        ({"Makefile": MAKE, "pyproject.toml": PYTEST}, "make test"),
        ({"pyproject.toml": PYTEST}, "python -m pytest -q"),
        ({"pyproject.toml": PYTEST, "uv.lock": ""}, "uv run pytest -q"),
        ({"pyproject.toml": PYTEST, "poetry.lock": ""}, "poetry run pytest -q"),
        ({"tests/test_a.py": ""}, "python -m unittest discover -s tests -t ."),
        ({"setup.py": ""}, ""),
        ({"package.json": PACKAGE}, "npm test"),
        ({"package.json": PACKAGE, "pnpm-lock.yaml": ""}, "pnpm test"),
        ({"package.json": PACKAGE, "yarn.lock": ""}, "yarn test"),
        ({"package.json": NO_TESTS}, ""),
        ({"package.json": "[1]"}, ""),
        ({"package.json": "{"}, ""),
        ({"go.mod": "module x\n"}, "go test ./..."),
        ({"Cargo.toml": '[package]\nname = "x"\n'}, "cargo test"),
        ({"Cargo.toml": "[workspace]\nmembers = []\n"}, "cargo test --workspace"),
        ({"Cargo.toml": "=="}, ""),
        ({"README.md": ""}, ""),
    ],
)
def test_the_verify_command_is_guessed_from_what_is_there(tmp_path: Path, files: dict[str, str], command: str) -> None:
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)

    assert guessed_verify(tmp_path) == command


@pytest.mark.parametrize(
    ("place", "name"),
    [
        ("/srv/code/shop", "shop"),
        ("/srv/code/My Shop/", "My-Shop"),
        ("https://forge.example/team/shop.git", "shop"),
        ("git@forge.example:shop.git", "shop"),
        ("/", "project"),
        ("/srv/日本", "project"),
    ],
)
def test_the_name_comes_from_the_folder_or_the_url(place: str, name: str) -> None:
    assert guessed_name(place) == name


@given(st.text())
def test_whatever_the_place_the_name_can_be_used(place: str) -> None:
    assert PROJECT_NAME.fullmatch(guessed_name(place))


@given(st.text(st.characters(exclude_categories=["Cs"])), st.sampled_from(PlanGate))
def test_the_file_says_what_was_answered(text: str, gate: PlanGate) -> None:
    first = FirstProject(name="a.b", place=f"x{text}", verify=text, plan_gate=gate)

    document = SettingsDocument.model_validate(tomllib.loads(settings_text(first)))

    bound = document.projects["a.b"]
    assert (bound.path, bound.verify, bound.plan_gate, bound.url) == (f"x{text}", text, gate, "")


def test_a_url_is_bound_as_one() -> None:
    first = FirstProject(name="shop", place="https://forge.example/shop.git", is_url=True)

    document = SettingsDocument.model_validate(tomllib.loads(settings_text(first)))

    assert (document.projects["shop"].url, document.projects["shop"].path) == (first.place, "")
