"""Text for Slack's own markup: escaped exactly once, and never read as markup of ours.

Plain text objects, rich text and tables show what they are given; only `mrkdwn` objects and the text beside blocks are
parsed, so only those are escaped (docs.slack.dev/messaging/formatting-message-text).
"""

import re
from datetime import datetime

from adapters.chat.address import is_address, shown_address
from adapters.chat.measure import fitted, units
from adapters.chat.text import one_line

_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_LONGEST_ESCAPE = 5
_MOMENT = 60
"""Columns of a moment for clients that cannot show the reader's own."""
# `*`, `_`, `~` and backticks format a word only where it begins; `>` and lists do so only at the beginning of a line.
_FORMATS = re.compile(r"(?<!\w)[*_~`]|^(?:>|[•-] |\d+\. )|:[a-z0-9_+'-]+:")


def escaped(text: str) -> str:
    """`text` so that Slack shows these very characters; nothing in it can be a link, a mention or a command."""
    return text.translate(_ESCAPES)


def literal(text: str, *, limit: int) -> str:
    """`text` as one line of mrkdwn of at most `limit` units that shows it as it is; '' when there is nothing to show.

    Where Slack would take a character of it for formatting it is shown as code.
    """
    line = one_line(text, width=limit)
    if not _FORMATS.search(line):
        return _escaped_to_fit(line, limit=limit)
    # an apostrophe for the one character that cannot stand in code
    return f"`{_escaped_to_fit(line.replace('`', chr(0x2019)), limit=limit - 2)}`"


def linked(text: str, *, limit: int) -> str:
    """As `literal`, but an address is a link that shows itself."""
    line = one_line(text, width=limit)
    if is_address(line):
        link = f"<{escaped(line)}>"
        if units(link) <= limit:
            return link
    return literal(line, limit=limit)


def address_link(url: str, *, width: int) -> str:
    """A link that shows its own address without the scheme, its end when it is long; '' when it is no address."""
    if not is_address(url):
        return ""
    shown = shown_address(url, width=width)
    return f"<{escaped(url)}|{escaped(shown)}>"


def moment(at: datetime, *, fallback: str) -> str:
    """A moment in the reader's own time and words; `fallback` is for clients that cannot."""
    said = escaped(one_line(fallback, width=_MOMENT)).replace("|", " ")
    return f"<!date^{int(at.timestamp())}^{{date_short_pretty}} {{time}}|{said}>"


def _escaped_to_fit(text: str, *, limit: int) -> str:
    """Escaped after it was cut, so that no entity is."""
    if units(text) * _LONGEST_ESCAPE <= limit or units(escaped(text)) <= limit:
        return escaped(text)
    most = limit
    while units(escaped(cut := fitted(text, limit=most))) > limit:
        # each escape adds at most four, so this ends after a few rounds
        most -= max(1, (units(escaped(cut)) - limit) // _LONGEST_ESCAPE)
    return escaped(cut)
