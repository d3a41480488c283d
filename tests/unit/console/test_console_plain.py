"""Plain lines for pipes and logs."""

import io
import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TextIO

import pytest
from inline_snapshot import snapshot

from adapters.console.adapter import Console
from adapters.console.dialogue import Decided, Unanswered
from bot.cards.approval import approval_card
from bot.cards.task import task_card
from bot.sample_task import NOW, sample_view
from core.domain.task import AgentRunState, StepState, TaskState
from core.views import TaskView

APPROVAL = approval_card(sample_view().approvals[0], role="builder")


def on_paper(keyboard: TextIO | None = None) -> tuple[Console, io.StringIO]:
    """A console without a terminal, and what it wrote."""
    paper = io.StringIO()
    return Console(output=paper, keyboard=keyboard), paper


def typed_into(path: Path, text: str) -> TextIO:
    """A keyboard that is a file."""
    path.write_text(text)
    return path.open()


def story() -> list[TaskView]:
    """The sample task, waiting, going on, going on without news, and done."""
    waiting = sample_view()
    build = waiting.steps[2]
    working = replace(
        waiting,
        approvals=(),
        steps=(
            *waiting.steps[:2],
            replace(build, step=replace(build.step, state=StepState.RUNNING)),
            *waiting.steps[3:],
        ),
    )
    done = replace(
        working,
        task=replace(working.task, state=TaskState.COMPLETED, finished_at=NOW, commit="0123456789abcdef"),
        steps=(
            *waiting.steps[:2],
            replace(build, step=replace(build.step, state=StepState.COMPLETED, summary="Fixed")),
        ),
    )
    return [waiting, working, working, done, done]


def test_a_change_is_one_line_and_nothing_is_told_twice() -> None:
    console, paper = on_paper()
    with console.progress("T142") as progress:
        for view in story():
            progress.update(lambda view=view: task_card(view, now=NOW))
    assert paper.getvalue() == snapshot("""\
T142 · Fix issue #123: bulk discount missing at exactly 10 items
T142 ✓ analyse (analyst) completed: The bulk price starts one unit too late · 36s · $0.02
T142 ✓ plan (planner) completed: One comparison to change, one test to add · 33s · $0.02
T142 ◆ build (builder) waiting: Asks: Run a command that changes file permissions · 1m 30s · $0.06
T142 Waiting for you · 2m 41s · $0.10
T142 A17 needs your answer: Run a command that changes file permissions
T142 Project: shop
T142 Branch: orchestrate/T142-fix-issue-123
T142 ● build (builder) running
T142 Working · 2m 41s · $0.10
T142 ✓ build (builder) completed: Fixed · 1m 30s · $0.06
T142 Done · 2m 41s · $0.10
T142 Commit: 0123456789
""")


def test_a_status_that_comes_back_is_told_again() -> None:
    console, paper = on_paper()
    waiting, working = story()[:2]
    with console.progress("T142") as progress:
        for view in (working, waiting, working):
            progress.update(lambda view=view: task_card(view, now=NOW))
    assert paper.getvalue().count("Working") == 2


def test_steps_that_have_not_begun_are_not_mentioned_until_they_are_sent_back() -> None:
    console, paper = on_paper()
    working = story()[1]
    build = working.steps[2]
    again = replace(build, step=replace(build.step, state=StepState.PENDING, round=2))
    with console.progress("T142") as progress:
        progress.update(lambda: task_card(working, now=NOW))
        assert "pending" not in paper.getvalue()
        progress.update(lambda: task_card(replace(working, steps=(*working.steps[:2], again)), now=NOW))
    assert "build (2) (builder) pending" in paper.getvalue()


def test_that_something_is_tried_again_is_told_once_with_the_time() -> None:
    console, paper = on_paper()
    working = story()[1]
    build = working.steps[2]
    run = replace(
        build.runs[-1].run, state=AgentRunState.QUEUED, not_before=NOW + timedelta(seconds=90), transient_failures=1
    )
    waits = replace(build, runs=(*build.runs[:-1], replace(build.runs[-1], run=run)))
    postponed = replace(working, steps=(*working.steps[:2], waits, *working.steps[3:]))
    with console.progress("T142") as progress:
        for seconds in range(3):
            progress.update(lambda seconds=seconds: task_card(postponed, now=NOW + timedelta(seconds=seconds)))
    assert paper.getvalue().count("build tries again at") == 1
    assert "UTC, try 2" in paper.getvalue()


async def test_an_answer_can_come_through_a_file(tmp_path: Path) -> None:
    with typed_into(tmp_path / "answers", "n use git\n") as keyboard:
        console, paper = on_paper(keyboard)
        assert await console.ask_approval(APPROVAL) == Decided(approved=False, reason="use git")
    assert "chmod +x scripts/check.sh" in paper.getvalue()


async def test_answers_for_several_questions_come_through_one_pipe() -> None:
    read_end, write_end = os.pipe()
    with os.fdopen(read_end) as keyboard:
        os.write(write_end, b"y\nn\nnot this one\n")
        console, _ = on_paper(keyboard)
        assert await console.ask_approval(APPROVAL) == Decided(approved=True)
        assert await console.ask_approval(APPROVAL) == Decided(approved=False, reason="not this one")
        os.close(write_end)
        assert isinstance(await console.ask_approval(APPROVAL), Unanswered)


@pytest.mark.parametrize("typed", ["", "what?\n"])
async def test_the_end_of_input_is_no_answer_and_says_how_to_answer_later(tmp_path: Path, typed: str) -> None:
    with typed_into(tmp_path / "answers", typed) as keyboard:
        console, _ = on_paper(keyboard)
        answer = await console.ask_approval(APPROVAL)
    assert answer == Unanswered(
        hint="A17 is still open. Answer it with: orchestrator approve A17 or orchestrator approve A17 --always "
        "or orchestrator deny A17"
    )


async def test_without_a_keyboard_the_question_is_shown_and_left_open() -> None:
    console, paper = on_paper()
    assert not console.can_ask
    assert isinstance(await console.ask_approval(APPROVAL), Unanswered)
    assert "orchestrator approve A17" in paper.getvalue()


async def test_lines_can_be_read_one_by_one(tmp_path: Path) -> None:
    with typed_into(tmp_path / "lines", "first\nsecond") as keyboard:
        console, _ = on_paper(keyboard)
        assert [await console.read_line(">") for _ in range(3)] == ["first", "second", None]


def test_when_nobody_reads_any_more_the_work_goes_on(capfd: pytest.CaptureFixture[str]) -> None:
    read_end, write_end = os.pipe()
    with os.fdopen(write_end, "w") as output:
        console = Console(output=output, keyboard=None)
        os.close(read_end)
        for _ in range(3):
            console.show(APPROVAL)
    assert "BrokenPipe" not in capfd.readouterr().err


def test_no_escape_gets_into_a_log() -> None:
    console, paper = on_paper()
    console.say("\x1b[31mred\x1b[0m\nsecond line")
    assert paper.getvalue() == "red second line\n"
    assert "\x1b" not in paper.getvalue()
