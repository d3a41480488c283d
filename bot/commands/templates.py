"""Commands about templates: what there is, and how it is used."""

from collections.abc import Mapping

from adapters.chat.card import Action, ActionStyle, Card, Code, Column, Field, Fields, Section, Table, Text, Weight
from bot.cards.template import conduct, parameter_names, parameter_notes
from bot.cards.words import block, line
from bot.commands.context import Asker, Context
from bot.commands.grammar import Command, Verb, written
from bot.commands.notes import NOTE
from bot.commands.registry import Handler
from bot.commands.reply import Private, Reply
from bot.commands.scope import seen_project
from core.domain.access import Act, may
from core.domain.template import Template

_BUTTONS = 5


async def template(command: Command, asker: Asker, context: Context) -> Reply:
    """`template list|show`; running one is a request with `--template`."""
    project = command.option("project") or asker.usual_project or ""
    if project:
        await seen_project(project, asker, context)
    templates = context.templates(asker, project)
    can_run = any(may(access, Act.SUBMIT) for access in asker.access.values())
    if command.part == "show":
        found = templates.find(command.text).template
        return Private(card=_one(found, project=command.option("project"), can_run=can_run))
    return Private(card=_all([each.template for each in templates.usable()], can_run=can_run))


def _all(templates: list[Template], *, can_run: bool) -> Card:
    rows = tuple((each.name, line(each.description, 80), parameter_names(each)) for each in templates)
    columns = (Column(label="Template"), Column(label="What it does"), Column(label="Values"))
    sections: list[Section] = [
        Table(columns=columns, rows=rows),
        Text(text="Values in brackets may be left out.", weight=Weight.MUTED),
    ]
    shown = templates[:_BUTTONS] if can_run else []
    actions = tuple(Action(label=f"{each.name}…", command=_run(each), typed=_example(each)) for each in shown)
    return Card(key=NOTE, title="Templates", sections=tuple(sections), actions=actions)


def _one(template: Template, *, project: str, can_run: bool) -> Card:
    values = tuple(
        Field(
            label=each.name if each.required else f"[{each.name}]", value=line(" · ".join(parameter_notes(each)), 200)
        )
        for each in template.parameters
    )
    sections: list[Section] = [Text(text=line(template.description))] if template.description else []
    if values:
        sections.append(Fields(fields=values))
    sections.append(Code(text=block(template.request)))
    if said := conduct(template):
        sections.append(Text(text="\n".join(said), weight=Weight.MUTED))
    run = Action(label="Run it…", style=ActionStyle.PRIMARY, command=_run(template, project), typed=_example(template))
    return Card(key=NOTE, title=template.reference, sections=tuple(sections), actions=(run,) if can_run else ())


def _run(template: Template, project: str = "") -> str:
    options = {"template": (template.name,), **({"project": (project,)} if project else {})}
    return written(Command(verb=Verb.SUBMIT, options=options))


def _example(template: Template) -> str:
    values = "".join(f" --set {each.name}=…" for each in template.parameters if each.required)
    return f"template run {template.name}{values}"


HANDLERS: Mapping[Verb, Handler] = {Verb.TEMPLATE: template}
