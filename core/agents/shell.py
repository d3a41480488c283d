"""Shell text taken apart into its simple commands, by a reader that says so when it does not understand.

It reads what bash and POSIX sh agree on: words and quotes, lists, pipelines, subshells, substitutions, redirections.
What it does not read (here-documents, functions, arithmetic …) ends the reading; the commands found before it are kept.
"""

from dataclasses import dataclass, field

MAX_LENGTH = 20_000
MAX_NESTING = 10
BLANKS = " \t"
WORD_ENDS = " \t\n;&|<>()"
NAME_START = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_"
NAME = NAME_START + "0123456789"
NUMBERS_ONLY = "?#$!"
"""Parameters that expand to a number or nothing, so that their value can change no path."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One word after quotes are removed."""

    text: str
    dynamic: bool = False
    """Its value is known only when it runs: it holds a variable, a substitution or braces."""
    pattern: bool = False
    """It holds unquoted wildcards."""
    tilde: bool = False
    """It begins with an unquoted `~`, or has one where an assignment expands it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Redirection:
    """Where a command reads from or writes to."""

    target: Word
    writes: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SimpleCommand:
    """One command as it will be run, with the variables set before it."""

    words: tuple[Word, ...] = ()
    assignments: tuple[Word, ...] = ()
    redirections: tuple[Redirection, ...] = ()
    nested: bool = False
    """It runs in a subshell, so that changing the folder does not outlive it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """All simple commands of a text, those inside substitutions included."""

    commands: tuple[SimpleCommand, ...]
    understood: bool


def read_script(text: str) -> Script:
    """Take `text` apart; total and linear in its length."""
    reader = _Reader(text[:MAX_LENGTH])
    understood = len(text) <= MAX_LENGTH and "\x00" not in text
    try:
        reader.commands_until("")
    except NotUnderstoodError:
        understood = False
    return Script(commands=tuple(reader.commands), understood=understood)


class NotUnderstoodError(Exception):
    """The text holds something this reader does not read; stays inside this module."""


@dataclass(slots=True)
class _Draft:
    """The simple command being read."""

    nested: bool
    words: list[Word] = field(default_factory=list[Word])
    assignments: list[Word] = field(default_factory=list[Word])
    redirections: list[Redirection] = field(default_factory=list[Redirection])

    def add(self, word: Word) -> None:
        if not self.words and is_assignment(word.text):
            self.assignments.append(word)
        else:
            self.words.append(word)

    def empty(self) -> bool:
        return not (self.words or self.assignments or self.redirections)


@dataclass(slots=True)
class _WordDraft:
    """The word being read."""

    text: list[str] = field(default_factory=list[str])
    quoted: bool = False
    quoted_wildcard: bool = False
    dynamic: bool = False
    wildcard: bool = False
    tilde: bool = False
    bare: list[str] = field(default_factory=list[str])
    """Its unquoted braces, commas and dots, in which a brace expansion shows."""

    def finished(self) -> Word:
        bare = "".join(self.bare)
        opened = bare.find("{")
        braces = opened >= 0 and "}" in bare[opened:] and ("," in bare[opened:] or ".." in bare[opened:])
        # A quoted wildcard beside a bare one cannot be told from it in the text; nobody needs such words.
        dynamic = self.dynamic or braces or (self.wildcard and self.quoted_wildcard)
        return Word(text="".join(self.text), dynamic=dynamic, pattern=self.wildcard, tilde=self.tilde)


class _Reader:
    """Recursive descent over one text; `commands` grows as simple commands end."""

    def __init__(self, text: str, *, commands: list[SimpleCommand] | None = None, depth: int = 0) -> None:
        self._text = text
        self._at = 0
        self._depth = depth
        self.commands: list[SimpleCommand] = [] if commands is None else commands

    def commands_until(self, closing: str) -> None:
        """Read commands up to `closing` and past it ('' is the end of the text)."""
        if self._depth > MAX_NESTING:
            raise NotUnderstoodError
        draft = _Draft(nested=self._depth > 0)
        try:
            while self._next() != closing:
                draft = self._part(draft)
            self._at += len(closing)
        finally:
            # Also when the rest is not understood: what was read so far may be worth refusing.
            self._end(draft)

    def _part(self, draft: _Draft) -> _Draft:
        """Read one blank, operator, redirection or word; return the draft that goes on."""
        character = self._next()
        if character == "":
            raise NotUnderstoodError
        if character in BLANKS:
            self._at += 1
        elif self._text.startswith("\\\n", self._at):
            self._at += 2
        elif character == "#":
            end = self._text.find("\n", self._at)
            self._at = len(self._text) if end < 0 else end
        elif self._text.startswith("&>", self._at) or (character in "<>" and self._next(1) != "("):
            draft.redirections.extend(self._redirection())
        elif character in "\n;&|":
            self._at += 1
            self._end(draft)
            return _Draft(nested=self._depth > 0)
        elif character == "(":
            if not draft.empty():
                raise NotUnderstoodError
            self._at += 1
            self._inside(")")
        elif character == ")":
            raise NotUnderstoodError
        else:
            self._word_or_descriptor(draft)
        return draft

    def _end(self, draft: _Draft) -> None:
        if not draft.empty():
            self.commands.append(
                SimpleCommand(
                    words=tuple(draft.words),
                    assignments=tuple(draft.assignments),
                    redirections=tuple(draft.redirections),
                    nested=draft.nested,
                )
            )

    def _next(self, ahead: int = 0) -> str:
        return self._text[self._at + ahead : self._at + ahead + 1]

    def _inside(self, closing: str) -> None:
        self._depth += 1
        self.commands_until(closing)
        self._depth -= 1

    def _word_or_descriptor(self, draft: _Draft) -> None:
        word, quoted = self._word()
        # Digits right before < or > name a file descriptor, which changes nothing here.
        if not (is_number(word.text) and not quoted and self._next() in ("<", ">")):
            draft.add(word)

    def _redirection(self) -> list[Redirection]:
        operator = next(
            known
            for known in ("&>>", "&>", "<<<", "<<", "<>", "<&", ">>", ">|", ">&", "<", ">")
            if self._text.startswith(known, self._at)
        )
        if operator == "<<":
            raise NotUnderstoodError
        self._at += len(operator)
        while self._next() and self._next() in BLANKS:
            self._at += 1
        if self._next() == "" or self._next() in WORD_ENDS:
            raise NotUnderstoodError
        target, _ = self._word()
        duplicated = operator in ("<&", ">&") and (is_number(target.text.rstrip("-")) or target.text == "-")
        if duplicated or (operator == "<<<" and not target.dynamic):
            return []
        return [Redirection(target=target, writes=operator not in ("<", "<<<"))]

    def _word(self) -> tuple[Word, bool]:
        """Read one word; also whether any of it was quoted."""
        draft = _WordDraft()
        started = self._at
        while (character := self._next()) and (character not in WORD_ENDS or self._substituted_process(draft)):
            match character:
                case "\\":
                    self._escape(draft)
                case "'":
                    self._single_quoted(draft)
                case '"':
                    self._double_quoted(draft)
                case "$":
                    self._expansion(draft, quoted=False)
                case "`":
                    self._backticks(draft)
                case "<" | ">":
                    pass
                case _:
                    self._bare(draft, character, first=self._at == started)
        return draft.finished(), draft.quoted

    def _substituted_process(self, draft: _WordDraft) -> bool:
        if self._next() in ("<", ">") and self._next(1) == "(":
            self._at += 2
            draft.dynamic = True
            self._inside(")")
            return True
        return False

    def _bare(self, draft: _WordDraft, character: str, *, first: bool) -> None:
        if character in "*?[":
            draft.wildcard = True
        elif character == "~" and (first or (draft.text and draft.text[-1] in "=:")):
            draft.tilde = True
        elif character in "{},.":
            draft.bare.append(character)
        draft.text.append(character)
        self._at += 1

    def _escape(self, draft: _WordDraft) -> None:
        escaped = self._next(1)
        self._at += 2
        if escaped != "\n":
            self._quote(draft, escaped or "\\")

    def _quote(self, draft: _WordDraft, text: str) -> None:
        draft.quoted = True
        draft.quoted_wildcard = draft.quoted_wildcard or any(character in "*?[" for character in text)
        draft.text.append(text)

    def _single_quoted(self, draft: _WordDraft) -> None:
        end = self._text.find("'", self._at + 1)
        if end < 0:
            raise NotUnderstoodError
        self._quote(draft, self._text[self._at + 1 : end])
        self._at = end + 1

    def _double_quoted(self, draft: _WordDraft) -> None:
        self._at += 1
        draft.quoted = True
        while (character := self._next()) != '"':
            if character == "":
                raise NotUnderstoodError
            if character == "\\" and self._next(1) in ("$", "`", '"', "\\", "\n"):
                self._escape(draft)
            elif character == "$":
                self._expansion(draft, quoted=True)
            elif character == "`":
                self._backticks(draft)
            else:
                self._quote(draft, character)
                self._at += 1
        self._at += 1

    def _expansion(self, draft: _WordDraft, *, quoted: bool) -> None:
        following = self._next(1)
        if following == "(":
            self._at += 2
            draft.dynamic = True
            self._inside(")")
        elif following == "{":
            self._braced_parameter(draft)
        elif following and following in NUMBERS_ONLY:
            draft.text.append("0")
            self._at += 2
        elif following and (following in NAME or following in "@*-"):
            draft.dynamic = True
            self._at += 2
            if following in NAME_START:
                while self._next() and self._next() in NAME:
                    self._at += 1
        elif not quoted and following in ("'", '"'):
            raise NotUnderstoodError
        else:
            self._quote(draft, "$")
            self._at += 1

    def _braced_parameter(self, draft: _WordDraft) -> None:
        end = self._text.find("}", self._at)
        inner = self._text[self._at + 2 : end]
        # Anything more than a name with plain text may hold commands of its own.
        if end < 0 or any(character in inner for character in "$`'\"\\{("):
            raise NotUnderstoodError
        draft.dynamic = True
        self._at = end + 1

    def _backticks(self, draft: _WordDraft) -> None:
        end = self._at + 1
        inner: list[str] = []
        while self._text[end : end + 1] not in ("`", ""):
            if self._text[end] == "\\" and self._text[end + 1 : end + 2] in ("\\", "`", "$"):
                end += 1
            inner.append(self._text[end])
            end += 1
        if end >= len(self._text):
            raise NotUnderstoodError
        _Reader("".join(inner), commands=self.commands, depth=self._depth + 1).commands_until("")
        draft.dynamic = True
        self._at = end + 1


def is_number(text: str) -> bool:
    """Whether `text` is what a shell takes for a file descriptor."""
    return text.isascii() and text.isdigit()


def is_assignment(text: str) -> bool:
    """Whether a word before the command sets a variable: `NAME=…` or `NAME+=…`."""
    name, equals, _ = text.partition("=")
    name = name.removesuffix("+")
    return bool(equals and name) and name[0] in NAME_START and all(character in NAME for character in name)
