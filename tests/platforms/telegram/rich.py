"""Rich messages (Bot API 10.1): what their HTML may hold, how much of it, and the words people read in it."""

from html import unescape
from html.parser import HTMLParser

from tests.platforms.telegram.call import RefusedError
from tests.platforms.telegram.message import Json

CHARACTERS = 32_768
LEVELS = 16
BLOCKS = 500

_TAGS = """
    a b strong i em u ins s strike del code mark sub sup tg-spoiler tg-reference tg-emoji img tg-time tg-math
    h1 h2 h3 h4 h5 h6 p pre footer hr ul ol li input blockquote cite aside br video audio figure figcaption tg-map
    tg-collage tg-slideshow table caption tr th td details summary tg-math-block tg-thinking
"""
_KNOWN = frozenset(_TAGS.split())
_EMPTY = frozenset(("img", "hr", "input", "br", "tg-map"))
_BLOCK_NAMES = """
    h1 h2 h3 h4 h5 h6 p pre footer hr ul ol li blockquote aside tr details table figure
"""
_BLOCKS = frozenset(_BLOCK_NAMES.split())
_ENTITIE_NAMES = """
    lt gt amp quot apos nbsp hellip mdash ndash lsquo rsquo ldquo rdquo
"""
_ENTITIES = frozenset(_ENTITIE_NAMES.split())


def words_of(given: Json, *, draft: bool = False) -> str:
    """What people read in a rich message; RefusedError when it is none that Telegram takes."""
    sources = [name for name in ("html", "markdown") if given.get(name)]
    if len(sources) != 1:
        raise RefusedError("exactly one of the fields html and markdown must be used", defect=True)
    if sources == ["markdown"]:
        words = str(given["markdown"]).strip()
    else:
        reader = _Reader(draft=draft)
        reader.feed(str(given["html"]))
        reader.close()
        words = reader.words()
    if not words:
        raise RefusedError("message text is empty", defect=True)
    if len(words) > CHARACTERS:
        raise RefusedError("rich message is too long", defect=True)
    return words


class _Reader(HTMLParser):
    """Follows the tags, and refuses what is not known, not closed or too deep."""

    def __init__(self, *, draft: bool) -> None:
        super().__init__(convert_charrefs=False)
        self._open: list[str] = []
        self._pieces: list[str] = []
        self._blocks, self._draft = 0, draft

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _KNOWN or (tag == "tg-thinking" and not self._draft):
            raise _refused(f'unsupported start tag "{tag}"')
        if tag in _BLOCKS:
            self._blocks += 1
            self._pieces.append("\n\n" if tag != "tr" else "\n")
        if tag in {"td", "th", "br"}:
            self._pieces.append("\n" if tag == "br" else " ")
        if tag not in _EMPTY:
            self._open.append(tag)
        if self._blocks > BLOCKS or len(self._open) > LEVELS:
            raise _refused("too many blocks or levels")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _EMPTY:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in _EMPTY:
            return
        if not self._open or self._open.pop() != tag:
            raise _refused(f'unexpected end tag "{tag}"')
        if tag in _BLOCKS or tag == "summary":
            self._pieces.append("\n\n" if tag not in {"tr", "li"} else "\n")

    def handle_data(self, data: str) -> None:
        self._pieces.append(data)

    def handle_entityref(self, name: str) -> None:
        self._pieces.append(unescape(f"&{name};") if name in _ENTITIES else f"&{name};")

    def handle_charref(self, name: str) -> None:
        self._pieces.append(unescape(f"&#{name};"))

    def words(self) -> str:
        """All that was read; RefusedError when a tag is still open."""
        if self._open:
            raise _refused(f'can\'t find end tag corresponding to start tag "{self._open[-1]}"')
        lines = [" ".join(line.split()) for line in "".join(self._pieces).split("\n\n")]
        return "\n\n".join(line for line in lines if line)


def _refused(why: str) -> RefusedError:
    return RefusedError(f"can't parse rich message: {why}", defect=True)
