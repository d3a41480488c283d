"""The first signal puts everything away, the second is acknowledged, and what was ignored stays ignored."""

import asyncio
import os
import signal

import pytest

from bot.cli.signals import Signals


async def working(signals: Signals, *, puts_away: asyncio.Event) -> int:
    current = asyncio.current_task()
    assert current is not None
    with signals.cancelling(current):
        try:
            await asyncio.Event().wait()
        finally:
            await puts_away.wait()
    return 0


async def came(signals: Signals, count: int) -> None:
    async with asyncio.timeout(90):
        while len(signals.came) < count:
            await asyncio.sleep(0)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
async def test_a_signal_cancels_once_and_a_second_one_lets_the_rest_be_put_away(
    number: signal.Signals, capsys: pytest.CaptureFixture[str]
) -> None:
    before = signal.getsignal(number)
    signals, puts_away = Signals(), asyncio.Event()
    task = asyncio.create_task(working(signals, puts_away=puts_away))
    await asyncio.sleep(0)

    try:
        os.kill(os.getpid(), number)
        await came(signals, 1)
        os.kill(os.getpid(), number)
        await came(signals, 2)
        assert not task.done()
    finally:
        puts_away.set()

    with pytest.raises(asyncio.CancelledError):
        await task
    assert signals.first is number
    assert capsys.readouterr().err == "Putting everything away. Once more ends it at once.\n"
    assert signal.getsignal(number) is before


async def test_what_the_caller_ignores_stays_ignored() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        signals, puts_away = Signals(), asyncio.Event()
        puts_away.set()
        task = asyncio.create_task(working(signals, puts_away=puts_away))
        await asyncio.sleep(0)

        os.kill(os.getpid(), signal.SIGHUP)
        await asyncio.sleep(0)

        assert signals.came == []
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)
