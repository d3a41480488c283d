"""How workflows and templates look in terminals: pictures that fit, letters where there is no more."""

import pytest

from tests.support.command_line import CommandLine
from tests.support.terminal import terminal

pytestmark = pytest.mark.slow

SHIPPED = ["bug_fix", "code_review", "documentation", "refactoring", "research", "security_audit", "tests"]


@pytest.mark.parametrize("columns", [60, 120])
@pytest.mark.parametrize("name", SHIPPED)
async def test_a_picture_fits_the_terminal(machine: CommandLine, name: str, columns: int) -> None:
    async with terminal(machine, "workflow", "show", name, columns=columns) as seat:
        assert await seat.ended() == 0
    lines = [line for line in seat.printed.split("\n") if "/" not in line]
    assert max(map(len, lines)) <= columns
    assert "└" in seat.printed
    assert b"\x1b" not in seat.raw


async def test_a_narrow_terminal_gets_branches_instead_of_boxes(machine: CommandLine) -> None:
    async with terminal(machine, "workflow", "show", "code_review", columns=40) as seat:
        assert await seat.ended() == 0
    assert "├─● correctness · critic" in seat.printed


async def test_a_terminal_that_knows_only_letters_gets_letters(machine: CommandLine) -> None:
    letters = {"PYTHONIOENCODING": "ascii"}
    for command in (["workflow", "show", "research"], ["workflow", "list"], ["template", "show", "fix-issue"]):
        async with terminal(machine, *command, columns=80, **letters) as seat:
            assert await seat.ended() == 0
        assert seat.raw.isascii()
        assert b"?" not in seat.raw.replace(b"#?", b"")


async def test_a_new_template_is_listed_and_run_without_waiting(machine: CommandLine) -> None:
    assert (await machine.run("template", "new", "tidy")).code == 0
    assert "tidy@1.0 (yours)" in (await machine.run("template", "list")).stdout
    told = (await machine.run("template", "run", "tidy", "--set", "what=this", "--no-wait")).refused(4)
    assert told.startswith("There is no project configured.")
