"""What somebody may look at: projects, tasks, approvals.

What is not there and what the asker may not see are answered in the same words.
"""

from dataclasses import dataclass, replace
from pathlib import PurePath

from adapters.chat.card import Card
from adapters.chat.text import one_line
from bot.agent_log import find_runs
from bot.commands.context import Asker, Context
from bot.commands.grammar import Command, named_verb
from bot.commands.spelling import SLASH
from bot.commands.verbs import ACTS
from core.domain.access import Act, may
from core.domain.approval import Approval
from core.domain.errors import InvalidInputError, NotFoundError
from core.domain.identity import Access, AgentRunId, ApprovalId, ProjectName, TaskId
from core.views import AgentRunView, TaskView

MOST_SHOWN = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The projects a listing is about; None means every one, also those that are not bound any more."""

    projects: frozenset[ProjectName] | None

    def holds(self, project: ProjectName) -> bool:
        """Whether the listing may tell about `project`."""
        return self.projects is None or project in self.projects


async def scope_of(command: Command, asker: Asker, context: Context) -> Scope:
    """The projects `command` looks at: the one it names, else all that the asker may see."""
    named = command.option("project")
    if named:
        return Scope(projects=frozenset({await seen_project(named, asker, context)}))
    return Scope(projects=seen_projects(asker, context))


def seen_projects(asker: Asker, context: Context) -> frozenset[ProjectName] | None:
    """All that the asker may see; None for every one, also those that are not bound any more."""
    return None if context.gate.sees_all(asker.person.id) else frozenset(asker.access)


async def seen_project(name: str, asker: Asker, context: Context, *, act: Act | str = Act.LOOK) -> ProjectName:
    """The project called `name`; NotFoundError, which names those the asker may see, for any other."""
    known = next((each for each in asker.access if each == name), None)
    if known is not None:
        return known
    if name in context.gate.projects:
        await _note_unseen(asker, act, context, subject=name)
    visible = ", ".join(sorted(asker.access)) or "none"
    raise NotFoundError("project", one_line(name, width=40), hint=f"Projects you may see: {visible}.")


async def seen_task(name: str, asker: Asker, context: Context, *, act: Act | str = Act.LOOK) -> TaskView:
    """The task called `name`, or the one of the agent run called so; NotFoundError for one the asker cannot see."""
    task = TaskId(name.partition(".")[0])
    try:
        view = await context.orchestrator.task(task)
    except NotFoundError:
        raise _no("task", task) from None
    await _or_unseen(view.task.project, asker, context, act=act, missing=_no("task", task))
    return view


async def seen_approval(
    name: str, asker: Asker, context: Context, *, act: Act | str = Act.LOOK
) -> tuple[Approval, TaskView]:
    """The approval called `name` and its task; NotFoundError for one the asker cannot see."""
    try:
        approval = await context.seen.reader.approval(ApprovalId(name))
        view = await context.seen.reader.task(approval.task)
    except NotFoundError:
        raise _no("approval", name) from None
    await _or_unseen(view.task.project, asker, context, act=act, missing=_no("approval", name))
    return approval, view


def own_run(view: TaskView, name: AgentRunId) -> AgentRunView:
    """The agent run `name` of this task; NotFoundError for one of another task, as for one that does not exist."""
    found = find_runs(view, name)
    if not found:
        known = ", ".join(each.run.id for each in find_runs(view, None)) or "none yet"
        raise NotFoundError("agent run", f"{name} in {view.task.id}", hint=f"Its agent runs: {known}.")
    return found[0]


def _no(kind: str, name: str) -> NotFoundError:
    yours = f"{SLASH} tasks" if kind == "task" else f"{SLASH} status"
    return NotFoundError(kind, name, hint=f"Or it is not one you may see. Those you may: {yours}")


async def _or_unseen(
    project: ProjectName, asker: Asker, context: Context, *, act: Act | str, missing: NotFoundError
) -> None:
    """Raise `missing` when the asker may not see `project`; only the audit trail tells that from a wrong name."""
    if context.gate.access(asker.person.id, project) is None:
        await _note_unseen(asker, act, context, subject=missing.name)
        raise missing


async def _note_unseen(asker: Asker, act: Act | str, context: Context, *, subject: str) -> None:
    await context.note(asker, act, subject=subject, detail="May not see it, and was not told of it.", allowed=False)


def shown_repository(repository: str) -> str:
    """Where a repository is, as far as it concerns a chat: of a folder on the server only its name."""
    return repository if "://" in repository or "@" in repository else PurePath(repository).name


def counted_option(command: Command, name: str, *, default: int, most: int = MOST_SHOWN) -> int:
    """The number given with `--name`, between 1 and `most`; InvalidInputError for anything else."""
    text = command.option(name)
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= most):
        raise InvalidInputError(f"--{name} cannot be {text[:40]!r}.", hint=f"Give a number from 1 to {most}.")
    return int(text)


def for_access(card: Card, access: Access | None) -> Card:
    """`card` with those buttons only that somebody with `access` may use."""
    kept = tuple(each for each in card.actions if not each.command or may(access, _act_of(each.command)))
    return replace(card, actions=kept)


def _act_of(command: str) -> Act:
    verb = named_verb(command.split(maxsplit=1)[0])
    return ACTS.get(verb, Act.LOOK) if verb is not None else Act.SUBMIT
