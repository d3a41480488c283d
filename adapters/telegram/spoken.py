"""What is said in a text: a command at its beginning, mentions of us, and the words that are left."""

from dataclasses import dataclass

from adapters.chat.payload import text_at
from adapters.telegram.look import number_at
from adapters.telegram.undone import Written, stretch, undone
from adapters.telegram.us import Us


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """A text without its styles."""

    text: str
    """What is left without the command and the mentions of us."""
    whole: str
    """All of it."""
    command: str = ""
    """`approve` of `/approve@our_bot A17`; '' for none."""
    for_others: bool = False
    """Whether the command names another bot."""
    mentions_us: bool = False


def spoken(said: Written, us: Us) -> Spoken:
    """What is said to us in `said`."""
    whole = undone(said).strip()
    command, of = "", ""
    left_out: list[tuple[int, int]] = []
    mentioned = False
    for entity in said.entities:
        match text_at(entity, "type"):
            case "bot_command" if number_at(entity, "offset") == 0 and not command:
                command, _, of = said.words(entity).removeprefix("/").partition("@")
                left_out.append(stretch(entity))
            case "mention" if said.words(entity).lower() == f"@{us.username}".lower():
                mentioned = True
                left_out.append(_with_space(said, stretch(entity)))
            case "text_mention" if number_at(entity, "user", "id") == us.id:
                mentioned = True
                left_out.append(_with_space(said, stretch(entity)))
            case _:
                pass
    text = undone(said, without=left_out).strip() if left_out else whole
    if mentioned and not command:
        text = text.lstrip(",:").strip()
    return Spoken(
        text=text,
        whole=whole,
        command=command.lower(),
        for_others=bool(of) and of.lower() != us.username.lower(),
        mentions_us=mentioned,
    )


def _with_space(said: Written, where: tuple[int, int]) -> tuple[int, int]:
    """A stretch with the space in front of it, so that none is left twice."""
    start, end = where
    return (start - 1 if start > 0 and said.cut(start - 1, start) == " " else start), end
