"""Slack's markup in what people wrote, undone: mentions become names, links addresses, entities characters.

Code keeps its backticks and every character between them. The markup is described at docs.slack.dev, "Formatting
message text".
"""

import re
from collections.abc import Callable

NameOf = Callable[[str], str]
"""The name of a user or channel id, '' when it is not known."""

_ANGLE = re.compile(r"<([^<>\n]+)>")
_PEOPLE = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^<>]*)?>")
_CHANNELS = re.compile(r"<#([CGD][A-Z0-9]+)\|?>")
_SCHEME = re.compile(r"^(?:https?://|mailto:|tel:)")


def undone(text: str, *, name_of: NameOf) -> str:
    """`text` as its writer saw it."""
    plain = _ANGLE.sub(lambda found: _seen(found[1], name_of), text)
    # `&amp;` last: `&amp;lt;` is what somebody wrote as `&lt;`
    return plain.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def without_us(text: str, us: str) -> str:
    """`text` (with its markup) without the mentions of the user `us`."""
    mention = rf"<@{re.escape(us)}(?:\|[^<>]*)?>"
    text = re.sub(rf"\A\s*(?:{mention}[ \t]*[,:]?\s*)+", "", text)
    return re.sub(rf"[ \t]*{mention}", "", text).strip()


def mentions(text: str, us: str) -> bool:
    """Whether `text` (with its markup) calls the user `us`."""
    return any(found[1] == us for found in _PEOPLE.finditer(text))


def mentioned(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """The ids of the people and of the channels whose names are needed to show `text`."""
    return (
        frozenset(found[1] for found in _PEOPLE.finditer(text)),
        frozenset(found[1] for found in _CHANNELS.finditer(text)),
    )


def _seen(inside: str, name_of: NameOf) -> str:
    target, _, label = inside.partition("|")
    match target[:1]:
        case "@":
            return f"@{(label or name_of(target[1:]) or target[1:]).removeprefix('@')}"
        case "#":
            return f"#{(label or name_of(target[1:]) or target[1:]).removeprefix('#')}"
        case "!":
            return _special(target[1:], label)
        case _:
            return _address(target, label, inside)


def _special(target: str, label: str) -> str:
    """`<!here>`, `<!subteam^S1|@team>`, `<!date^1392734382^{date}|yesterday>`."""
    name, _, rest = target.partition("^")
    if name == "date":
        return label or rest
    return label or f"@{rest or name}"


def _address(target: str, label: str, inside: str) -> str:
    """A link's address; what Slack made a link by itself (`main.py`, `a@b.org`) is again what was typed."""
    if not _SCHEME.match(target) and "://" not in target:
        return f"<{inside}>"
    if label and label == _SCHEME.sub("", target):
        return label
    return target
