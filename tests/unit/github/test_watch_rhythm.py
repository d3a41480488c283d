"""How long GitHub is left alone between two rounds, and how news is told."""

import pytest

from adapters.github.watch.rhythm import LONGEST, Rhythm
from adapters.github.watch.telling import NotHeardError, Teller
from core.domain.forge_news import BranchPushed, ForgeReport
from core.domain.identity import ProjectName

NEWS = ForgeReport(key="k", project=ProjectName("shop"), news=BranchPushed(branch="main", commit="1"))


def test_pauses_grow_while_nothing_happens_and_no_further_than_that():
    rhythm = Rhythm.of(30.0)
    pauses: list[float] = []
    for _ in range(20):
        rhythm = rhythm.after(news=False)
        pauses.append(rhythm.pause_s)

    assert pauses == sorted(pauses)
    assert pauses[0] > 30.0
    assert pauses[-1] == 30.0 * LONGEST


def test_news_makes_it_quick_again():
    assert Rhythm.of(30.0).after(news=False).after(news=False).after(news=True).pause_s == 30.0


async def test_news_is_told_once():
    heard: list[ForgeReport] = []

    async def hear(report: ForgeReport) -> None:
        heard.append(report)

    teller = Teller(hear)
    await teller.tell(NEWS)
    await teller.tell(NEWS)

    assert heard == [NEWS]
    assert teller.knows("k")


async def test_what_was_not_heard_is_told_again():
    heard: list[ForgeReport] = []

    async def hear(report: ForgeReport) -> None:
        heard.append(report)
        if len(heard) == 1:
            raise OSError("the disk is full")

    teller = Teller(hear)
    with pytest.raises(NotHeardError):
        await teller.tell(NEWS)
    assert not teller.knows("k")
    await teller.tell(NEWS)

    assert len(heard) == 2
