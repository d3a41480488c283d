"""Which commands there are and where each lives; a command's module is loaded when the command is looked at."""

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperGroup
from typer.main import get_command_from_info, get_group
from typer.models import CommandInfo

if TYPE_CHECKING:
    # the classes typer builds on; it does not export them
    from typer._click import Command, Context


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One command: `module:attribute` of its function, or of the `typer.Typer` of a family of commands."""

    name: str
    at: str
    panel: str = ""
    """Heading it stands under in the help; '' for the commands everybody needs."""
    hidden: bool = False


_CHARGE = "Stay in charge"
_LOOK = "Look closer"
_KEEP = "Set up and look after"

COMMANDS = (
    Entry(name="run", at="bot.cli.run:run"),
    Entry(name="status", at="bot.cli.show:status"),
    Entry(name="tasks", at="bot.cli.show:tasks"),
    Entry(name="task", at="bot.cli.show:task"),
    Entry(name="watch", at="bot.cli.watch:watch"),
    Entry(name="chat", at="bot.cli.serve:chat"),
    Entry(name="serve", at="bot.cli.serve:serve"),
    Entry(name="worker", at="bot.cli.serve:worker"),
    Entry(name="demo", at="bot.cli.demo:demo"),
    Entry(name="approve", at="bot.cli.decide:approve", panel=_CHARGE),
    Entry(name="revise", at="bot.cli.decide:revise", panel=_CHARGE),
    Entry(name="deny", at="bot.cli.decide:deny", panel=_CHARGE),
    Entry(name="cancel", at="bot.cli.decide:cancel", panel=_CHARGE),
    Entry(name="steer", at="bot.cli.steer:steer", panel=_CHARGE),
    Entry(name="pause", at="bot.cli.lives:pause", panel=_CHARGE),
    Entry(name="resume", at="bot.cli.lives:resume", panel=_CHARGE),
    Entry(name="retry", at="bot.cli.lives:retry", panel=_CHARGE),
    Entry(name="publish", at="bot.cli.pull_requests:publish", panel=_CHARGE),
    Entry(name="address", at="bot.cli.pull_requests:address", panel=_CHARGE),
    Entry(name="review", at="bot.cli.pull_requests:review", panel=_CHARGE),
    Entry(name="rewind", at="bot.cli.lives:rewind", panel=_CHARGE),
    Entry(name="fork", at="bot.cli.fork:fork", panel=_CHARGE),
    Entry(name="keep", at="bot.cli.fork:keep", panel=_CHARGE),
    Entry(name="budget", at="bot.cli.budget:budget", panel=_CHARGE),
    Entry(name="priority", at="bot.cli.steer:priority", panel=_CHARGE),
    Entry(name="schedule", at="bot.cli.schedule:app", panel=_CHARGE),
    Entry(name="agents", at="bot.cli.agents:agents", panel=_LOOK),
    Entry(name="agent", at="bot.cli.agents:agent", panel=_LOOK),
    Entry(name="logs", at="bot.cli.logs:logs", panel=_LOOK),
    Entry(name="compare", at="bot.cli.compare:compare", panel=_LOOK),
    Entry(name="costs", at="bot.cli.costs:costs", panel=_LOOK),
    Entry(name="ask", at="bot.cli.costs:ask", panel=_LOOK),
    Entry(name="estimate", at="bot.cli.estimate:estimate", panel=_LOOK),
    Entry(name="failures", at="bot.cli.failures:failures", panel=_LOOK),
    Entry(name="audit", at="bot.cli.audit:audit", panel=_LOOK),
    Entry(name="export", at="bot.cli.export:export", panel=_LOOK),
    Entry(name="init", at="bot.cli.init:app", panel=_KEEP),
    Entry(name="doctor", at="bot.cli.doctor:doctor", panel=_KEEP),
    Entry(name="deliveries", at="bot.cli.deliveries:app", panel=_KEEP),
    Entry(name="clean", at="bot.cli.clean:clean", panel=_KEEP),
    Entry(name="config", at="bot.cli.configure:app", panel=_KEEP),
    Entry(name="project", at="bot.cli.projects:app", panel=_KEEP),
    Entry(name="workflow", at="bot.cli.workflows:app", panel=_KEEP),
    Entry(name="template", at="bot.cli.templates:app", panel=_KEEP),
    Entry(name="completion", at="bot.cli.completion:completion", panel=_KEEP),
    # other names people try
    Entry(name="execute", at="bot.cli.run:run", hidden=True),
    Entry(name="list-tasks", at="bot.cli.show:tasks", hidden=True),
    Entry(name="task-details", at="bot.cli.show:task", hidden=True),
    Entry(name="list-agents", at="bot.cli.agents:agents", hidden=True),
    Entry(name="agent-details", at="bot.cli.agents:agent", hidden=True),
    Entry(name="kill", at="bot.cli.decide:cancel", hidden=True),
)


class Commands(TyperGroup):
    """The group of all commands. Only the help of the whole loads every module."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self._entries = {entry.name: entry for entry in COMMANDS}

    def get_command(self, ctx: "Context", cmd_name: str) -> "Command | None":
        """The command called `cmd_name`, loaded at the first call; None when there is none."""
        if cmd_name not in self._entries:
            # what was meant is looked for among the loaded ones
            self.list_commands(ctx)
        elif cmd_name not in self.commands:
            self.commands[cmd_name] = _loaded(self._entries[cmd_name])
        return super().get_command(ctx, cmd_name)

    def list_commands(self, ctx: "Context") -> list[str]:
        """Every name, in the order of the help."""
        for entry in COMMANDS:
            self.get_command(ctx, entry.name)
        return list(self._entries)


def _loaded(entry: Entry) -> "Command":
    module, _, attribute = entry.at.partition(":")
    found = getattr(import_module(module), attribute)
    panel = entry.panel or None
    if isinstance(found, typer.Typer):
        group = get_group(found)
        group.name, group.hidden, group.rich_help_panel = entry.name, entry.hidden, panel  # pyright: ignore[reportAttributeAccessIssue]  # set by typer itself, declared nowhere
        return group
    info = CommandInfo(name=entry.name, callback=found, hidden=entry.hidden, rich_help_panel=panel)
    return get_command_from_info(info, pretty_exceptions_short=False, rich_markup_mode="rich")
