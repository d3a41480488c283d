"""Blocks and views as HTML pages, in a layout of our own that is close to Slack's."""

from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any

from tests.platforms.slack.drawing.markup import rich_html, text_html

STYLE = Path(__file__).with_name("style.css")
_SIGNS = {"pending": "○", "in_progress": "◔", "complete": "✓", "error": "!"}

Block = dict[str, Any]


def message_page(messages: Sequence[Sequence[Block]], *, theme: str, whisper: bool = False) -> str:
    """Messages of ours one under the other, as in a thread."""
    only = '<div class="only">👁 Only visible to you</div>' if whisper else ""
    rows = "".join(
        f'<article>{only}<div class="avatar">O</div><div class="message"><header><b>Orchestrator</b>'
        f'<span class="app">APP</span><time>9:32 AM</time></header>{blocks_html(blocks)}</div></article>'
        for blocks in messages
    )
    return _page(rows, theme=theme)


def home_page(view: Block, *, theme: str) -> str:
    """Our own page of one person."""
    tabs = '<span class="tab">Home</span><span>Messages</span>'
    bar = f'<div class="bar"><div class="avatar">O</div><b>Orchestrator</b>{tabs}</div>'
    return _page(f'{bar}<div class="home">{blocks_html(view["blocks"])}</div>', theme=theme)


def modal_page(view: Block, *, theme: str) -> str:
    """A form."""
    head = f"<h2>{escape(view['title']['text'])}</h2>"
    foot = f'<div class="foot"><span class="button">{escape(view["close"]["text"])}</span>'
    foot += f'<span class="button primary">{escape(view["submit"]["text"])}</span></div>'
    return _page(f'<div class="modal">{head}{blocks_html(view["blocks"])}{foot}</div>', theme=theme)


def blocks_html(blocks: Sequence[Block]) -> str:
    """Blocks one under the other."""
    return "".join(f'<div class="block {block["type"]}">{_block(block)}</div>' for block in blocks)


def _page(body: str, *, theme: str) -> str:
    report = "document.documentElement.dataset.height = document.body.scrollHeight"
    head = f'<!doctype html><meta charset="utf-8"><style>{STYLE.read_text()}</style>'
    return f'{head}<body class="{theme}">{body}<script>{report}</script>'


def _block(block: Block) -> str:
    match block["type"]:
        case "header":
            return f"<h1>{text_html(block['text'])}</h1>"
        case "section":
            return _section(block)
        case "context":
            return "".join(f"<span>{text_html(element)}</span>" for element in block["elements"])
        case "actions":
            return "".join(_element(element) for element in block["elements"])
        case "rich_text":
            return rich_html(block)
        case "task_card":
            return _task(block)
        case "plan":
            return f'{_sign(_overall(block))}<b>{escape(block["title"])}</b><i class="fold">›</i>'
        case "container":
            return f'<b>{escape(block["title"]["text"])}</b><i class="fold">⌄</i>'
        case "table" | "data_table":
            return _table(block)
        case "input":
            return _input(block)
        case "divider":
            return "<hr>"
        case kind:
            return f"<mark>{escape(kind)}</mark>"


def _section(block: Block) -> str:
    text = f"<p>{text_html(block['text'])}</p>" if "text" in block else ""
    fields = "".join(f"<p>{text_html(field)}</p>" for field in block.get("fields", []))
    beside = f'<div class="beside">{_element(block["accessory"])}</div>' if "accessory" in block else ""
    return f'<div class="text">{text}</div>{beside}' + (f'<div class="fields">{fields}</div>' if fields else "")


def _element(element: Block) -> str:
    if element["type"] == "overflow":
        return '<span class="button menu">⋯</span>'
    return f'<span class="button {element.get("style", "")}">{text_html(element["text"])}</span>'


def _task(block: Block) -> str:
    fold = '<i class="fold">›</i>' if "details" in block or "output" in block else ""
    return f"{_sign(block['status'])}<span>{escape(block['title'])}</span>{fold}"


def _sign(status: str) -> str:
    return f'<span class="sign {status}">{_SIGNS[status]}</span>'


def _overall(block: Block) -> str:
    states = [task["status"] for task in block.get("tasks", [])]
    return next((state for state in ("error", "in_progress", "pending") if state in states), "complete")


def _table(block: Block) -> str:
    settings = block.get("column_settings", [])
    aligned = [setting.get("align", "left") for setting in settings] or ["left"] * 20
    rows = block["rows"][: block.get("page_size", 100) + 1]
    html = "".join(
        "<tr>"
        + "".join(f'<td class="{side}">{_cell(cell)}</td>' for cell, side in zip(row, aligned, strict=False))
        + "</tr>"
        for row in rows
    )
    pages = -(-(len(block["rows"]) - 1) // block["page_size"]) if "page_size" in block else 1
    more = f'<div class="pages">1 of {pages} ›</div>' if pages > 1 else ""
    return f"<div class='scroll'><table>{html}</table></div>{more}"


def _cell(cell: Block) -> str:
    return rich_html(cell) if cell["type"] == "rich_text" else escape(cell["text"])


def _input(block: Block) -> str:
    element = block["element"]
    kind = "area" if element.get("multiline") else "field"
    value = element.get("initial_value") or element.get("initial_option", {}).get("text", {}).get("text", "")
    hint = f'<div class="hint">{text_html(block["hint"])}</div>' if "hint" in block else ""
    optional = ' <span class="hint">(optional)</span>' if block.get("optional") else ""
    arrow = '<i class="fold">⌄</i>' if element["type"] == "static_select" else ""
    return f'<label>{text_html(block["label"])}{optional}</label><div class="{kind}">{escape(value)}{arrow}</div>{hint}'
