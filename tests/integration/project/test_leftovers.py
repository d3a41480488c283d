"""The watch for leftovers fails a run that leaves something behind, and only such a run."""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from tests.support.waiting import eventually

pytestmark = pytest.mark.slow


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """How an inner pytest run ended."""

    exit_code: int
    output: str

    def accused(self) -> list[int]:
        """Process ids that were named, be it while a shell was still on its way to the command."""
        return [int(pid) for pid in re.findall(r"^process (\d+): .*\bsleep 120", self.output, flags=re.MULTILINE)]


class InnerPytest:
    """Runs one test body under the watch, with a home and a temporary folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder / "home"
        self.home.mkdir()

    def run(self, body: str, *options: str) -> Run:
        source = "\n".join(f"    {line}" for line in body.splitlines())
        test = self.folder / "test_inner.py"
        test.write_text(f"import os, pathlib, socket, subprocess\nkept = []\ndef test_inner(tmp_path):\n{source}\n")
        (self.folder / "pytest.ini").write_text("[pytest]\nasyncio_default_fixture_loop_scope = function\n")
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-p",
            "tests.leftovers",
            "-p",
            "no:cacheprovider",
            "--leftovers-grace-s=0.3",
        ]
        ended = subprocess.run(
            [*command, f"--basetemp={self.folder / 'inner'}", *options, str(test)],
            cwd=self.folder,
            env=os.environ | {"HOME": str(self.home)},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        return Run(exit_code=ended.returncode, output=ended.stdout + ended.stderr)


@pytest.fixture
def inner(tmp_path: Path) -> InnerPytest:
    return InnerPytest(tmp_path)


def test_a_run_that_cleans_up_passes(inner: InnerPytest) -> None:
    run = inner.run('subprocess.run(["true"], cwd=tmp_path)')

    assert run.exit_code == 0, run.output


CHILD = 'subprocess.Popen(["sleep", "120"])'
IN_ITS_OWN_SESSION = 'subprocess.run("setsid sleep 120 >/dev/null 2>&1 & exit 0", shell=True)'
UNMARKED = IN_ITS_OWN_SESSION.replace("shell=True", 'shell=True, cwd=tmp_path, env={"PATH": os.environ["PATH"]}')


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(CHILD, id="child", marks=pytest.mark.long),
        pytest.param(IN_ITS_OWN_SESSION, id="own session", marks=pytest.mark.long),
        pytest.param(UNMARKED, id="unmarked"),
    ],
)
async def test_a_surviving_process_fails_the_run_and_is_ended(inner: InnerPytest, body: str) -> None:
    run = inner.run(body)

    assert run.exit_code == 1, run.output
    await is_ended(run.accused())


@pytest.mark.long
async def test_what_an_xdist_worker_leaves_behind_fails_the_run_as_well(inner: InnerPytest) -> None:
    run = inner.run(UNMARKED, "-n", "1")

    assert run.exit_code == 1, run.output
    await is_ended(run.accused())


async def is_ended(accused: list[int]) -> None:
    """Return once the only process that was accused is gone: it was killed, and dies when it is its turn."""
    (pid,) = accused

    def gone() -> bool:
        try:
            return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:  # its parent has noticed already
            return True

    await eventually(gone, what="the end of what was left behind")


def test_a_port_that_is_still_open_fails_the_run(inner: InnerPytest) -> None:
    run = inner.run('kept.append(socket.create_server(("127.0.0.1", 0)))')

    assert run.exit_code == 1, run.output
    assert "is still listened on" in run.output


def test_state_in_the_users_home_fails_the_run(inner: InnerPytest) -> None:
    run = inner.run('(pathlib.Path.home() / ".orchestrator").mkdir()')

    assert run.exit_code == 1, run.output
    assert "was made in the user's home" in run.output


@pytest.mark.long
def test_a_failing_test_is_still_reported_as_such(inner: InnerPytest) -> None:
    run = inner.run("assert False")

    assert run.exit_code == 1
    assert "left behind" not in run.output
