"""What Telegram would read in plain text by itself, made harmless: shown as code, which it leaves alone.

It turns `@name`, `/word`, `#tag`, `$TAG`, `a@b.example` and anything like a host, `README.md` among them, into
something that calls people, is sent when it is pressed or leads somewhere. Of text from outside only web addresses that
say where they go may do so. As code a path or a decorator looks right, and a tap copies it.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from adapters.chat.address import addresses, is_address
from adapters.telegram import limits
from adapters.telegram.markup import LITERAL, Kind, Passage, Span

_TAG = r"[\w\u200c\u00b7\u0d80-\u0dff]"
# wider than what Telegram looks for (TDLib's find_entities), so that nothing it finds is missed
_READ = re.compile(
    r"@\w"
    r"|(?<!\w)/\w"
    rf"|\#(?!\d+(?!{_TAG})){_TAG}"
    r"|\$1?[A-Z]"
    r"|\w://"
    r"|[^\s.]\.[^\W\d_](?:\w|[^\x00-\x7f]|--)"
    r"|\d\.\d+\.\d+\.\d"
)
_HOST = re.compile(r"\w+://(?P<host>[^/:?#]+)(?::(?P<port>\d+))?")
_LAST_PORT = 65_535
_WORD = re.compile(r"\S+")
_BEFORE = "([{\"'«“‘*_~,;:|"
_AFTER = ".,;:!?)]}\"'»”’*_~…|"
_KEEPS = LITERAL | {Kind.LINK, Kind.PERSON}


def harmless(passage: Passage) -> Passage:
    """`passage` with its addresses as links to just what they show, and what Telegram would read itself as code."""
    made = [
        Span(kind=span.kind, start=start + span.start, end=start + span.end, value=span.value)
        for start, end in _open(passage)
        for span in _found(passage.text[start:end])
    ]
    return replace(passage, spans=(*passage.spans, *made)) if made else passage


def can_be_link(text: str) -> bool:
    """Whether all of `text` is a web address that Telegram takes: its host is in some domain, its port is one."""
    found = _HOST.match(text) if is_address(text) and len(text) <= limits.URL else None
    return found is not None and "." in found["host"] and 0 < int(found["port"] or 443) <= _LAST_PORT


def _open(passage: Passage) -> Iterator[tuple[int, int]]:
    """The stretches of text that Telegram would look into."""
    begun = 0
    for span in sorted((span for span in passage.spans if span.kind in _KEEPS), key=lambda span: span.start):
        if span.start > begun:
            yield begun, span.start
        begun = max(begun, span.end)
    if begun < len(passage.text):
        yield begun, len(passage.text)


def _found(text: str) -> Iterator[Span]:
    at = 0
    for piece, addressed in addresses(text):
        if addressed and can_be_link(piece):
            yield Span(kind=Kind.LINK, start=at, end=at + len(piece), value=piece)
        else:
            yield from (_code(word, at) for word in _WORD.finditer(piece) if _READ.search(word[0]))
        at += len(piece)


def _code(word: re.Match[str], at: int) -> Span:
    """The word without the punctuation around it, but with all that Telegram would read."""
    text = word[0]
    reads = list(_READ.finditer(text))
    start = min(len(text) - len(text.lstrip(_BEFORE)), reads[0].start())
    end = max(len(text.rstrip(_AFTER)), reads[-1].end())
    return Span(kind=Kind.CODE, start=at + word.start() + start, end=at + word.start() + end)
