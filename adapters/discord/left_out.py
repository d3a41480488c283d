"""What a card has no room for, as a file: Discord shows the beginning of a text file and unfolds the rest."""

import re

from adapters.chat.card import Card, Code, Markdown, Text
from adapters.chat.file import File
from adapters.chat.text import printable
from adapters.discord.render import rendered

_LONGEST = 1_000_000
"""Characters of a section that are handed over."""
_TITLE = "All of it"
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_SUFFIX = {"diff": "diff", "python": "py", "json": "json", "yaml": "yaml", "markdown": "md", "": "txt"}


def left_out(card: Card) -> File | None:
    """The whole of what is cut in `card`; None where everything is shown."""
    sections = [card.sections[at] for at in rendered(card).cut]
    texts = [section for section in sections if isinstance(section, Text | Markdown | Code)]
    if not texts:
        return None
    only = texts[0] if len(texts) == 1 else None
    language = only.language if isinstance(only, Code) else "" if isinstance(only, Text) else "markdown"
    data = "\n\n".join(printable(section.text[:_LONGEST]).strip("\n") for section in texts)
    name = _UNSAFE.sub("-", card.key).strip("-.")[:60] or "text"
    suffix = _SUFFIX.get(language, "txt")
    return File(name=f"{name}.{suffix}", data=data.encode(), title=_TITLE, language=language)
