"""Slack's text objects as HTML: what mrkdwn, plain text and rich text look like."""

import re
from html import escape
from typing import Any

_CODE = re.compile(r"`([^`\n]+)`")
_MARKUP = re.compile(r"&lt;([^&]+?)&gt;")
_STYLES = ((re.compile(r"(?<!\w)\*([^*\n]+)\*"), "b"), (re.compile(r"(?<!\w)_([^_\n]+)_(?!\w)"), "i"))
_TAGS = {"bold": "b", "italic": "i", "strike": "s", "code": "code"}
NAMES = {"U0BOB": "bob", "U0ALICE": "alice"}
"""Who the ids in the pictures are."""


def text_html(text: dict[str, Any]) -> str:
    """A text object."""
    return mrkdwn_html(text["text"]) if text["type"] == "mrkdwn" else _lines(escape(text["text"]))


def mrkdwn_html(text: str) -> str:
    """Slack's own markup; what was escaped for Slack is shown as the character it stands for."""
    # `<…>` is the only thing that is not escaped in it; entities are those of HTML
    html = re.sub(r"<([^<>]+)>", lambda found: _angle(found[1]), text)
    parts = _CODE.split(html)
    return _lines("".join(f"<code>{part}</code>" if at % 2 else _styled(part) for at, part in enumerate(parts)))


def rich_html(block: dict[str, Any]) -> str:
    """A rich text block."""
    return "".join(_rich_part(part) for part in block["elements"])


def inline_html(elements: list[dict[str, Any]]) -> str:
    """Running rich text."""
    return "".join(_inline(element) for element in elements)


def _rich_part(part: dict[str, Any]) -> str:
    inner = part["elements"]
    match part["type"]:
        case "rich_text_preformatted":
            return f"<pre>{escape(''.join(each.get('text', each.get('url', '')) for each in inner))}</pre>"
        case "rich_text_quote":
            return f"<blockquote>{inline_html(inner)}</blockquote>"
        case "rich_text_list":
            tag = "ol" if part["style"] == "ordered" else "ul"
            items = "".join(f"<li>{inline_html(item['elements'])}</li>" for item in inner)
            return f'<{tag} style="margin-left:{part.get("indent", 0) * 24}px">{items}</{tag}>'
        case _:
            return f"<p>{inline_html(inner)}</p>"


def _inline(element: dict[str, Any]) -> str:
    match element["type"]:
        case "user":
            return f'<span class="mention">@{NAMES.get(element["user_id"], element["user_id"])}</span>'
        case "link":
            return f'<a href="#">{escape(element.get("text") or element["url"])}</a>'
        case _:
            html = _lines(escape(element.get("text", "")))
            for name, tag in _TAGS.items():
                html = f"<{tag}>{html}</{tag}>" if element.get("style", {}).get(name) else html
            return html


def _angle(inside: str) -> str:
    target, _, label = inside.partition("|")
    if target.startswith("@"):
        return f'<span class="mention">@{NAMES.get(target[1:], target[1:])}</span>'
    return label if target.startswith("!date") else f'<a href="#">{label or target}</a>'


def _styled(html: str) -> str:
    for pattern, tag in _STYLES:
        html = pattern.sub(rf"<{tag}>\1</{tag}>", html)
    return html


def _lines(html: str) -> str:
    return html.replace("\n", "<br>")
