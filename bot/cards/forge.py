"""What is said in a task's thread when something happens to its pull request: checks, reviews, its end; pure.

Names, remarks and logs come from strangers: names are one line, remarks and logs stand literally.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from adapters.chat.card import Action, ActionStyle, Card, Code, Section, Text, Tone, Weight
from bot.cards.pull_request import pull_request_name, pull_request_url, web_url
from bot.cards.task import task_title
from bot.cards.words import PARAGRAPH, SENTENCE, STATUS, block, counted, line, listed
from core.domain.forge_event import (
    BaseMoved,
    BranchMoved,
    ChecksReported,
    PullRequestCameBack,
    PullRequestClosed,
    ReviewPosted,
    ReviewReported,
)
from core.domain.forge_news import ChecksEnded, FailedCheck, ReviewGiven
from core.domain.task import FINAL_TASK_STATES, Task, TaskState

Told = (
    ChecksReported | ReviewReported | PullRequestClosed | PullRequestCameBack | BranchMoved | BaseMoved | ReviewPosted
)
"""What is told in the thread."""
LOGS_SHOWN = 3
LOG = 1_200
"""Characters of one failing log: its end says why."""
REMARKS_SHOWN = 5
REMARK = 400
_VERDICTS = {
    "approved": ("approved it", "Approved", Tone.GOOD),
    "changes_requested": ("asks for changes", "Changes asked for", Tone.WAITING),
    "commented": ("commented on it", "Reviewed", Tone.NEUTRAL),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Since:
    """What has happened after the news that a card tells."""

    newer_checks: bool = False
    """The checks have run again."""
    taken_up_by: str = ""
    """Who asked for it to be seen to; '' when nobody has."""
    cleaned: str = ""
    """What of the merged work was taken away here: `worktree and branch`, or `worktree`; '' for nothing yet."""


def forge_card(
    task: Task, event: Told, *, key: str, since: Since, news: ChecksEnded | ReviewGiven | None = None
) -> Card:
    """The card of `event` as things stand; `news` is what came with it, None when that is not known any more."""
    match event:
        case ChecksReported():
            card = _checks(task, event, since=since, news=news if isinstance(news, ChecksEnded) else None)
        case ReviewReported():
            card = _review(task, event, since=since, news=news if isinstance(news, ReviewGiven) else None)
        case PullRequestClosed():
            card = _closed(task, event, since=since)
        case PullRequestCameBack():
            card = _line(task, f"{_who(event.by)} opened {_name(task)} again.", status="Open again")
        case BranchMoved():
            moved = f"{_who(event.by)} pushed to {line(event.branch, 80)}: it is at {event.commit[:10]} now."
            card = _line(task, moved, status="Branch changed", tone=Tone.WAITING)
        case BaseMoved():
            clash = f"{line(event.base_branch, 80)} has moved on, and these files clash: {listed(event.files)}."
            card = _line(task, f"{clash} An agent settles it, or asks.", status="Base moved", tone=Tone.WAITING)
        case ReviewPosted():
            said = f"The review stands under {pull_request_name(event.pull_request)}."
            card = _line(task, said, status="Review posted", tone=Tone.GOOD)
            card = replace(card, url=web_url(event.url))
    return replace(card, key=key)


def _checks(task: Task, event: ChecksReported, *, since: Since, news: ChecksEnded | None) -> Card:
    if not event.failed:
        return _line(task, f"The checks of {_name(task)} are green.", status="Checks green", tone=Tone.GOOD)
    said = f"{counted(len(event.failed), 'check')} of {_name(task)} failed: {listed(event.failed)}."
    sections: list[Section] = [Text(text=said, weight=Weight.PROBLEM)]
    for failed in news.failed[:LOGS_SHOWN] if news else ():
        sections += _log(failed)
    after = _after(task, since, open_words="Fix it continues the same agents with these logs.")
    fix = Action(label="Fix it", style=ActionStyle.PRIMARY, command=f"address {task.id} checks")
    return Card(
        key="",
        title=task_title(task),
        status="Checks failed",
        tone=Tone.BAD if _can_follow(task, since) else Tone.NEUTRAL,
        url=pull_request_url(task),
        sections=(*sections, Text(text=after, weight=Weight.NEXT if _can_follow(task, since) else Weight.MUTED)),
        actions=(fix,) if _can_follow(task, since) else (),
        about=line(f"{task.id} · {said}", SENTENCE),
    )


def _review(task: Task, event: ReviewReported, *, since: Since, news: ReviewGiven | None) -> Card:
    how, status, tone = _VERDICTS[event.verdict]
    remarks = f", with {counted(event.remarks, 'remark')} on lines" if event.remarks else ""
    said = f"{_who(event.by)} {how}{remarks}."
    can = _can_follow(task, since) and (event.verdict != "approved" or event.remarks > 0)
    after = _after(task, since, open_words="Address review continues the same agents with what was said.")
    address = Action(label="Address review", style=ActionStyle.PRIMARY, command=f"address {task.id} review")
    quiet = event.verdict == "approved" and not event.remarks
    return Card(
        key="",
        title=task_title(task),
        status=status,
        tone=tone,
        url=web_url(event.url) or pull_request_url(task),
        sections=(
            Text(text=said),
            *(_remarks(news) if news else ()),
            *(() if quiet else (Text(text=after, weight=Weight.NEXT if can else Weight.MUTED),)),
        ),
        actions=(address,) if can else (),
        about=line(f"{task.id} · {said}", SENTENCE),
    )


def _closed(task: Task, event: PullRequestClosed, *, since: Since) -> Card:
    who = f" by {line(event.by, 60)}" if event.by else ""
    if event.merged:
        are = "are" if " and " in since.cleaned else "is"
        cleaned = f" Here its {since.cleaned} {are} cleaned up." if since.cleaned else ""
        return _line(task, f"{_name(task)} was merged{who}.{cleaned}", status="Merged", tone=Tone.GOOD)
    kept = f" Its branch {task.branch} is kept." if task.branch else ""
    card = _line(task, f"{_name(task)} was closed without being merged{who}.{kept}", status="Closed")
    again = Text(text="Opened again on the forge, it goes on. To drop it, nothing has to be done.", weight=Weight.MUTED)
    return replace(card, sections=(*card.sections, again))


def _after(task: Task, since: Since, *, open_words: str) -> str:
    """What is to be said under news that agents could see to."""
    if since.taken_up_by:
        return f"Taken up: {since.taken_up_by} asked for it."
    if since.newer_checks:
        return "The checks have run again since."
    if task.pull_request_state != "open":
        return f"{_name(task)} is {task.pull_request_state or 'not open'} now."
    if task.state not in FINAL_TASK_STATES:
        return f"{task.id} is at work; this can be seen to when it has ended."
    if task.state is not TaskState.COMPLETED:
        return f"The last work on it did not end well. First: retry {task.id}"
    return open_words


def _can_follow(task: Task, since: Since) -> bool:
    fresh = not since.taken_up_by and not since.newer_checks
    return fresh and task.pull_request_state == "open" and task.state is TaskState.COMPLETED


def _log(failed: FailedCheck) -> list[Section]:
    text = failed.log.strip()
    if not text:
        return []
    kept = text if len(text) <= LOG else f"… {text[-LOG:].partition(chr(10))[2] or text[-LOG:]}"
    return [Text(text=line(failed.name, 80), weight=Weight.MUTED), Code(text=block(kept, LOG + 200))]


def _remarks(news: ReviewGiven) -> Sequence[Section]:
    said = [block(news.text, REMARK)] if news.text.strip() else []
    for remark in news.remarks[:REMARKS_SHOWN]:
        where = f"{remark.path}:{remark.line}" if remark.path and remark.line else remark.path
        said.append(f"{line(where, 120)}\n{block(remark.text, REMARK)}" if where else block(remark.text, REMARK))
    more = len(news.remarks) - REMARKS_SHOWN
    if more > 0:
        said.append(f"… and {counted(more, 'more remark')}")
    return (Code(text=block("\n\n".join(said), PARAGRAPH)),) if said else ()


def _line(task: Task, words: str, *, status: str, tone: Tone = Tone.NEUTRAL) -> Card:
    return Card(
        key="",
        title=task_title(task),
        status=line(status, STATUS),
        tone=tone,
        url=pull_request_url(task),
        sections=(Text(text=line(words, SENTENCE)),),
    )


def _name(task: Task) -> str:
    """`#45`, as sentences hold it."""
    return pull_request_name(task.pull_request) or "it"


def _who(name: str) -> str:
    return line(name, 60) or "Somebody"
