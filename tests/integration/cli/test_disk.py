"""A disk that is full from the start or becomes so in the middle, and a home that may only be read."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.command_line import PROGRAM, CommandLine, settings_text
from tests.support.directed_model import Director

pytestmark = pytest.mark.slow

REQUEST = "fix issue #123"
Disk = Callable[[str], Path]


@pytest.fixture
def disk(machine: CommandLine) -> Iterator[Disk]:
    """Mounts a small disk of its own as the home."""

    def mount(size: str) -> Path:
        machine.home.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(machine.home)]
        if subprocess.run(command, capture_output=True, timeout=150, check=False).returncode != 0:
            pytest.skip("no right to mount a small disk here")
        return machine.home

    yield mount
    if machine.home.is_mount():
        subprocess.run(["umount", "--lazy", str(machine.home)], check=True, timeout=150)


async def test_a_disk_too_small_to_begin(machine: CommandLine, repository: Path, disk: Disk) -> None:
    home = disk("64k")
    machine.write_settings(settings_text(repository))

    told = (await machine.run("run", REQUEST, "--no-wait")).refused(6)

    assert told.startswith(f"There is no room to write to {home}/orchestrator.sqlite3")
    assert "Free some space there or point ORCHESTRATOR_HOME somewhere else" in told


@pytest.mark.agent_cli
@pytest.mark.long
async def test_a_disk_that_fills_up_in_the_middle_is_told_and_waited_for(
    shop: CommandLine, director: Director, disk: Disk
) -> None:
    ballast = disk("6m") / "ballast"
    director.hold("builder")
    async with shop.started("run", REQUEST, "--yes", "--json") as running:
        await director.hears("builder")
        subprocess.run(["dd", "if=/dev/zero", f"of={ballast}", "bs=4k"], capture_output=True, check=False, timeout=150)
        director.let_go()
        told = await running.complaint("store_not_usable")
        ballast.unlink()
        ended = await running.ended()

    assert "There is no room to write to" in told
    assert "Traceback" not in ended.stderr
    assert (ended.code, ended.document["task"]["state"]) == (0, "completed")


def without_root_rights() -> list[str]:
    """What to put before a command so that file permissions hold, for root too."""
    if os.geteuid() != 0:
        return []
    if shutil.which("setpriv") is None:
        pytest.skip("root may write everywhere, and setpriv is not there to change that")
    return ["setpriv", "--bounding-set", "-dac_override,-dac_read_search"]


async def test_a_home_that_may_only_be_read(machine: CommandLine, repository: Path) -> None:
    machine.write_settings(settings_text(repository))
    assert (await machine.run("status")).code == 0
    command = [*without_root_rights(), str(PROGRAM), "run", REQUEST, "--no-wait"]
    machine.home.chmod(0o555)
    try:
        ended = subprocess.run(
            command,
            cwd=machine.folder,
            env=machine.environment(),
            capture_output=True,
            text=True,
            timeout=150,
            check=False,
        )
    finally:
        machine.home.chmod(0o755)

    assert (ended.returncode, ended.stdout) == (6, "")
    assert ended.stderr == (
        f"Error: {machine.home} is read-only. "
        "Make it writable for this user, or point ORCHESTRATOR_HOME at a folder that is.\n"
    )
