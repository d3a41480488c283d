"""Components and modals as HTML pages, in a layout of our own that is close to Discord's."""

from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any

from tests.platforms.discord.drawing.markup import markdown_html
from tests.platforms.discord.message import LINK, Part

STYLE = Path(__file__).with_name("style.css")
_STYLES = {1: "primary", 2: "", 3: "success", 4: "danger", LINK: "link"}

Component = dict[str, Any]


def message_page(messages: Sequence[Sequence[Component]], *, theme: str, whisper: bool = False) -> str:
    """Messages of ours one under the other, as in a thread."""
    only = '<div class="only">👁 Only you can see this · <a href="#">Dismiss message</a></div>' if whisper else ""
    rows = "".join(
        f'<article><div class="avatar">O</div><div class="message"><header><b>Orchestrator</b>'
        f'<span class="app">APP</span><time>09:32</time></header>{components_html(parts)}{only}</div></article>'
        for parts in messages
    )
    return _page(rows, theme=theme)


def modal_page(modal: Component, *, theme: str) -> str:
    """A form."""
    head = f"<h2>{escape(modal['title'])}</h2>"
    foot = '<div class="foot"><span class="button">Cancel</span><span class="button primary">Submit</span></div>'
    return _page(f'<div class="modal">{head}{components_html(modal["components"])}{foot}</div>', theme=theme)


def components_html(components: Sequence[Component]) -> str:
    """Components one under the other."""
    return "".join(_component(each) for each in components)


def _page(body: str, *, theme: str) -> str:
    report = "document.documentElement.dataset.height = document.body.scrollHeight"
    head = f'<!doctype html><meta charset="utf-8"><style>{STYLE.read_text()}</style>'
    return f'{head}<body class="{theme}">{body}<script>{report}</script>'


def _component(part: Component) -> str:
    match part["type"]:
        case Part.CONTAINER:
            accent = part.get("accent_color")
            edge = f' style="border-left:4px solid #{accent:06x}"' if accent is not None else ""
            return f'<div class="container"{edge}>{components_html(part["components"])}</div>'
        case Part.TEXT_DISPLAY:
            return f'<div class="text">{markdown_html(part["content"])}</div>'
        case Part.SECTION:
            beside = f'<div class="beside">{_component(part["accessory"])}</div>'
            return f'<div class="section"><div>{components_html(part["components"])}</div>{beside}</div>'
        case Part.SEPARATOR:
            return "<hr>"
        case Part.ACTION_ROW:
            return f'<div class="row">{components_html(part["components"])}</div>'
        case Part.BUTTON:
            arrow = " ↗" if part["style"] == LINK else ""
            return f'<span class="button {_STYLES[part["style"]]}">{escape(part["label"])}{arrow}</span>'
        case Part.STRING_SELECT:
            chosen = next((each["label"] for each in part["options"] if each.get("default")), "")
            return f'<div class="select">{escape(chosen or part.get("placeholder", "Choose"))}<i>⌄</i></div>'
        case Part.LABEL:
            return _field(part)
        case kind:
            return f"<mark>{kind}</mark>"


def _field(label: Component) -> str:
    inner = label["component"]
    hint = f'<div class="hint">{escape(label["description"])}</div>' if "description" in label else ""
    star = '<span class="star"> *</span>' if inner.get("required", True) else ""
    if inner["type"] == Part.TEXT_INPUT:
        kind = "area" if inner["style"] == 2 else "field"
        body = f'<div class="{kind}">{escape(inner.get("value", ""))}</div>'
    elif inner["type"] == Part.FILE_UPLOAD:
        body = f'<div class="area files">Drop files here or browse<br>up to {inner["max_values"]}</div>'
    elif inner["type"] == Part.RADIO_GROUP:
        body = "".join(
            f'<div class="radio"><i class="{"on" if each.get("default") else ""}"></i>{escape(each["label"])}'
            f'<span class="hint">{escape(each.get("description", ""))}</span></div>'
            for each in inner["options"]
        )
    else:
        body = _component(inner)
    return f"<label>{escape(label['label'])}{star}</label>{hint}{body}"
