"""A line typed in the terminal chat as an inbound value."""

from adapters.chat.inbound import CommandReceived
from adapters.chat.verbs import Command, Verb, read_command, read_verb
from core.domain.errors import InvalidInputError
from core.domain.identity import Person, Place

PLATFORM = "console"
_CHAT_COMMAND = "/orchestrate"


def parse_line(line: str, *, event_id: str, person: Person) -> CommandReceived | None:
    """The command in `line`; None when it is blank.

    `/approve A17` and its like are commands, `/orchestrate …` is what it is in every chat, anything else is a request.
    Raises InvalidInputError, with what to type instead, for a slash command that does not exist or does not fit.
    """
    line = line.strip()
    if not line:
        return None
    return CommandReceived(event_id=event_id, person=person, place=Place(platform=PLATFORM), command=_command(line))


def _command(line: str) -> Command:
    if not line.startswith("/"):
        return Command(verb=Verb.SUBMIT, text=line)
    word, _, rest = line.partition(" ")
    if word.lower() == _CHAT_COMMAND:
        return read_command(rest)
    try:
        return read_verb(word.removeprefix("/"), rest)
    except InvalidInputError as error:
        hint = f"{error.hint} To send the line as a request, begin it with {_CHAT_COMMAND}."
        raise InvalidInputError(error.message, hint=hint) from error
