"""Elements of rich text: Slack shows their text as it is, so none of it can be markup, a mention or a hidden link."""

from collections.abc import Iterable, Sequence

from adapters.chat.address import addresses
from adapters.chat.emphasis import emphasised
from adapters.slack.blocks import Block


def prose(text: str, *, bold: bool = False) -> list[Block]:
    """`text` as elements: `**words**` bold, web addresses as links to just what they show."""
    elements: list[Block] = []
    for part, stands_out in emphasised(text):
        elements += words(part, bold=bold or stands_out)
    return elements


def words(text: str, *, bold: bool = False, italic: bool = False, strike: bool = False) -> list[Block]:
    """`text` in one style, with its web addresses as links to just what they show."""
    return [
        link(piece) if is_address else span(piece, bold=bold, italic=italic, strike=strike)
        for piece, is_address in addresses(text)
    ]


def span(text: str, *, bold: bool = False, italic: bool = False, strike: bool = False, code: bool = False) -> Block:
    """Words in one style; `text` must not be empty."""
    chosen = {"bold": bold, "italic": italic, "strike": strike, "code": code}
    style = {name: True for name, wanted in chosen.items() if wanted}
    return {"type": "text", "text": text} | ({"style": style} if style else {})


def link(url: str) -> Block:
    """A link that shows its own address."""
    return {"type": "link", "url": url}


def user(native: str) -> Block:
    """A mention that calls somebody; `native` is a checked id such as U0123."""
    return {"type": "user", "user_id": native}


def paragraph(elements: Iterable[Block]) -> Block:
    """Running text."""
    return {"type": "rich_text_section", "elements": list(elements)}


def quote(elements: Iterable[Block]) -> Block:
    """Text behind a bar."""
    return {"type": "rich_text_quote", "elements": list(elements)}


def preformatted(text: str) -> Block:
    """Text to the letter; it must not be empty."""
    return {"type": "rich_text_preformatted", "elements": [span(text)]}


def listing(items: Sequence[Sequence[Block]], *, ordered: bool = False, indent: int = 0) -> Block:
    """A list of which every item is running text; an ordered one begins at 1."""
    return {
        "type": "rich_text_list",
        "style": "ordered" if ordered else "bullet",
        "indent": indent,
        "elements": [paragraph(item) for item in items],
    }
