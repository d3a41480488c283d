"""The components messages and modals are made of, as Discord takes them; every text must be ready to be shown."""

from collections.abc import Sequence
from typing import cast

from adapters.chat.measure import fitted
from adapters.chat.payload import Payload
from adapters.discord import limits

ROW, BUTTON, SELECT, SECTION, TEXT, GALLERY, SEPARATOR, CONTAINER, LABEL = 1, 2, 3, 9, 10, 12, 14, 17, 18
"""Types (page: Components reference)."""
PRIMARY, SECONDARY, SUCCESS, DANGER, LINK = 1, 2, 3, 4, 5
"""Styles of buttons."""


def container(parts: Sequence[Payload], *, accent: int | None, mark: int = 0) -> Payload:
    """A card with a coloured edge."""
    made: dict[str, object] = {"type": CONTAINER, "components": list(parts)}
    return made | ({"accent_color": accent} if accent is not None else {}) | ({"id": mark} if mark else {})


def text_display(text: str) -> Payload:
    """Text in Markdown; it must not be empty."""
    return {"type": TEXT, "content": text}


def section(text: str, accessory: Payload) -> Payload:
    """Text with something beside it."""
    return {"type": SECTION, "components": [text_display(text)], "accessory": accessory}


def separator() -> Payload:
    """A thin line."""
    return {"type": SEPARATOR, "divider": True, "spacing": 1}


def gallery(url: str, *, description: str = "") -> Payload:
    """One picture."""
    shown: dict[str, object] = {"media": {"url": url}}
    if description:
        shown["description"] = description
    return {"type": GALLERY, "items": [shown]}


def row(elements: Sequence[Payload]) -> Payload:
    """Up to five buttons, or one select."""
    return {"type": ROW, "components": list(elements)}


def button(label: str, *, token: str, style: int = SECONDARY) -> Payload:
    """A button that is heard of by its token."""
    return {"type": BUTTON, "style": style, "label": fitted(label, limit=limits.BUTTON), "custom_id": token}


def link_button(label: str, url: str) -> Payload:
    """A button that opens an address."""
    return {"type": BUTTON, "style": LINK, "label": fitted(label, limit=limits.BUTTON), "url": url}


def select(custom_id: str, options: Sequence[tuple[str, str, str]], *, placeholder: str) -> Payload:
    """A menu; of each option its words, its value and what explains it ('' for nothing)."""
    offered = [
        {"label": fitted(words, limit=limits.OPTION), "value": value}
        | ({"description": fitted(explained, limit=limits.OPTION)} if explained else {})
        for words, value, explained in options
    ]
    shown = fitted(placeholder, limit=limits.PLACEHOLDER)
    return {"type": SELECT, "custom_id": custom_id, "options": offered, "placeholder": shown}


def label(text: str, component: Payload, *, hint: str = "") -> Payload:
    """A field of a modal with what it is called."""
    made: dict[str, object] = {"type": LABEL, "label": text, "component": component}
    return made | ({"description": hint} if hint else {})


def number_of(parts: object) -> int:
    """How many components there are, nested ones among them."""
    if isinstance(parts, list | tuple):
        return sum(number_of(part) for part in cast("Sequence[object]", parts))
    if not isinstance(parts, dict):
        return 0
    part = cast("Payload", parts)
    return 1 + number_of(part.get("components")) + number_of(part.get("accessory"))


def texts_of(parts: object) -> list[str]:
    """What all text displays say."""
    if isinstance(parts, list | tuple):
        return [text for part in cast("Sequence[object]", parts) for text in texts_of(part)]
    if not isinstance(parts, dict):
        return []
    part = cast("Payload", parts)
    content = part.get("content")
    own = [content] if part.get("type") == TEXT and isinstance(content, str) else []
    return own + texts_of(part.get("components")) + texts_of(part.get("accessory"))
