"""A file of stated figures that cannot be used is named before any work begins."""

import json
from collections.abc import Callable

import pytest
from typer.testing import Result

from tests.support.command_line import CommandLine

pytestmark = [pytest.mark.money, pytest.mark.slow]


def test_the_doctor_names_what_is_wrong_with_stated_figures(run: Callable[..., Result], machine: CommandLine) -> None:
    (machine.home / "estimates.toml").write_text("[roles.builder]\nspread = 2\n")

    found = json.loads(run("doctor", "--offline", "--json", code=3).stdout)["findings"]

    (broken,) = [each for each in found if each["mark"] == "broken" and "estimates.toml" in each["text"]]
    assert "roles.builder.calls is missing" in broken["text"]
