"""Running text in Markdown as rich text: bold, code, and links that say where they go."""

from collections.abc import Iterator

from markdown_it.token import Token

from adapters.chat.address import is_address
from adapters.slack import rich
from adapters.slack.blocks import Block


def styled(tokens: list[Token], *, bold: bool) -> Iterator[Block]:
    """Inline tokens as elements; after the words of a link comes where it goes."""
    style = {"strong": int(bold), "em": 0, "s": 0}
    label: list[Block] | None = None
    target = ""
    for token in tokens:
        name = token.type.removesuffix("_open").removesuffix("_close")
        if token.type == "link_open":
            label, target = [], str(token.attrGet("href") or "")
        elif token.type == "link_close":
            yield from _going_to(target, label=label or [])
            label = None
        elif name in style:
            style[name] += token.nesting
        else:
            words = _words(token, bold=style["strong"] > 0, italic=style["em"] > 0, strike=style["s"] > 0)
            if label is None:
                yield from words
            else:
                label += words


def _words(token: Token, *, bold: bool, italic: bool, strike: bool) -> list[Block]:
    match token.type:
        case "softbreak" | "hardbreak":
            return [rich.span("\n")]
        case "image":
            label = rich.words(token.content or "picture", italic=True)
            return list(_going_to(str(token.attrGet("src") or ""), label=label))
        case "code_inline" if token.content:
            return [rich.span(token.content, bold=bold, code=True)]
        case _:
            return rich.words(token.content, bold=bold, italic=italic, strike=strike)


def _going_to(target: str, *, label: list[Block]) -> Iterator[Block]:
    """A link's words, and where it goes in full; words that are an address themselves would say another place."""
    said = "".join(str(part.get("text") or part.get("url")) for part in label).strip()
    if not target or said == target:
        yield from label
    elif not said or is_address(said):
        yield from rich.words(target)
    else:
        yield from label
        yield rich.span(" (")
        yield from rich.words(target)
        yield rich.span(")")
