"""Text made fit for Discord's Markdown, so that none of it is markup, a mention or a hidden link unless we want it."""

import re
from datetime import datetime

from adapters.chat.address import addresses
from adapters.chat.emphasis import emphasised

# what can begin or end anything in a line; `[` is enough to keep links from being dressed up
_ANYWHERE = re.compile(r"([\\*_~`|<\[\]])")
# at the start of a line: headings, quotes, lists, small print
_LINE_START = re.compile(r"(?m)^([ \t]*)(#{1,3}(?=\s)|>|[-+](?=\s)|-(?=#)|\d{1,9}(?=[.)]\s))")
_EVERYBODY = re.compile(r"@(?=everyone|here)")
_ADDRESS_MARKS = re.compile(r"[*~|`]")
_FENCE = re.compile(r"`(?=``)")
_ZERO_WIDTH = "\u200b"


def escaped(text: str) -> str:
    """`text` to the letter; web addresses stay links that show where they go."""
    return "".join(_address(piece) if is_address else _literal(piece) for piece, is_address in addresses(text))


def prose(text: str) -> str:
    """One of our own texts to the letter, but for `**words**`, which are bold."""
    return "".join(bold(piece) if strong else escaped(piece) for piece, strong in emphasised(text))


def bold(text: str) -> str:
    """`text` in bold, to the letter; it must not be blank at its ends."""
    return f"**{escaped(text)}**" if text.strip() else text


def small(text: str) -> str:
    """Each line of `text` (ready to be shown) in small print."""
    return "\n".join(f"-# {line}" for line in text.split("\n") if line.strip())


def quoted(text: str) -> str:
    """Each line of `text` (ready to be shown) behind a bar."""
    return "\n".join(f"> {line}" if line.strip() else ">" for line in text.split("\n"))


def code(text: str, *, language: str = "") -> str:
    """`text` to the letter in a block of its own."""
    inside = _FENCE.sub(f"`{_ZERO_WIDTH}", text)
    language = language if re.fullmatch(r"[a-z0-9+#-]{1,20}", language) else ""
    # one that begins with a word alone would have it taken for a language
    return f"```{language}\n{inside}\n```"


def inline_code(text: str) -> str:
    """`text` to the letter within a line."""
    if not text.strip():
        return text
    inside = text.replace("`", f"`{_ZERO_WIDTH}") if "`" in text else text
    return f"`` {inside} ``" if "`" in text else f"`{inside}`"


def moment(at: datetime) -> str:
    """A moment as each reader's own clock shows it."""
    return f"<t:{int(at.timestamp())}:f>"


def mention(user: str) -> str:
    """A mention that calls somebody; `user` is a checked id."""
    return f"<@{user}>"


def _literal(text: str) -> str:
    text = _ANYWHERE.sub(r"\\\1", text)
    text = _LINE_START.sub(lambda found: f"{found[1]}{_disarmed(found[2])}", text)
    return _EVERYBODY.sub(f"@{_ZERO_WIDTH}", text)


def _disarmed(mark: str) -> str:
    """A mark at the start of a line; of a number what follows it is what makes a list."""
    return f"{mark}{_ZERO_WIDTH}" if mark.isdigit() else f"\\{mark}"


def _address(url: str) -> str:
    return _ADDRESS_MARKS.sub(lambda found: f"%{ord(found[0]):02X}", url)
