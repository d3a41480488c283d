"""A call that waits, told so that a person can decide it: title, full detail, questions with choices (pure)."""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import cast

from adapters.claude.activity import ToolInput, one_line, title
from adapters.claude.change import change_diff
from core.agents.permissions import Verdict
from core.agents.runner import RequestedCall
from core.domain.approval import Choice, Question, Risk

QUESTION_TOOL = "AskUserQuestion"


def requested_call(
    tool_use_id: str,
    tool: str,
    tool_input: ToolInput,
    *,
    verdict: Verdict,
    worktree: Path,
    mask: Callable[[str], str],
) -> RequestedCall:
    """The request for one call; `tool_input` is kept as it is, what people read is masked."""
    asked = questions(tool_input, mask=mask) if tool == QUESTION_TOOL else ()
    return RequestedCall(
        tool_use_id=tool_use_id,
        tool=tool,
        tool_input=tool_input,
        title=one_line(asked[0].text) if asked else title(tool, tool_input, worktree=worktree, mask=mask),
        detail="" if asked else mask(detail(tool, tool_input, worktree=worktree)),
        reason="The agent needs an answer to go on." if asked else verdict.reason,
        risk=Risk.LOW if asked else verdict.risk,
        questions=asked,
    )


def questions(tool_input: ToolInput, *, mask: Callable[[str], str] = str) -> tuple[Question, ...]:
    """The questions of an AskUserQuestion call."""
    return tuple(
        Question(
            text=mask(str(item.get("question", ""))),
            choices=tuple(
                Choice(label=mask(str(option.get("label", ""))), description=mask(str(option.get("description", ""))))
                for option in _objects(item.get("options"))
            ),
            multiple=bool(item.get("multiSelect", False)),
        )
        for item in _objects(tool_input.get("questions"))
    )


def detail(tool: str, tool_input: ToolInput, *, worktree: Path) -> str:
    """The whole of what would happen: the command, the change as a diff, or the input as JSON."""
    if tool == "Bash":
        return str(tool_input.get("command", ""))
    as_json = json.dumps(dict(tool_input), ensure_ascii=False, indent=2, default=str)
    return change_diff(tool, tool_input, worktree=worktree) or as_json


def _objects(value: object) -> Iterator[Mapping[str, object]]:
    if isinstance(value, list):
        for item in cast("list[object]", value):
            if isinstance(item, Mapping):
                yield cast("Mapping[str, object]", item)
