"""What somebody may look at: the projects a listing is about, and one task, if it may be seen at all."""

from dataclasses import dataclass, replace
from pathlib import PurePath

from adapters.chat.card import Card
from bot.commands.context import Asker, Context
from bot.commands.grammar import Command, named_verb
from bot.commands.reply import Private
from bot.commands.verbs import ACTS
from core.domain.access import Act, may
from core.domain.errors import InvalidInputError, NotFoundError
from core.domain.identity import Access, ProjectName, TaskId
from core.views import TaskView

MOST_SHOWN = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The projects a listing is about; None means every one, also those that are not bound any more."""

    projects: frozenset[ProjectName] | None

    def holds(self, project: ProjectName) -> bool:
        """Whether the listing may tell about `project`."""
        return self.projects is None or project in self.projects


async def scope_of(command: Command, asker: Asker, context: Context) -> Scope | Private:
    """The projects `command` looks at: the one it names, else all that the asker may see; or the refusal."""
    named = command.option("project")
    if named:
        project = known_project(named, asker, context)
        refusal = context.gate.refused(asker.person.id, Act.LOOK, project)
        if refusal is not None:
            return await context.refuse(asker, Act.LOOK, refusal, subject=project)
        return Scope(projects=frozenset({project}))
    return Scope(projects=None if context.gate.sees_all(asker.person.id) else frozenset(asker.access))


def known_project(name: str, asker: Asker, context: Context) -> ProjectName:
    """The project called `name`, whether the asker may see it or not.

    NotFoundError names the projects that the asker may see, and no others.
    """
    known = context.gate.projects
    if name in known:
        return known[name].name
    visible = sorted(asker.access)
    raise NotFoundError("project", name[:40], hint=f"Projects you may see: {', '.join(visible) or 'none'}.")


async def seen_task(task: str, asker: Asker, context: Context) -> TaskView | Private:
    """The task called `task`, or the refusal when the asker may not see it; NotFoundError when there is none."""
    view = await context.orchestrator.task(TaskId(task.partition(".")[0]))
    refusal = context.gate.refused(asker.person.id, Act.LOOK, view.task.project, about=view.task.id)
    if refusal is not None:
        return await context.refuse(asker, Act.LOOK, refusal, subject=view.task.id)
    return view


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
