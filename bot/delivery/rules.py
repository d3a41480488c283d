"""Which deliveries an entry of the journal calls for, and which cards it makes stale: pure rules.

Keys name a delivery for good, so applying a rule twice changes nothing.
"""

from dataclasses import replace

from bot.access import is_own
from bot.delivery.facts import TaskFacts
from bot.delivery.forge_rules import calls_requester, changes_news, forge_key, is_forge_news
from bot.delivery.notices import ApprovalNotice, EndedNotice, ForgeNotice, NewsNotice, Notice, TaskNotice, written
from core.domain.approval import ApprovalKind
from core.domain.budget_event import BudgetThresholdReached
from core.domain.conversation import Delivery
from core.domain.event import (
    HOUSE,
    AgentActed,
    ApprovalDecided,
    ApprovalRequested,
    CostMismatchFound,
    Event,
    JournalEntry,
    MessageDelivered,
    ModelCalled,
    RoleAsked,
    TaskForked,
    TaskReopened,
    TaskStateChanged,
    TaskSubmitted,
)
from core.domain.identity import ApprovalId, PersonId, Place, TaskId
from core.domain.notification import Happening, quiet_until
from core.domain.task import FINAL_TASK_STATES, TaskState
from core.domain.unusual import UnusualSeen

_ENDS = {
    TaskState.COMPLETED: Happening.FINISHED,
    TaskState.FAILED: Happening.FAILED,
    TaskState.CANCELLED: Happening.CANCELLED,
}


def is_told(event: Event) -> bool:
    """Whether the event may call for a delivery, so that somebody has to look up the facts."""
    match event:
        case TaskSubmitted() | ApprovalRequested():
            return True
        case TaskStateChanged():
            return event.target in FINAL_TASK_STATES or event.source == TaskState.QUEUED
        case _:
            return is_forge_news(event) or changes_news(event)


def is_urgent(event: Event) -> bool:
    """Whether people wait to see it; the rest is progress, which a later edit of the card shows as well."""
    progress = (
        BudgetThresholdReached
        | UnusualSeen
        | AgentActed
        | ModelCalled
        | MessageDelivered
        | CostMismatchFound
        | RoleAsked
        | TaskForked
    )
    return not isinstance(event, progress)


def stale(entry: JournalEntry) -> tuple[str, ...]:
    """Keys of the cards that show something else after this entry."""
    if entry.task == HOUSE:
        return ()
    match entry.event:
        case ApprovalDecided(approval=approval) | ApprovalRequested(approval=approval):
            return (entry.task, approval)
        case TaskReopened(life=life):
            return (entry.task, ended_key(entry.task, life - 1))
        case _:
            return (entry.task,)


def outdated(event: Event, facts: TaskFacts) -> tuple[str, ...]:
    """Keys of the cards about the task's pull request that `event` makes stale."""
    return tuple(forge_key(facts.task.id, seq) for seq in facts.earlier) if changes_news(event) else ()


def deliveries(event: Event, facts: TaskFacts) -> tuple[Delivery, ...]:
    """What must arrive because of `event`."""
    if facts.home is None:
        return ()
    match event:
        case TaskSubmitted():
            return (_card(facts, facts.home),)
        case ApprovalRequested():
            return (_card(facts, facts.home), *_approval(event, facts, facts.home))
        case TaskStateChanged() if event.target in FINAL_TASK_STATES:
            return (_card(facts, facts.home), *_ended(event, facts, facts.home))
        case TaskStateChanged() if event.source == TaskState.QUEUED and event.target != TaskState.PAUSED:
            return (_card(facts, facts.home), *_started(facts, facts.home))
        case _ if is_forge_news(event):
            return (_card(facts, facts.home), _of_forge(event, facts))
        case _:
            return ()


def _card(facts: TaskFacts, home: Place) -> Delivery:
    """The live card; it goes first, whatever else there is to say."""
    task = facts.task.id
    return replace(_delivery(facts, f"{task}:card", TaskNotice(task=task)), task=task, place=home)


def _approval(event: ApprovalRequested, facts: TaskFacts, home: Place) -> tuple[Delivery, ...]:
    approval = event.approval
    happening = Happening.BUDGET if event.kind == ApprovalKind.BUDGET else Happening.APPROVAL
    alone = [each for each in facts.asked_to_decide if _is_asked_alone(each, facts, home, happening)]
    # who is written to alone need not be called in the thread as well
    called = tuple(each for each in facts.asked_to_decide if each not in alone)
    made = [_in_thread(facts, f"{approval}:card", ApprovalNotice(approval=approval, call=called))]
    notice = ApprovalNotice(approval=approval, only_pending=True)
    made += [_to(facts, each, f"{approval}:direct:{each}", notice) for each in alone]
    if happening in facts.project.channel:
        made.append(_in_channel(facts, home, f"{approval}:channel", _news(facts, happening, approval=approval)))
    return (*made,)


def _ended(event: TaskStateChanged, facts: TaskFacts, home: Place) -> tuple[Delivery, ...]:
    task, state = facts.task.id, TaskState(event.target)
    happening = _ENDS[state]
    alone = _alone(facts, home, happening)
    calls = alone is None and facts.asked_by is not None and state is not TaskState.CANCELLED
    notice = EndedNotice(task=task, life=facts.life, state=state, reason=event.reason, by=event.by)
    called = replace(notice, call=(facts.asked_by,)) if calls and facts.asked_by else notice
    made = [_in_thread(facts, ended_key(task, facts.life), called)]
    if alone is not None:
        made.append(_to(facts, alone, f"{task}:direct:{facts.life}:{alone}", notice))
    if happening in facts.project.channel:
        news = _news(facts, happening, reason=event.reason)
        made.append(_in_channel(facts, home, f"{task}:channel:{facts.life}:{happening.value}", news))
    return (*made,)


def _started(facts: TaskFacts, home: Place) -> tuple[Delivery, ...]:
    task, happening = facts.task.id, Happening.STARTED
    made: list[Delivery] = []
    news = _news(facts, happening)
    alone = _alone(facts, home, happening)
    if alone is not None:
        made.append(_to(facts, alone, f"{task}:started:{facts.life}:{alone}", news))
    if happening in facts.project.channel:
        made.append(_in_channel(facts, home, f"{task}:channel:{facts.life}:{happening.value}", news))
    return (*made,)


def _of_forge(event: Event, facts: TaskFacts) -> Delivery:
    """What happened to the pull request, in the thread; whoever asked for the work is called where they must act."""
    call = (facts.asked_by,) if facts.asked_by is not None and calls_requester(event) else ()
    notice = ForgeNotice(task=facts.task.id, seq=facts.seq, call=call)
    return _in_thread(facts, forge_key(facts.task.id, facts.seq), notice)


def _news(
    facts: TaskFacts, happening: Happening, *, approval: ApprovalId | None = None, reason: str = ""
) -> NewsNotice:
    return NewsNotice(task=facts.task.id, happening=happening, life=facts.life, approval=approval, reason=reason)


def _alone(facts: TaskFacts, home: Place, happening: Happening) -> PersonId | None:
    """Whom to write to alone: the requester, who wishes it and is not being written to alone already."""
    wanted = facts.writes_alone and happening in facts.requester.direct
    return facts.asked_by if wanted and not is_own(home) else None


def _is_asked_alone(person: PersonId, facts: TaskFacts, home: Place, happening: Happening) -> bool:
    """Whether a question goes to `person` alone; nobody can be called into somebody else's own conversation."""
    if not facts.writes_alone:
        return False
    if is_own(home):
        return person != facts.task.requested_by
    return happening in facts.rules_of(person).direct


def asked_at_once(facts: TaskFacts) -> tuple[PersonId, ...]:
    """Whom a question about money reaches as it is asked: called in the thread, or alone where no quiet hours hold."""
    home = facts.home
    if home is None:
        return ()
    alone = [each for each in facts.asked_to_decide if _is_asked_alone(each, facts, home, Happening.BUDGET)]
    later = [each for each in alone if quiet_until(facts.rules_of(each), facts.now) is not None]
    return tuple(each for each in facts.asked_to_decide if each not in later)


def ended_key(task: TaskId, life: int) -> str:
    """Names what is said when a life of a task ends."""
    return f"{task}:ended:{life}"


def _in_thread(facts: TaskFacts, key: str, notice: Notice) -> Delivery:
    return replace(_delivery(facts, key, notice), task=facts.task.id)


def _in_channel(facts: TaskFacts, home: Place, key: str, notice: Notice) -> Delivery:
    return replace(_delivery(facts, key, notice), place=replace(home, thread=""))


def _to(facts: TaskFacts, person: PersonId, key: str, notice: Notice) -> Delivery:
    # not of the task's lane: a person who sleeps must not hold up the thread
    put_off = quiet_until(facts.rules_of(person), facts.now)
    return replace(_delivery(facts, key, notice), person=person, not_before=put_off)


def _delivery(facts: TaskFacts, key: str, notice: Notice) -> Delivery:
    return Delivery(key=key, platform=facts.platform, notice=written(notice), made_at=facts.now)
