"""Web addresses in text from outside: which ones may be links, and how one is shown so that it says where it goes."""

import re
from collections.abc import Iterator

from adapters.chat.measure import ELLIPSIS

LONGEST = 3_000
"""Characters of an address that is made a link at all."""
# An address every platform takes: no user before the host, nothing but ASCII, and it ends where the word ends.
_ADDRESS = re.compile(
    r"(?<![\w/@.:<-])https?://[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*"
    r"(?::\d{1,5})?(?:[/?#][A-Za-z0-9\-._~:/?#@!$&()*+,;=%]*[A-Za-z0-9\-_~/=&#%+])?(?=[.,;:!?)\]}\"'>]*(?:\s|$))"
)


def is_address(text: str) -> bool:
    """Whether all of `text` is a web address that can be a link."""
    return len(text) <= LONGEST and bool(_ADDRESS.fullmatch(text))


def addresses(text: str) -> Iterator[tuple[str, bool]]:
    """`text` in pieces, and of each whether it is a web address."""
    end = 0
    for found in _ADDRESS.finditer(text):
        if found.end() - found.start() > LONGEST:
            continue
        if found.start() > end:
            yield text[end : found.start()], False
        yield found[0], True
        end = found.end()
    if end < len(text):
        yield text[end:], False


def shown_address(url: str, *, width: int) -> str:
    """`url` without its scheme; of a long one the host and the end, in about `width` characters."""
    shown = url.partition("://")[2].rstrip("/")
    if len(shown) <= width:
        return shown
    host, _, path = shown.partition("/")
    return f"{host}/{ELLIPSIS}{path[-max(1, width - len(host)) :]}"
