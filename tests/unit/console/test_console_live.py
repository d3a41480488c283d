"""The live card and its questions on a real terminal."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from adapters.chat.card import Card, Text, Tone
from adapters.console.adapter import Console
from adapters.console.dialogue import Decided, Unanswered
from bot.cards.approval import approval_card
from bot.sample_task import sample_view
from core.domain.approval import ApprovalKind
from tests.support.waiting import eventually

APPROVAL = approval_card(sample_view().approvals[0], role="builder")
WORKING = Card(key="T1", title="T1 · Fix it", status="Working", tone=Tone.WORKING)
DONE = Card(key="T1", title="T1 · Fix it", status="Done", tone=Tone.GOOD)


async def test_the_last_state_of_a_card_stays_on_the_screen_once(live: Console, terminal: Any) -> None:
    with live.progress("T1") as progress:
        progress.update(lambda: WORKING)
        await terminal.shows("Working")
        progress.update(lambda: DONE)
    await terminal.shows("Done")
    assert "Working" not in terminal.screen
    assert terminal.screen.count("T1 · Fix it") == 1


async def test_a_burst_of_changes_is_drawn_a_few_times_and_ends_with_the_newest(live: Console, terminal: Any) -> None:
    drawn: list[int] = []

    def card(number: int) -> Card:
        drawn.append(number)
        return replace(WORKING, status=f"Change {number}")

    with live.progress("T1") as progress:
        for number in range(200):
            progress.update(lambda number=number: card(number))
        await terminal.shows("Change 199")
    assert len(drawn) < 20


async def test_clocks_go_on_when_nothing_happens(live: Console, terminal: Any) -> None:
    calls: list[None] = []
    with live.progress("T1") as progress:
        progress.update(lambda: (calls.append(None), WORKING)[1])
        before = len(calls)
        await eventually(lambda: len(calls) > before)


async def test_what_is_printed_meanwhile_stands_above_the_card(live: Console, terminal: Any) -> None:
    with live.progress("T1") as progress:
        progress.update(lambda: WORKING)
        live.say("something happened")
        await terminal.shows("something happened")
        await terminal.shows("Working")
        assert terminal.screen.index("something happened") < terminal.screen.index("T1 · Fix it")


async def test_a_question_is_answered_under_the_card_and_disappears(live: Console, terminal: Any) -> None:
    with live.progress("T1") as progress:
        progress.update(lambda: WORKING)
        asked = asyncio.ensure_future(live.ask_approval(APPROVAL))
        await terminal.shows("Approve A17?")
        assert "T1 · Fix it" in terminal.screen
        assert "chmod +x scripts/check.sh" in terminal.screen
        terminal.type("y")
        await terminal.shows("[d]etails: y")
        terminal.type("\r")
        assert await asked == Decided(approved=True)
        await eventually(lambda: "Approve A17?" not in terminal.screen)
        assert terminal.screen.count("T1 · Fix it") == 1


async def test_a_question_decided_elsewhere_disappears_and_what_was_half_typed_is_forgotten(
    live: Console, terminal: Any
) -> None:
    first = asyncio.ensure_future(live.ask_approval(APPROVAL))
    await terminal.shows("Approve A17?")
    terminal.type("n because")
    await terminal.shows("n because")
    first.cancel()
    await asyncio.wait([first])
    await eventually(lambda: "Approve A17?" not in terminal.screen)
    second = asyncio.ensure_future(live.ask_approval(APPROVAL))
    await terminal.shows("Approve A17?")
    terminal.type("y\r")
    assert await second == Decided(approved=True)


async def test_a_key_pressed_before_the_question_was_seen_is_no_answer(live: Console, terminal: Any) -> None:
    with live.progress("T1") as progress:
        progress.update(lambda: WORKING)
        await terminal.shows("Working")
        terminal.type("y\r")
        asked = asyncio.ensure_future(live.ask_approval(APPROVAL))
        await terminal.shows("Approve A17?")
        terminal.type("n\r\r")
        assert await asked == Decided(approved=False)


async def test_keys_pressed_while_nothing_is_asked_do_not_get_into_the_picture(live: Console, terminal: Any) -> None:
    with live.progress("T1") as progress:
        progress.update(lambda: WORKING)
        await terminal.shows("Working")
        assert not terminal.echoes
    await eventually(lambda: terminal.echoes, what="the echo")


async def test_two_questions_wait_for_one_another(live: Console, terminal: Any) -> None:
    other = replace(APPROVAL, key="A18", title="A18 · May the agent do this?")
    both = [asyncio.ensure_future(live.ask_approval(card)) for card in (APPROVAL, other)]
    await terminal.shows("Approve A17?")
    assert "A18" not in terminal.screen
    terminal.type("y\r")
    await terminal.shows("Approve A18?")
    terminal.type("n\r\r")
    assert await asyncio.gather(*both) == [Decided(approved=True), Decided(approved=False)]


async def test_what_was_said_in_a_conversation_stays_on_the_screen(live: Console, terminal: Any) -> None:
    said = asyncio.ensure_future(live.read_line("›"))
    await terminal.shows("›")
    terminal.type("fix issue #123\r")
    assert await said == "fix issue #123"
    await eventually(lambda: terminal.screen == "› fix issue #123", what="the line alone on the screen")
    live.say("  indented   like this")
    await terminal.shows("\n  indented   like this")


async def test_control_d_leaves_it_for_later(live: Console, terminal: Any) -> None:
    asked = asyncio.ensure_future(live.ask_approval(APPROVAL))
    await terminal.shows("Approve A17?")
    terminal.type("\x04")
    assert isinstance(await asked, Unanswered)


async def test_a_plan_longer_than_the_screen_can_be_read_to_its_end(live: Console, terminal: Any) -> None:
    plan = "\n".join(f"{number}. step" for number in range(100))
    asked = asyncio.ensure_future(
        live.ask_approval(approval_card(replace(sample_view().approvals[0], kind=ApprovalKind.PLAN, detail=plan)))
    )
    await terminal.shows("Approve A17?")
    assert all(f" {number}. step" in terminal.screen for number in range(100))
    terminal.type("y\r")
    assert await asked == Decided(approved=True)


async def test_a_card_longer_than_the_screen_says_how_much_is_missing(live: Console, terminal: Any) -> None:
    long = replace(WORKING, sections=(Text(text="\n".join(f"line {number}" for number in range(60))),))
    with live.progress("T1") as progress:
        progress.update(lambda: long)
        await terminal.shows("more lines")
        assert "line 59" not in terminal.screen
    await terminal.shows("line 59")


async def test_whatever_ends_the_progress_gives_the_terminal_back(live: Console, terminal: Any) -> None:
    with pytest.raises(KeyboardInterrupt), live.progress("T1") as progress:
        progress.update(lambda: WORKING)
        raise KeyboardInterrupt
    await terminal.shows("T1 · Fix it")
    await eventually(lambda: terminal.raw.rfind("\x1b[?25h") > terminal.raw.rfind("\x1b[?25l"), what="the cursor")
    assert terminal.echoes


async def test_a_terminal_that_is_closed_stops_nothing(live: Console, terminal: Any) -> None:
    with live.progress("T1") as progress:
        progress.update(lambda: WORKING)
        await terminal.shows("Working")
        terminal.hang_up()
        asked = live.ask_approval(APPROVAL)
        assert isinstance(await asyncio.wait_for(asked, 90), Unanswered)
        progress.update(lambda: DONE)
    live.say("still here")


async def test_a_dumb_terminal_gets_plain_lines(terminal: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    console = Console(output=terminal.output, keyboard=terminal.keyboard)
    assert not console.is_live
    with console.progress("T1") as progress:
        progress.update(lambda: WORKING)
    await terminal.shows("T1 Working")
    assert "\x1b" not in terminal.raw
