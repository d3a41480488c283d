"""The exit codes a script sees are those the documents promise."""

import re
from pathlib import Path

from bot.cli.exits import Exit


def test_every_exit_code_is_documented_and_no_other() -> None:
    text = (Path(__file__).parents[3] / "docs" / "operations.md").read_text()
    section = text.partition("## Exit codes")[2].partition("\n## ")[0]

    assert {int(code) for code in re.findall(r"^\| (\d+) \|", section, re.MULTILINE)} == {each.value for each in Exit}
