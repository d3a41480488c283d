"""A real worker with a port: it answers while it works, and refuses to work blind where it was told not to."""

import json
import signal
import socket
from pathlib import Path

import pytest

from tests.support.command_line import CommandLine, settings_text
from tests.support.ports import reserved_port
from tests.support.watcher import Watcher

pytestmark = pytest.mark.slow
KEY = {"ANTHROPIC_API_KEY": "sk-ant-no-such-key"}


@pytest.fixture
def machine(tmp_path: Path) -> CommandLine:
    (tmp_path / "user-of-it").mkdir()
    line = CommandLine(folder=tmp_path / "user-of-it")
    line.write_settings(settings_text(tmp_path / "no-repository"))
    return line


async def test_a_worker_answers_while_it_works_and_gives_the_port_back(machine: CommandLine, watcher: Watcher) -> None:
    with reserved_port() as port:
        url = f"http://127.0.0.1:{port}"
        listen = {"ORCHESTRATOR_METRICS__LISTEN": f"127.0.0.1:{port}", **KEY}

        async with machine.started("--debug", "worker", **listen, ORCHESTRATOR_LOG_FORMAT="json") as worker:
            await worker.line("Working.")
            assert await watcher.condition(f"{url}/ready") == (200, {"status": "ok", "worker": "ok", "database": "ok"})
            assert await watcher.value(url, "agents_limit") == 5
            assert await watcher.value(url, "agents_at_work") == 0
            worker.send(signal.SIGTERM)
            ended = await worker.ended()

        # who listened there still would be in the way
        with socket.create_server(("127.0.0.1", port)):
            pass

    assert ended.code == 0
    *logged, farewell = ended.stderr.splitlines()
    assert farewell.startswith("Stopped.")
    assert logged
    assert all(json.loads(line)["event"] for line in logged)


async def test_a_worker_whose_port_is_taken_ends_with_one_line(machine: CommandLine) -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        listen = f"127.0.0.1:{holder.getsockname()[1]}"
        ended = await machine.run("worker", **KEY, ORCHESTRATOR_METRICS__LISTEN=listen)

    assert ended.refused(6).startswith(f"Metrics cannot be offered on {listen}: address already in use.")


async def test_a_worker_that_cannot_send_its_traces_says_so(machine: CommandLine) -> None:
    ended = await machine.run("worker", **KEY, ORCHESTRATOR_TRACING__ENDPOINT="localhost:4318")

    assert ended.refused(3) == "tracing.endpoint is no URL. Write it like http://localhost:4318."
