"""Agent runs: what one does now or what it waits for, and everything about one as a card."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from adapters.chat.card import Action, ActionStyle, Card, Code, Field, Fields, Section, Text, Tone, Weight
from bot.cards.elapsed import shown_duration, shown_elapsed
from bot.cards.person import NOBODY, Names, shown_person
from bot.cards.words import DOCUMENT, block, facts, line
from core.domain.approval import Approval
from core.domain.cost import shown_usd
from core.domain.identity import ProjectName
from core.domain.task import AGENT_RUN_ENDS, AT_WORK, AgentRun, AgentRunState, TaskState

if TYPE_CHECKING:  # the store's library takes long to load
    from core.queries import AgentDetail, AgentEntry, Room

ERROR = 1_500
_DATE = re.compile(r"-\d{8}$")
_TONE = {
    AgentRunState.QUEUED: Tone.NEUTRAL,
    AgentRunState.STARTING: Tone.WORKING,
    AgentRunState.RUNNING: Tone.WORKING,
    AgentRunState.WAITING: Tone.WAITING,
    AgentRunState.COMPLETED: Tone.GOOD,
    AgentRunState.FAILED: Tone.BAD,
    AgentRunState.CANCELLED: Tone.NEUTRAL,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How many agents may be at work at once; None for no limit of that kind."""

    everywhere: int
    per_model: int | None = None
    in_project: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedWork:
    """What an agent run's log files hold: how often it called a tool, and the ends of what was told and said."""

    folder: str
    tool_calls: int = 0
    prompt: str = ""
    said: str = ""


def short_model(model: str) -> str:
    """A model's name for narrow columns: without the maker and the date."""
    return _DATE.sub("", model.removeprefix("claude-"))


def doing(
    entry: "AgentEntry",
    *,
    room: "Room",
    limits: Limits,
    worker: bool,
    now: datetime,
    asks: Approval | None = None,
) -> str:
    """One line: what the run does now, what it waits for, or what came of it."""
    run = entry.run
    match run.state:
        case AgentRunState.QUEUED:
            return _waits_for(entry, room=room, limits=limits, worker=worker, now=now)
        case AgentRunState.STARTING:
            return "starting" if worker else "no worker is running"
        case AgentRunState.RUNNING:
            return run.activity or "working"
        case AgentRunState.WAITING:
            return f"asks {asks.id}: {asks.title}" if asks else "waits for an answer"
        case AgentRunState.FAILED:
            return run.error
        case AgentRunState.COMPLETED | AgentRunState.CANCELLED:
            return str((run.result or {}).get("summary", ""))


def _waits_for(entry: "AgentEntry", *, room: "Room", limits: Limits, worker: bool, now: datetime) -> str:
    """Why a queued run has not begun: the first reason that holds."""
    run, project = entry.run, entry.of.project
    if entry.of.task_state is TaskState.PAUSED:
        return "its task is paused"
    if run.not_before is not None and now < run.not_before:
        why = f": {entry.postponed}" if entry.postponed else ""
        return f"tries again in {shown_elapsed(now, run.not_before)}{why}"
    standing = room.models.get(run.model)
    held = standing.held_until(now) if standing else None
    if standing and held:
        return f"{short_model(run.model)} is held for {shown_elapsed(now, held)}: {standing.reason}"
    return _no_place(project, run.model, room=room, limits=limits) or (
        "next in line" if worker else "no worker is running"
    )


def _no_place(project: ProjectName, model: str, *, room: "Room", limits: Limits) -> str:
    """Which limit is reached; '' when there is a place."""
    counted = (
        ("", room.at_work, limits.everywhere),
        (f" in {project}", room.in_project(project), limits.in_project),
        (f" on {short_model(model)}", room.on_model(model), limits.per_model),
    )
    full = [(where, used, limit) for where, used, limit in counted if limit is not None and used >= limit]
    return "; ".join(f"no place{where}: {used} of {limit} at work" for where, used, limit in full)


def since(run: AgentRun, *, now: datetime) -> str:
    """How long it has been at it, or how long it took."""
    return shown_elapsed(run.started_at or run.created_at, run.finished_at or now)


def agent_card(
    detail: "AgentDetail", work: LoggedWork, *, doing_now: str, now: datetime, names: Names = NOBODY
) -> Card:
    """Everything about one agent run; `doing_now` is what `doing` says of it."""
    run = detail.entry.run
    sections: list[Section] = []
    if doing_now and run.state is not AgentRunState.FAILED:
        sections.append(Text(text=line(doing_now)))
    if run.error:
        sections.append(Text(text=block(run.error, ERROR), weight=Weight.PROBLEM))
    sections.append(Fields(fields=_fields(detail, work, now=now)))
    sections += [Text(text=line(each), weight=Weight.MUTED) for each in detail.switched]
    if detail.mismatches:
        from core.views import mismatch_words

        sections += [Text(text=mismatch_words(each)) for each in detail.mismatches]
    sections += [Text(text=line(f"{shown_person(each.by, names)} said: {each.text}")) for each in detail.messages]
    for heading, text in (("It was told", work.prompt), ("It said last", work.said)):
        if text:
            sections += [Text(text=heading, weight=Weight.MUTED), Code(text=block(text, DOCUMENT))]
    return Card(
        key=run.id,
        title=f"{run.id} · {line(run.role, 40)} · step {line(run.step, 40)}",
        status=run.state.value.capitalize(),
        tone=_TONE[run.state],
        sections=tuple(sections),
        actions=_actions(detail),
        footer=(since(run, now=now), shown_usd(detail.entry.bill.cost_usd)),
    )


def _fields(detail: "AgentDetail", work: LoggedWork, *, now: datetime) -> tuple[Field, ...]:
    run, bill = detail.entry.run, detail.entry.bill
    usage = bill.usage
    told = [
        ("Task", f"{run.task} {detail.task.title}"),
        ("Model", run.model),
        ("Round", _round(run)),
        ("Attempts", _attempts(run)),
        ("Model calls", f"{bill.calls:,}" if bill.calls else ""),
        ("Tokens", _tokens(usage.prompt_tokens, usage.cache_read_tokens, usage.output_tokens) if bill.calls else ""),
        ("Tool calls", f"{work.tool_calls:,}" if work.tool_calls else ""),
        ("Asked", ", ".join(f"{each.id} ({each.state.value})" for each in detail.approvals)),
        ("Memory", f"{run.peak_memory_bytes / 2**20:,.0f} MB at most" if run.peak_memory_bytes else ""),
        ("Processor", shown_duration(run.cpu_s) if run.cpu_s >= 1 else ""),
        ("Copy of", run.forked_session),
        ("Session", run.session),
        ("Logs", work.folder),
        ("Queued", f"{shown_elapsed(run.created_at, now)} ago"),
    ]
    return facts(told)


def _round(run: AgentRun) -> str:
    purpose = "" if run.purpose.value == "work" else f" ({run.purpose.value})"
    return f"{run.round}{purpose}" if run.round > 1 or purpose else ""


def _attempts(run: AgentRun) -> str:
    counted = (
        (run.transient_failures, "failed in a row"),
        (run.interruptions, "interrupted"),
        (run.restarts, "restarted because stuck"),
    )
    more = ", ".join(f"{number} {what}" for number, what in counted if number)
    return f"{run.attempts}, {more}" if more else (str(run.attempts) if run.attempts > 1 else "")


def _tokens(prompt: int, cached: int, output: int) -> str:
    of_cache = f" ({cached:,} from the cache)" if cached else ""
    return f"{prompt:,} in{of_cache}, {output:,} out"


def _actions(detail: "AgentDetail") -> tuple[Action, ...]:
    run = detail.entry.run
    logs, task = f"logs {run.id}", run.task
    typed = f"{logs} --follow" if run.state in AT_WORK else ""
    actions = [Action(label="Read the log", command=logs, typed=typed)]
    if run.state in AT_WORK:
        to = f"--to {run.id}"
        actions.append(Action(label="Tell it something…", command=f"steer {task} {to}", typed=f'steer {task} "…" {to}'))
    if run.state is AgentRunState.FAILED:
        again = f"retry {task} --from {run.step}"
        actions.append(Action(label="Try again", style=ActionStyle.PRIMARY, command=again))
    if run.state not in AGENT_RUN_ENDS:
        actions.append(Action(label="Cancel task", style=ActionStyle.DANGER, command=f"cancel {task}"))
    return tuple(actions)
