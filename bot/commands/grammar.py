"""The chat commands: what may follow `/orchestrate`, the same words on every platform."""

from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher, get_close_matches

from bot.commands.command import Command, written
from bot.commands.options import DASHES, NEAR, split
from bot.commands.phrases import in_plain_words, is_for_the_server, is_vague
from bot.commands.schedule_words import is_meant
from bot.commands.small_talk import asked_about, is_bare_answer, is_greeting
from bot.commands.targets import first_word, names_target, take_target
from bot.commands.verbs import ALIASES, TYPED, Target, Verb, Words, named_verb
from bot.commands.vocabulary import ENTRIES, PARTS, SUBMIT_OPTIONS
from bot.commands.words import unquoted
from core.costs.words.reading import may_ask
from core.domain.errors import InvalidInputError

__all__ = ["Command", "Verb", "named_verb", "read", "read_command", "read_verb", "written"]

_IN_FRONT = frozenset({"please", "pls", "/orchestrate", "orchestrate", "orchestrator", "hey", "ok", "okay"})
"""What people put before a command; in front of anything else it stays."""
_SURELY = 0.85
_AS_REQUEST = "To hand it over as a request, put -- in front."


def read(verb: str, text: str) -> Command:
    """The command in `text`, where `verb` is its first word when that was surely meant as a command ('' when not).

    Raises InvalidInputError, with what to type instead.
    """
    return read_verb(verb, text) if verb else read_command(text)


def read_command(text: str, *, to_us: bool = True) -> Command:
    """The command in what follows `/orchestrate`; whatever fits no command is a request, nothing at all asks for help.

    With `to_us` a greeting asks for help too, and a short question about the work is answered; words among others, as
    in a task's thread, are neither.
    Raises InvalidInputError for a command without what it needs, for what is nearly a command about something that has
    a name, and for options that cannot be taken.
    """
    text = text.strip()
    if not text:
        return Command(verb=Verb.HELP)
    found = _as_command(text) or _as_command(unquoted(text))
    if found is not None:
        return found
    word, rest = first_word(text)
    found = _as_command(in_plain_words(text))
    if found is None and word.lower().rstrip(",") in _IN_FRONT:
        found = _as_command(rest) or _as_command(in_plain_words(rest))
    if found is not None:
        return found
    _ask_if_for_the_server(text)
    _ask_if_vague(word, rest)
    _ask_when(word, rest)
    _ask_if_near(word, rest)
    _ask_if_odd(word, rest)
    talk = to_us and not text.startswith("--")
    return (_talk(text) if talk else None) or _request(text)


def is_command(text: str) -> bool:
    """Whether `text` is a command, as it is typed or in plain words: then it is nothing else.

    One without what it needs is a command too.
    """
    text = text.strip()
    word, rest = first_word(text)
    try:
        found = _as_command(text) or _as_command(unquoted(text)) or _as_command(in_plain_words(text))
        if found is None and word.lower().rstrip(",") in _IN_FRONT:
            found = _as_command(rest) or _as_command(in_plain_words(rest))
    except InvalidInputError:
        return True
    return found is not None


def read_verb(word: str, rest: str) -> Command:
    """The command `word`, which the person surely meant as one.

    Raises InvalidInputError, with what to type instead, when there is no such command or `rest` does not fit it.
    """
    verb = named_verb(word)
    if verb is None:
        raise InvalidInputError(f"There is no command {word[:40]!r}.", hint=_suggestion(word))
    return _request(rest.strip()) if verb is Verb.SUBMIT else _command(verb, rest.strip())


def _as_command(text: str) -> Command | None:
    """The command in `text`, None when it is a request."""
    word, rest = first_word(text)
    verb = named_verb(word if rest else word.rstrip(".!?"))
    if verb is None or verb is Verb.SUBMIT or not _fits(verb, rest):
        return None
    return _command(verb, rest)


def _ask_if_vague(word: str, rest: str) -> None:
    """InvalidInputError for `cancel everything`, which is no work for an agent, and for `A17` alone."""
    verb = named_verb(word)
    if verb is not None and ENTRIES[verb].target is not Target.NONE and is_vague(rest):
        raise _missing(verb)
    if not rest and _is_named(Target.APPROVAL, word):
        name = word.upper().rstrip(".,;:!?")
        raise InvalidInputError(f"What about {name}?", hint=f"Say approve {name}, or deny {name} and why not.")


def _ask_when(word: str, rest: str) -> None:
    """InvalidInputError for `schedule the tests`: it begins with no time, and is hardly a request."""
    if word.lower() == Verb.SCHEDULE.value:
        raise InvalidInputError(
            f"When? {rest[:60]!r} does not begin with a time.",
            hint=f"For example: {ENTRIES[Verb.SCHEDULE].examples[0]}. {_AS_REQUEST}",
        )


def _ask_if_for_the_server(text: str) -> None:
    """InvalidInputError for `doctor`: a command of the command line alone is no request."""
    if is_for_the_server(text):
        word = text.lower()
        raise InvalidInputError(
            f"{word} is for whoever runs me.", hint=f"On the server: orchestrator {word}. {_AS_REQUEST}"
        )


def _talk(text: str) -> Command | None:
    """What was said without any command, but is no request; InvalidInputError for an answer to nobody knows what."""
    if is_greeting(text):
        return Command(verb=Verb.HELP)
    if is_bare_answer(text):
        hint = "Name what you decide, for example: approve A17. See what waits: status"
        raise InvalidInputError("That could be meant for several things.", hint=hint)
    asked = asked_about(text)
    return Command(verb=asked.verb, target=asked.target, part=asked.part) if asked is not None else None


def _request(text: str) -> Command:
    found = split(text, SUBMIT_OPTIONS)
    if found.leading and not found.literal and found.text and _as_command(found.text) is not None:
        word, _ = first_word(found.text)
        raise InvalidInputError(f"{word} stands first, its options after it.", hint=f"For example: {_example(word)}")
    return Command(verb=Verb.SUBMIT, text=found.text, options=found.options)


def _fits(verb: Verb, rest: str) -> bool:
    """Whether `rest` shows that the word before it was meant as `verb`, and is not the start of a request."""
    entry = ENTRIES[verb]
    if not rest:
        return True
    if verb is Verb.ESTIMATE:
        # it only looks, so a request taken for it does no harm
        return True
    if verb is Verb.ASK:
        return may_ask(rest) and rest.rstrip().endswith("?")
    if verb is Verb.SCHEDULE:
        return is_meant(_without_options(verb, rest))
    if verb is Verb.HELP:
        return rest.lower() in {each.value for each in TYPED} | set(ALIASES)
    if entry.target is not Target.NONE and names_target(entry.target, rest):
        return True
    try:
        found = split(rest, entry.options)
    except InvalidInputError:
        # a slip in an option, with nothing else there, belongs to a command
        return rest.startswith(DASHES) and len(rest.split()) <= 2
    if entry.target is not Target.NONE:
        named = names_target(entry.target, found.text) or (entry.target_optional and not found.text)
        return named or _fits_words(verb, found.text, first_words=entry.first_words)
    if not found.text or found.text.startswith("--"):
        return not found.text or len(found.text.split()) == 1
    return _fits_words(verb, found.text, first_words=entry.first_words)


def _without_options(verb: Verb, rest: str) -> str:
    """The free words of `rest`, also where an option in it cannot be taken."""
    try:
        return split(rest, ENTRIES[verb].options).text
    except InvalidInputError:
        return rest


def _fits_words(verb: Verb, text: str, *, first_words: Sequence[str]) -> bool:
    first, more = first_word(text)
    if first.lower() not in first_words:
        return False
    wanted = PARTS.get((verb, first.lower()))
    return wanted is None or len(more.split()) == wanted


def _command(verb: Verb, rest: str) -> Command:
    """The command `verb` with what follows it; InvalidInputError when that does not fit."""
    entry = ENTRIES[verb]
    target = ""
    if entry.target is not Target.NONE:
        target, rest = _target(verb, rest)
    if verb in (Verb.HELP, Verb.QUIT):
        return Command(verb=verb, text=rest)
    found = split(rest, entry.options)
    if entry.target is not Target.NONE and not target and found.text:
        # options may come first: retry --from build T142
        target, text = _target(verb, found.text)
    else:
        text = found.text
    if not target and entry.target is not Target.NONE and not entry.target_optional:
        raise _missing(verb)
    if entry.first_words and not target:
        return _with_part(verb, text, options=found.options)
    _check_words(verb, text, target=target)
    return Command(verb=verb, target=target, text=text, options=found.options)


def _target(verb: Verb, rest: str) -> tuple[str, str]:
    """What `verb` is about, and what comes after; ('', rest) when that begins with an option."""
    entry = ENTRIES[verb]
    names, more = take_target(entry.target, rest)
    if entry.target is Target.TASKS and len(names) == 1:
        raise InvalidInputError("One task cannot be compared.", hint=f"For example: {entry.examples[0]}")
    if not names and rest and not rest.startswith(DASHES) and not entry.first_words:
        raise _missing(verb)
    return " ".join(names), more


def _with_part(verb: Verb, text: str, *, options: Mapping[str, tuple[str, ...]]) -> Command:
    entry = ENTRIES[verb]
    first, more = first_word(text)
    part = first.lower()
    if text and part not in entry.first_words:
        near = get_close_matches(part, entry.first_words, n=1)
        hint = f"Did you mean {verb.value} {near[0]}?" if near else f"For example: {entry.examples[-1]}"
        raise InvalidInputError(f"{verb.value} cannot {first[:40]!r}.", hint=hint)
    wanted = PARTS.get((verb, part))
    if wanted is not None and len(more.split()) != wanted:
        name = "takes nothing more" if wanted == 0 else "needs one name"
        raise InvalidInputError(f"{verb.value} {part} {name}.", hint=f"For example: {_part_example(verb, part)}")
    if (verb, part) == (Verb.TEMPLATE, "run"):
        return Command(verb=Verb.SUBMIT, options={**options, "template": (more,)})
    if verb is Verb.TASKS and part:
        return Command(verb=verb, options={**options, "state": (part,)})
    return Command(verb=verb, part=part, text=more, options=options)


def _check_words(verb: Verb, text: str, *, target: str) -> None:
    entry = ENTRIES[verb]
    hint = f"For example: {entry.examples[0]}"
    match entry.words:
        case Words.NONE if text:
            takes = [f"--{option.name}" for option in entry.options]
            after = f" after {target}" if target else ""
            known = f" It knows {', '.join(takes)}." if takes and text.startswith("--") else ""
            raise InvalidInputError(
                f"{verb.value} takes nothing like {text[:40]!r}{after}.{known}", hint=f"{hint}. {_AS_REQUEST}"
            )
        case Words.ONE if len(text.split()) != 1:
            raise InvalidInputError(f"{verb.value} needs one word after {target}.", hint=f"{hint}. {_AS_REQUEST}")
        case Words.NEEDED if not text:
            raise InvalidInputError(f"{verb.value} of what?", hint=hint)
        case _:
            return


def _ask_if_near(word: str, rest: str) -> None:
    """InvalidInputError when `word` is a slip of a verb, and what follows would fit that verb."""
    lowered = word.lower().rstrip(".!?")
    known = [*(verb.value for verb in TYPED), *(ALIASES if named_verb(lowered) is None else ())]
    for name in get_close_matches(lowered, known, n=3, cutoff=NEAR):
        verb = named_verb(name)
        if verb is None:
            continue
        if verb is Verb.ESTIMATE and rest and SequenceMatcher(None, lowered, name).ratio() < _SURELY:
            continue
        needs_target = ENTRIES[verb].target is not Target.NONE and not ENTRIES[verb].target_optional
        if (not rest and needs_target) or not _fits(verb, rest):
            continue
        meant = f"{name} {rest}".strip()
        raise InvalidInputError(
            f"There is no command {word[:40]!r}.",
            hint=f"Did you mean: {meant if len(meant) <= 60 else f'{name} …'} ? {_AS_REQUEST}",
        )


def _ask_if_odd(word: str, rest: str) -> None:
    """InvalidInputError for `merge T142`: a word and a name alone are hardly a request."""
    if (
        rest
        and len(rest.split()) == 1
        and any(_is_named(target, rest) for target in (Target.TASK_OR_RUN, Target.APPROVAL))
    ):
        verb = named_verb(word)
        if verb is not None and ENTRIES[verb].target is not Target.NONE:
            raise _missing(verb)
        raise InvalidInputError(
            f"There is no command {word[:40]!r}.", hint=f"Type help for the commands. {_AS_REQUEST}"
        )


def _is_named(target: Target, word: str) -> bool:
    return not word[0].isdigit() and names_target(target, word)


def _missing(verb: Verb) -> InvalidInputError:
    entry = ENTRIES[verb]
    needs = "the names of two tasks" if entry.target is Target.TASKS else f"the name of one {entry.target.value}"
    return InvalidInputError(f"{verb.value} needs {needs}.", hint=f"For example: {entry.examples[0]}")


def _example(word: str) -> str:
    verb = named_verb(word)
    return ENTRIES[verb].examples[-1] if verb else word


def _part_example(verb: Verb, part: str) -> str:
    wanted = PARTS[(verb, part)]
    return f"{verb.value} {part}" + (" NAME" if wanted else "")


def _suggestion(word: str) -> str:
    close = get_close_matches(word.lower(), [verb.value for verb in TYPED], n=1)
    return f"Did you mean {close[0]}?" if close else "Type help for the commands."
