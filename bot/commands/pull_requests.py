"""Commands about pull requests: more work on one of ours, offering one early, and the review of any other."""

from collections.abc import Mapping

from bot.commands.acting import audited, done, key_of, on_task
from bot.commands.context import Asker, Context
from bot.commands.grammar import Command, Verb
from bot.commands.registry import Handler
from bot.commands.reply import Nothing, Private, Reply
from bot.commands.requests import chosen_project, place_for
from bot.forge.following_up import KINDS, SEEN_TO, review_request, wanted
from core.domain.access import Act
from core.domain.task import TaskState
from core.views import TaskView


@on_task(Act.CONTROL)
async def address(command: Command, asker: Asker, context: Context, view: TaskView) -> Reply:
    """Go on with a task's pull request: its review, its failed checks, or what is said."""
    task = view.task
    async with context.seen.store.reading() as uow:
        told = await uow.events.of(task.id, types=KINDS)
    want = wanted(command.text, told)
    async with audited("address", asker, context, subject=task.id, detail=f"{want.why}: {want.text}".rstrip(": ")):
        await context.orchestrator.follow_up(task.id, want.text, by=asker.person.id, why=want.why, key=key_of(asker))
    return done(f"{task.id} goes on: {SEEN_TO[want.why]}.", hint="The same branch and pull request are used.")


@on_task(Act.CONTROL)
async def publish(_command: Command, asker: Asker, context: Context, view: TaskView) -> Reply:
    """Stop here and offer what is there, as a draft."""
    async with audited("publish", asker, context, subject=view.task.id):
        task = await context.orchestrator.publish_now(view.task.id, by=asker.person.id)
    if task.state is TaskState.CANCELLED:
        return done(f"{task.id} is cancelled: it has made nothing that could be offered.")
    return done(f"{task.id} offers what is there, as a draft.")


async def review(command: Command, asker: Asker, context: Context) -> Reply:
    """Review a pull request of the project that is named, the channel's, or the only one; else ask which is meant."""
    project = await chosen_project(command, asker, context)
    if isinstance(project, Private):
        return project
    place = await place_for(asker, context)
    task = await context.orchestrator.review_of(
        command.target,
        project=project,
        by=asker.person.id,
        place=place,
        request=review_request(command.target, command.text),
        key=key_of(asker),
    )
    # after it, because only now it has a name; whoever comes here again after a crash gets the same task
    await context.note(asker, "review", subject=task.id, detail=f"{project}: {command.target}")
    if place == asker.place:
        return Nothing()
    return done(f"{task.id} reviews it: {task.title}", hint="You see the review before it is posted.")


HANDLERS: Mapping[Verb, Handler] = {Verb.ADDRESS: address, Verb.PUBLISH: publish, Verb.REVIEW: review}
"""What a registry is given."""
