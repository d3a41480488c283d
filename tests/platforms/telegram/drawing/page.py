"""Messages as HTML in the frame of a phone, in a layout of our own that is close to Telegram's."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any

from adapters.telegram.keyboard import Keyboard
from adapters.telegram.page import Page

STYLE = Path(__file__).with_name("style.css")
_TAGS = {"bold": "b", "italic": "i", "strikethrough": "s", "code": "code"}
_BLOCKS = {"pre", "blockquote", "expandable_blockquote"}
_FOLDED_LINES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What somebody else wrote, above our messages."""

    name: str
    text: str


def phone_page(pages: Sequence[Page], *, theme: str, chat: str = "shop", said: Said | None = None) -> str:
    """Our messages one under the other, as in a chat on a phone."""
    above = ""
    if said is not None:
        above = f'<div class="row mine"><div class="bubble"><p>{escape(said.text)}</p><time>9:30</time></div></div>'
    rows = "".join(_row(page, has_name=at == 0) for at, page in enumerate(pages))
    bar = f'<header><span class="back">‹</span><span class="avatar">{escape(chat[:1].upper())}</span>'
    bar += f"<div><b>{escape(chat)}</b><small>4 members</small></div></header>"
    foot = '<footer><span class="input">Message</span></footer>'
    report = "document.documentElement.dataset.height = document.body.scrollHeight"
    head = f'<!doctype html><meta charset="utf-8"><style>{STYLE.read_text()}</style>'
    body = f'<div class="phone">{bar}<main>{above}{rows}</main>{foot}</div>'
    return f'{head}<body class="{theme}">{body}<script>{report}</script>'


def _row(page: Page, *, has_name: bool) -> str:
    name = '<div class="name">Orchestrator</div>' if has_name else ""
    text = text_html(page.text, [dict(each) for each in page.entities])
    bubble = f'<div class="bubble">{name}<div class="text">{text}</div><time>9:32</time></div>'
    return f'<div class="row"><div class="message">{bubble}{_keyboard(page.keyboard)}</div></div>'


def _keyboard(keyboard: Keyboard) -> str:
    rows = "".join(
        '<div class="keys">'
        + "".join(f'<span class="key {button.style}">{escape(button.text)}</span>' for button in row)
        + "</div>"
        for row in keyboard
    )
    return f'<div class="keyboard">{rows}</div>' if rows else ""


def text_html(text: str, entities: list[dict[str, Any]]) -> str:
    """Text with its entities, which are sorted and nested as Telegram wants them; a fold shows its first lines."""
    units = text.encode("utf-16-le")
    html = "".join(_nodes(units, entities, 0, len(units) // 2))
    for tag in ("</pre>", "</blockquote>"):
        html = html.replace(f"{tag}\n\n", f"{tag}<i class='gap'></i>").replace(f"{tag}\n", tag)
    for tag in ("<pre", "<blockquote"):
        html = html.replace(f"\n\n{tag}", f"<i class='gap'></i>{tag}").replace(f"\n{tag}", tag)
    return html


def _nodes(units: bytes, entities: list[dict[str, Any]], start: int, end: int) -> Iterator[str]:
    at = start
    inside = list(entities)
    while inside:
        first = inside.pop(0)
        begins, ends = first["offset"], first["offset"] + first["length"]
        within = [each for each in inside if each["offset"] < ends]
        inside = inside[len(within) :]
        yield _words(units, at, begins)
        yield _element(units, first, within, begins, ends)
        at = ends
    yield _words(units, at, end)


def _element(units: bytes, entity: dict[str, Any], within: list[dict[str, Any]], start: int, end: int) -> str:
    inner = "".join(_nodes(units, within, start, end))
    match entity["type"]:
        case "text_link":
            return f'<a href="#">{inner}</a>'
        case "text_mention":
            return f'<a class="mention">{inner}</a>'
        case "date_time":
            at = datetime.fromtimestamp(entity["unix_time"], UTC)
            return f'<a class="moment">{at:%B} {at.day}, {at:%H:%M}</a>'
        case "pre":
            label = f"<small>{escape(entity['language'])}</small>" if "language" in entity else ""
            body = _diff(inner) if entity.get("language") == "diff" else inner
            return f'<pre class="{"named" if label else ""}">{label}{body}</pre>'
        case "blockquote":
            return f"<blockquote>{inner}</blockquote>"
        case "expandable_blockquote":
            return f'<blockquote class="folded"><div class="seen">{inner}</div><i class="more">⌄</i></blockquote>'
        case kind:
            return f"<{_TAGS[kind]}>{inner}</{_TAGS[kind]}>"


def _diff(html: str) -> str:
    """Lines that come and go in their colours, as Telegram draws a block that is called a diff."""
    classes = {"+": "plus", "-": "minus", "@": "at"}
    return "\n".join(
        f'<span class="{classes[line[0]]}">{line}</span>' if line[:1] in classes else line for line in html.split("\n")
    )


def _words(units: bytes, start: int, end: int) -> str:
    return escape(units[start * 2 : end * 2].decode("utf-16-le"))
