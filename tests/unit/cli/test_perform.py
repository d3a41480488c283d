"""How commands end: exit codes, one line for each error, and defects that leave a report without secrets."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from bot.cli.exits import Exit
from bot.cli.invocation import Invocation
from bot.cli.perform import perform
from config.settings import load_settings
from core.domain import errors

SECRET = "sk-ant-very-secret-key"


def ended(work: Callable[[], Awaitable[int]], *, home: Path, debug: bool = False) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of a command that does `work`."""
    app = typer.Typer()
    environ = {"ORCHESTRATOR_HOME": str(home), "ANTHROPIC_API_KEY": SECRET}

    @app.command()
    def command(context: typer.Context) -> None:
        known = load_settings(config=None, cwd=home, environ=environ)
        context.obj = Invocation(debug=debug, known=known)
        perform(context, work)

    result = CliRunner().invoke(app, [])
    return result.exit_code, result.stdout, result.stderr


def raising(error: BaseException) -> Callable[[], Awaitable[int]]:
    async def work() -> int:
        raise error

    return work


ERRORS = [
    (errors.ConfigurationError("Wrong key.", hint="Correct it."), Exit.CONFIGURATION),
    (errors.NotFoundError("task", "T9"), Exit.NOT_FOUND),
    (errors.ConflictError("Too late."), Exit.CONFLICT),
    (errors.IllegalTransitionError("Task", "T1", "failed", "running"), Exit.CONFLICT),
    (errors.InvalidInputError("Empty."), Exit.USAGE),
    (errors.LeaseHeldError("Somebody works."), Exit.UNAVAILABLE),
    (errors.AgentUnavailableError("No key."), Exit.UNAVAILABLE),
    (errors.AddressUnavailableError("The port is taken."), Exit.UNAVAILABLE),
    (errors.StoreLockedError("Locked."), Exit.UNAVAILABLE),
    (errors.StoreFullError("Full."), Exit.UNAVAILABLE),
    (errors.WorkspaceError("No git."), Exit.UNAVAILABLE),
]


@pytest.mark.parametrize(("error", "code"), ERRORS, ids=lambda each: type(each).__name__)
def test_each_error_is_one_line_on_stderr_with_its_code(
    error: errors.OrchestratorError, code: Exit, tmp_path: Path
) -> None:
    line = f"Error: {error.message} {error.hint}".rstrip()

    assert ended(raising(error), home=tmp_path) == (code, "", f"{line}\n")
    assert list(tmp_path.iterdir()) == []


def test_every_error_of_the_core_has_a_code_of_its_kind() -> None:
    def below(kind: type[errors.OrchestratorError]) -> set[type[errors.OrchestratorError]]:
        return {kind}.union(*(below(each) for each in kind.__subclasses__() if each.__module__ == errors.__name__))

    kinds = below(errors.OrchestratorError) - {errors.OrchestratorError, errors.StoreError}
    assert {type(error) for error, _ in ERRORS} >= kinds


def test_a_defect_is_one_line_and_its_traceback_is_kept_in_the_home_without_secrets(tmp_path: Path) -> None:
    code, stdout, stderr = ended(raising(ZeroDivisionError(f"with {SECRET}")), home=tmp_path)

    (report,) = (tmp_path / "log").iterdir()
    assert (code, stdout) == (70, "")
    assert stderr == (
        "Error: This is a defect of the program, not your doing (ZeroDivisionError). "
        f"The details are in {report}: please report it with them.\n"
    )
    text = report.read_text()
    assert "Traceback (most recent call last)" in text
    assert "test_perform.py" in text
    assert SECRET not in text
    assert report.stat().st_mode & 0o077 == 0


def test_with_debug_the_traceback_is_shown_and_nothing_is_written(tmp_path: Path) -> None:
    code, _, stderr = ended(raising(ZeroDivisionError(f"with {SECRET}")), home=tmp_path, debug=True)

    assert code == 70
    assert "Traceback (most recent call last)" in stderr
    assert SECRET not in stderr
    assert list(tmp_path.iterdir()) == []


def test_a_home_that_takes_no_report_is_no_second_defect(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "elsewhere"))
    (tmp_path / "log").write_text("in the way")

    _, _, stderr = ended(raising(RuntimeError()), home=tmp_path)

    assert f"The details are in {tmp_path / 'elsewhere'}/defect-" in stderr


def test_what_several_things_raised_together_is_a_defect_too(tmp_path: Path) -> None:
    group = ExceptionGroup("both", [ValueError("one"), ValueError("two")])

    assert ended(raising(group), home=tmp_path)[0] == 70


def test_a_closed_pipe_is_not_worth_a_word(tmp_path: Path) -> None:
    assert ended(raising(BrokenPipeError()), home=tmp_path) == (141, "", "")


def test_a_cancelled_command_counts_as_interrupted(tmp_path: Path) -> None:
    assert ended(raising(asyncio.CancelledError()), home=tmp_path) == (130, "", "")


def test_the_commands_own_code_is_the_exit_code(tmp_path: Path) -> None:
    async def work() -> int:
        return Exit.NOT_COMPLETED

    assert ended(work, home=tmp_path)[0] == 1
