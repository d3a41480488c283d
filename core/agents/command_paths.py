"""Which words of a command may name files: too many rather than too few.

A pattern such as `/api/` is not a path, so the few programs whose text words are known get them told apart. As soon as
a program is given an option that is not listed here, every later word counts as a path.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from core.agents.commands import NormalCommand, Words, names
from core.agents.shell import Word

WITHOUT_PATHS = names("echo printf true false : seq tr sleep expr basename dirname")
"""Programs that open no file, whatever their words look like."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownOptions:
    """What is known of one program's options, as GNU and BSD agree on it."""

    texts: frozenset[str]
    """They take a value, which is text."""
    flags: frozenset[str]
    """They take no value; one letter each, so that `-rn` is `-r -n`."""
    pattern_first: bool = False
    """The first operand is a pattern, unless an option in `patterns` brought it."""
    patterns: frozenset[str] = frozenset()


_GREP = KnownOptions(
    texts=names("-A -B -C -m -e"),
    flags=names("-r -n -i -l -L -c -o -v -w -x -E -F -P -s -q -h -H -a -z"),
    pattern_first=True,
    patterns=names("-e -f --regexp --file"),
)
_KNOWN: Mapping[str, KnownOptions] = {
    "grep": _GREP,
    "egrep": _GREP,
    "fgrep": _GREP,
    "git grep": KnownOptions(
        texts=_GREP.texts,
        flags=names("-n -i -l -c -v -w -E -F -P -q -h -H"),
        pattern_first=True,
        patterns=_GREP.patterns,
    ),
    "rg": KnownOptions(
        texts=names("-A -B -C -m -e -g -t -T --regexp --glob --iglob --type --type-not"),
        flags=names("-n -i -l -c -o -v -w -x -F -P -s -q -H -a -S -u"),
        pattern_first=True,
        patterns=names("-e -f --regexp --file --files"),
    ),
    "sed": KnownOptions(
        texts=names("-e"), flags=names("-n -E -s -z"), pattern_first=True, patterns=names("-e -f --expression --file")
    ),
    "find": KnownOptions(
        texts=names("-name -iname -path -ipath -wholename -regex -iregex -type -mtime -size -maxdepth -mindepth"),
        flags=names("-print -print0 -empty -o -a -not -prune"),
    ),
    "cut": KnownOptions(texts=names("-b -c -d -f"), flags=names("-s")),
    "sort": KnownOptions(texts=names("-t -k"), flags=names("-b -d -f -g -i -n -r -u")),
    "git log": KnownOptions(texts=names("-S -G -n"), flags=names("-p")),
    "pytest": KnownOptions(texts=names("-k -m -n"), flags=names("-q -v -x -s")),
}


def path_words(command: NormalCommand) -> Iterator[Word]:
    """The words that may name files, options with attached values included."""
    name, words = command.name, command.words[1:]
    if name in WITHOUT_PATHS:
        # What wildcards match is read from the disk all the same.
        yield from (word for word in words if word.pattern)
        return
    if name == "git" and words:
        name, words = f"git {words[0].text}", words[1:]
    known = _KNOWN.get(name)
    if known is None:
        yield from words
    else:
        texts = _text_positions(words, known=known)
        yield from (word for at, word in enumerate(words) if at not in texts or word.pattern)


def _text_positions(words: Words, *, known: KnownOptions) -> set[int]:
    """Where the words stand that are text for certain."""
    texts: set[int] = set()
    pattern_due = known.pattern_first and not _pattern_is_brought(words, known=known)
    at = 0
    while at < len(words):
        text = words[at].text
        if text in known.texts:
            at += 1
            texts.add(at)
        elif text == "--":
            # From here on every word is an operand, whatever it looks like.
            return texts | {at + 1} if pattern_due else texts
        elif _has_attached_text(text, known=known):
            texts.add(at)
        elif not text.startswith("-") or text == "-":
            if pattern_due:
                texts.add(at)
            pattern_due = False
        elif not _is_flag(text, known=known):
            return texts
        at += 1
    return texts


def _pattern_is_brought(words: Words, *, known: KnownOptions) -> bool:
    short = {option[1] for option in known.patterns if len(option) == 2}
    for word in words:
        text = word.text
        if text == "--":
            return False
        if text.startswith("--"):
            # Long options may be shortened: --reg is --regexp.
            if any(option.startswith(text.split("=", 1)[0]) for option in known.patterns):
                return True
        elif text.startswith("-") and short.intersection(text[1:]):
            return True
    return False


def _has_attached_text(text: str, *, known: KnownOptions) -> bool:
    name, equals, _ = text.partition("=")
    if text.startswith("--"):
        return bool(equals) and name in known.texts
    return len(text) > 2 and text[:2] in known.texts


def _is_flag(text: str, *, known: KnownOptions) -> bool:
    return text in known.flags or all(f"-{letter}" in known.flags for letter in text[1:])


def path_readings(text: str) -> list[str]:
    """What in one word may be a path: the word itself, and a value attached to an option or assignment."""
    readings = [text]
    if text.startswith("--"):
        pass
    elif text.startswith("-"):
        readings += [text[2:], *(text[at:] for mark in ("/", "..", "~") if (at := text.find(mark)) > 0)]
    if "=" in text:
        readings.append(text.split("=", 1)[1])
    # Many programs read `@file` as the words in that file.
    readings += [reading[1:] for reading in readings if reading.startswith("@")]
    return [reading for reading in readings if reading]
