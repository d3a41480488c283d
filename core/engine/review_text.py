"""The findings of a task that reviews a pull request, as the one review that is posted."""

from collections.abc import Mapping, Sequence

from core.agents import results
from core.domain.forge_news import Remark
from core.domain.pull_request import ReviewTarget
from core.domain.role import Role
from core.domain.task import Step, StepState, Task
from core.forge import Review


def review_of(task: Task, target: ReviewTarget, steps: Sequence[Step], roles: Mapping[str, Role]) -> Review:
    """What the last step that handed in anything says, with the remarks on lines."""
    done = [step for step in steps if step.state == StepState.COMPLETED and step.result is not None]
    parsed = [results.parse(roles[step.role].result, step.result) for step in done if step.role in roles]
    text = _words(parsed[-1]) if parsed else ""
    remarks = tuple(Remark(text=each.text, path=each.file, line=each.line) for each in _comments(parsed))
    return Review(commit=target.commit, text=text or f"{task.id} found nothing to say.", remarks=remarks)


def _comments(parsed: Sequence[results.AnyResult]) -> list[results.ReviewComment]:
    """Those of the last word; where that has none, those of every reviewer."""
    last = parsed[-1] if parsed else None
    if isinstance(last, results.Report | results.Review) and last.comments:
        return list(last.comments)
    return [comment for result in parsed if isinstance(result, results.Review) for comment in result.comments]


def shown(review: Review) -> str:
    """The whole review as a person reads it before it is posted."""
    lines = [f"- {_place(remark)}: {remark.text}" for remark in review.remarks]
    return "\n\n".join([review.text, "\n".join(lines)]) if lines else review.text


def _words(result: results.AnyResult) -> str:
    """Everything of it that is meant for people."""
    match result:
        case results.Report():
            # a report repeats its summary where it is good
            return "\n\n".join(part for part in (result.summary.strip(), result.details.strip()) if part)
        case results.Review():
            asks = result.verdict == "changes_requested"
            return f"{'Changes are wanted.' if asks else 'It can be merged as it is.'} {result.summary.strip()}"
        case _:
            return result.summary.strip()


def _place(remark: Remark) -> str:
    if not remark.path:
        return "all of it"
    return f"`{remark.path}`, line {remark.line}" if remark.line else f"`{remark.path}`"
