"""Commands that hand work over: which project is meant, templates, the form for a new task."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from adapters.chat.card import Action, ActionStyle, Card, Text, Weight
from adapters.chat.text import one_line
from bot.cards.preview import preview_card
from bot.cards.pull_request import pull_request_name
from bot.commands.acting import done, key_of
from bot.commands.context import Asker, Context
from bot.commands.grammar import Command, Verb, written
from bot.commands.notes import note_card
from bot.commands.registry import Handler
from bot.commands.reply import AskForm, Nothing, Private, Reply
from bot.commands.scope import seen_project, seen_projects
from bot.commands.spelling import SLASH
from bot.forms.tasks import NewTask, new_task_form
from bot.forms.template import template_form
from bot.wish import Wish, given
from core.domain.access import Act, may
from core.domain.budget import usd_of
from core.domain.cost import shown_usd
from core.domain.errors import NotFoundError
from core.domain.identity import Place, ProjectName
from core.domain.project import PlanGate
from core.domain.task import FINAL_TASK_STATES, Priority
from core.domain.template import FilledTemplate, Template, filled
from core.domain.workflow import Mode

CHOICE = "choose:"
"""Begins the keys of cards whose buttons are several ways to do one thing: whichever is pressed, it is done once."""
_SHOWN = 300
_CHECKED_FOR = timedelta(minutes=1)


_ASK_FOR = "Ask me about a task by its name (why is T142 slow?), or for: status, agents, costs."


async def submit(command: Command, asker: Asker, context: Context) -> Reply:
    """Take a request on: in the project that is named, the channel's, or the only one; else ask which is meant."""
    named, name = command.option("project"), command.option("template")
    if named:
        await seen_project(named, asker, context, act="submit")
    template = context.templates(asker, named or asker.bound or "").find(name).template if name else None
    project = _project(command, asker, context, template=template)
    if isinstance(project, Card):
        return Private(card=project)
    refusal = context.gate.refused(asker.person.id, Act.SUBMIT, project)
    if refusal is not None:
        return await context.refuse(asker, "submit", refusal, subject=project)
    if template is not None:
        # a project may have a template of the same name for itself
        template = context.templates(asker, project).find(name).template
        if not command.has("set") and any(each.required for each in template.parameters):
            return _gaps(template, replace(command, options={**command.options, "project": (project,)}))
    wish = _wish(command, project, template)
    usual = context.gate.projects[project].task_budget_usd
    if wish.budget_usd is not None and usual is not None and wish.budget_usd > usual:
        about = f"A budget above the usual {shown_usd(usual)}"
        refusal = context.gate.refused_to_spend(asker.person.id, about, project=project, requester=asker.person.id)
        if refusal is not None:
            return await context.refuse(asker, "submit", refusal, subject=project)
    if command.has("dry-run"):
        return await _dry_run(
            wish, replace(command, options={**command.options, "project": (project,)}), asker, context
        )
    return await _handed_over(wish, asker, context)


async def _dry_run(wish: Wish, command: Command, asker: Asker, context: Context) -> Reply:
    """What would come of it; a press hands over the same request with the same options."""
    preview = await wish.previewed(context.orchestrator, by=asker.person.id, others=seen_projects(asker, context))
    options = {name: values for name, values in command.options.items() if name != "dry-run"}
    return Private(card=preview_card(preview, begin=written(replace(command, options=options))))


async def chosen_project(command: Command, asker: Asker, context: Context) -> ProjectName | Private:
    """The project that `command` is about, once the asker may hand work to it; else the refusal, or which is meant."""
    named = command.option("project")
    if named:
        await seen_project(named, asker, context, act=command.verb.value)
    project = _project(command, asker, context, template=None)
    if isinstance(project, Card):
        return Private(card=project)
    refusal = context.gate.refused(asker.person.id, Act.SUBMIT, project)
    if refusal is not None:
        return await context.refuse(asker, command.verb.value, refusal, subject=project)
    return project


async def new(command: Command, asker: Asker, context: Context) -> Reply:
    """Open the form for a new task; `text` stands in it already."""
    projects = await _open_to(asker, context)
    if isinstance(projects, Private):
        return projects
    chosen = command.option("project") or asker.bound or ""
    begin = NewTask(projects=projects, project=chosen, request=command.text)
    instead = (
        choice_card(replace(command, verb=Verb.SUBMIT), projects, asker, question="Hand this over? To which project?")
        if command.text
        else note_card("What do you want done?", hint=f"Type it after {SLASH}, such as: {SLASH} fix issue #123")
    )
    if not begin.fits:
        # a form would cut it
        return Private(card=instead)
    only = {"project": projects} if len(projects) == 1 else command.options
    return AskForm(
        command=written(Command(verb=Verb.NEW, options=only)),
        make=lambda token: new_task_form(begin, token=token),
        instead=instead,
    )


async def asked_first(command: Command, asker: Asker, context: Context) -> Reply:
    """What is asked when somebody said something that may be no request at all; a press hands it over.

    Who may only look is told what can be asked, and is refused nothing.
    """
    look = (Action(label="What is running?", command="status"), _ask_instead(command, context))
    projects = _submittable(asker)
    if not projects:
        return Private(card=replace(note_card("I cannot answer that.", hint=_ASK_FOR), actions=look))
    if asker.bound is not None and asker.bound in projects:
        projects = (asker.bound,)
    card = choice_card(command, projects, asker, question="Shall I work on this?")
    many = len(projects) > 1
    pressed = [replace(each, label=f"Yes, in {each.label}" if many else "Yes, begin") for each in card.actions]
    hint = Text(text=f"If it is no work: {_ASK_FOR}", weight=Weight.MUTED)
    return Private(card=replace(card, sections=(*card.sections, hint), actions=(*pressed, *look)))


def _ask_instead(command: Command, context: Context) -> Action:
    """The other thing a question may be: one that a model reads where there is one, as the rules did not."""
    if context.questions is None:
        return Action(label="What can I ask?", command="help")
    return Action(label="Answer it", command=written(Command(verb=Verb.ASK, text=command.text)))


def chosen_card(command: Command) -> Card:
    """What stands in the place of a card of several ways once one of them, `command`, was taken."""
    match command.verb:
        case Verb.SUBMIT:
            project = command.option("project")
            title = f"Handed over, in {project}." if project else "Handed over."
            return note_card(title, hint=one_line(command.text, width=_SHOWN))
        case Verb.REVIEW:
            return note_card(f"Pull request {pull_request_name(command.target)} is reviewed.")
        case Verb.RETRY:
            return note_card(f"{command.target} is tried again.")
        case _:
            return note_card("That is done.")


async def _handed_over(wish: Wish, asker: Asker, context: Context) -> Reply:
    await _check(wish.project, context)
    place = await place_for(asker, context)
    task = await wish.submitted(
        context.orchestrator,
        by=asker.person.id,
        place=place,
        key=key_of(asker),
        others=seen_projects(asker, context),
    )
    # after it, because only now it has a name; whoever comes here again after a crash gets the same task
    await context.note(asker, "submit", subject=task.id, detail=f"{task.project}: {task.title}")
    if task.project != wish.project:
        return Private(card=note_card(f"{task.id} was handed over already, in {task.project}."))
    if place == asker.place:
        return Nothing()
    hint = "It has a card of its own: this thread is about another task." if place else ""
    return done(f"{task.id} is taken on: {task.title}", hint=hint or f"See it with: /orchestrate task {task.id}")


async def place_for(asker: Asker, context: Context) -> Place | None:
    """Where a new task is told; None where there is no such place.

    In the thread that has grown from the card of a task at work it would take that task's words: who writes there
    could not talk to its agents any more.
    """
    place = asker.place
    if not place.channel and place.platform != "console":
        return None
    if not place.thread:
        return place
    async with context.seen.store.reading() as uow:
        thread = await uow.threads.at(place)
        other = await uow.tasks.get(thread.task) if thread is not None and thread.message == place.thread else None
    taken = other is not None and other.state not in FINAL_TASK_STATES
    return replace(place, thread="") if taken else place


async def _check(project: ProjectName, context: Context) -> None:
    """Refuse a repository that cannot be worked with; it is not asked again and again in a burst of requests."""
    async with context.seen.store.reading() as uow:
        newest = await uow.tasks.list(project=project, limit=1)
    if not newest or context.seen.clock() - newest[0].created_at > _CHECKED_FOR:
        await context.seen.workspaces.check(context.seen.settings.project(project))


def _project(command: Command, asker: Asker, context: Context, *, template: Template | None) -> ProjectName | Card:
    """The project that is meant, or the card that asks which; what is named here the asker may see."""
    named = command.option("project") or (template.project if template else "")
    if named:
        return ProjectName(named)
    if asker.bound is not None:
        return asker.bound
    projects = _submittable(asker)
    if len(projects) == 1:
        return projects[0]
    if not projects and asker.access:
        # whichever it is, the gate says why not
        return next(iter(asker.access))
    if not projects:
        raise no_project()
    return choice_card(command, projects, asker, question="Which project is meant?")


async def _open_to(asker: Asker, context: Context) -> tuple[ProjectName, ...] | Private:
    """The projects the asker may hand work to, at least one; or the refusal."""
    projects = _submittable(asker)
    if projects:
        return projects
    nearest = asker.bound or next(iter(asker.access), None)
    refusal = context.gate.refused(asker.person.id, Act.SUBMIT, nearest) if nearest else None
    if refusal is None:
        raise no_project()
    return await context.refuse(asker, "submit", refusal)


def no_project() -> NotFoundError:
    """What is raised where there is no project that anything could be about."""
    return NotFoundError("project", "set up", hint="Whoever runs me adds one to orchestrator.toml.")


def _submittable(asker: Asker) -> tuple[ProjectName, ...]:
    return tuple(sorted(name for name, access in asker.access.items() if may(access, Act.SUBMIT)))


def choice_card(command: Command, projects: Sequence[ProjectName], asker: Asker, *, question: str) -> Card:
    """The question with a button for each project: the same command, for that one."""
    actions = tuple(
        Action(
            label=name,
            style=ActionStyle.PRIMARY if name == asker.bound else ActionStyle.NORMAL,
            command=written(replace(command, options={**command.options, "project": (name,)})),
        )
        for name in projects
    )
    request = one_line(command.text, width=_SHOWN)
    sections = (Text(text=request),) if request else ()
    return Card(key=f"{CHOICE}{asker.event_id}", title=question, sections=sections, actions=actions, about=question)


def _gaps(template: Template, command: Command) -> AskForm:
    """What is left to fill in a template, asked by a form."""
    needed = " ".join(f"--set {each.name}=…" for each in template.parameters if each.required)
    return AskForm(
        command=written(command),
        make=lambda token: template_form(template, token=token, budget=command.option("budget")),
        instead=note_card(
            f"{template.name} needs some values.", hint=f"Type: {SLASH} template run {template.name} {needed}"
        ),
    )


def _wish(command: Command, project: ProjectName, template: Template | None) -> Wish:
    """What is said in the command counts, then what the template says."""
    if template is None:
        request, base = command.text, FilledTemplate(template="", request=command.text)
    else:
        base = filled(template, given(command.every("set")))
        request = f"{base.request}\n\n{command.text}".strip()
    priority, mode, gate = command.option("priority"), command.option("mode"), command.option("plan-gate")
    return Wish(
        request=request,
        project=project,
        workflow=command.option("workflow") or base.workflow,
        model=command.option("model") or base.model,
        priority=Priority(priority) if priority else base.priority or Priority.NORMAL,
        mode=Mode(mode) if mode else base.mode or Mode.AUTO,
        include_analyst=command.has("include-analyst") or bool(base.include_analyst),
        plan_gate=PlanGate(gate) if gate else base.plan_gate,
        budget_usd=usd_of(command.option("budget")) if command.has("budget") else None,
        template=base.template,
    )


HANDLERS: Mapping[Verb, Handler] = {Verb.SUBMIT: submit, Verb.NEW: new}
