"""What is worth reading of a failed job's log: the lines before its last error. Pure."""

import re

MAX_LOG = 12_000
"""Characters: what a model should have to read of one failed check."""
_TIME = re.compile(r"^\ufeff?\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z ", re.MULTILINE)
_COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_ERROR = re.compile(r"^##\[error\].*$", re.MULTILINE)
_GROUP = re.compile(r"^##\[(?:end)?group\]", re.MULTILINE)


def worth_reading(log: str) -> str:
    """The tail that ends with the last error GitHub marked; the very tail where it marked none.

    Times and colours are taken out; what Actions does after the failed step is left out.
    """
    text = _COLOUR.sub("", _TIME.sub("", log.replace("\r\n", "\n")))
    errors = list(_ERROR.finditer(text))
    if errors:
        text = text[: errors[-1].end()]
    return tail(_GROUP.sub("", text).strip())


def tail(text: str) -> str:
    """At most `MAX_LOG` characters from the end, beginning with a whole line."""
    if len(text) <= MAX_LOG:
        return text
    kept = text[-MAX_LOG:]
    return f"…\n{kept[kept.find(chr(10)) + 1 :]}"
