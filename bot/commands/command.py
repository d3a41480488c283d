"""A command as a value, and as the text that is read as that very value: what buttons and forms stand for."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.commands.verbs import Verb
from bot.commands.vocabulary import ENTRIES

_QUOTES = frozenset("\"'`“”„«»‘’")


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """What somebody wants.

    `target` is what it is about (`T142`, `T142.3`, `A17`; several with blanks between for `compare`; '' for none),
    `part` what is to be done with projects, templates and the like (`list`, `use` …), and `text` the rest to the
    letter: a request, a reason, an answer, a name.
    """

    verb: Verb
    target: str = ""
    part: str = ""
    text: str = ""
    options: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, "tuple[str, ...]"])

    def option(self, name: str) -> str:
        """The value of `--name`, the last one when it was given more than once; '' when it was not."""
        return self.options.get(name, ("",))[-1]

    def has(self, name: str) -> bool:
        """Whether `--name` was given."""
        return name in self.options

    def every(self, name: str) -> tuple[str, ...]:
        """All values of `--name`, in order."""
        return self.options.get(name, ())


def written(command: Command) -> str:
    """`command` as text that `read_command` reads as the same command: what a button stands for."""
    about = command.target.split() if command.target else []
    words = [] if command.verb is Verb.SUBMIT else [command.verb.value, *about]
    if command.part:
        words.append(command.part)
    for name, values in command.options.items():
        for value in values:
            takes = next((each.takes_value for each in ENTRIES[command.verb].options if each.name == name), True)
            words.append(f"--{name}={_quoted(value)}" if takes else f"--{name}")
    if not command.text:
        return " ".join(words)
    if command.verb is Verb.HELP:
        return f"help {command.text}"
    if command.part:
        # a name, which no option looks like
        words.insert(words.index(command.part) + 1, command.text)
        return " ".join(words)
    return " ".join([*words, "--", command.text])


def _quoted(value: str) -> str:
    """`value` as one word; one that holds quotation marks of every kind loses some."""
    if value and not any(character.isspace() or character in _QUOTES for character in value):
        return value
    for begin, end in ('""', "“”", "«»"):
        if begin not in value and end not in value:
            return f"{begin}{value}{end}"
    return '"' + value.replace('"', "'") + '"'
