"""Text of agents and of strangers as GitHub shows it without doing anything: nobody is called, no issue closed. Pure.

GitHub calls people at `@name`, links at `#12`, and closes issues at words such as `fixes #12` once a pull request is
merged. A joiner that nobody sees takes each of them its meaning; code, where they have none, stays as it is.
"""

import re

JOINER = "\u2060"
_CODE = re.compile(
    r"(^ {0,3}(?P<fence>`{3,}|~{3,})[^\n]*\n.*?(?:^ {0,3}(?P=fence)[`~]*[ \t]*$|\Z)"
    r"|(?<!`)(?P<ticks>`+)(?!`)[^\n]*?(?<!`)(?P=ticks)(?!`))",
    re.MULTILINE | re.DOTALL,
)
_NAMES = re.compile(r"(?<![\w/])@(?=[A-Za-z0-9])")
_NUMBERS = re.compile(r"#(?=\d)")
_SHORT = re.compile(r"\bGH-(?=\d)", re.IGNORECASE)
_CLOSING = re.compile(r"\b(clos(?:e[sd]?)|fix(?:e[sd])?|resolve[sd]?)(?=:?\s+https?://)", re.IGNORECASE)


def harmless(text: str) -> str:
    """`text`, which reads the same and does nothing."""
    parts, at = list[str](), 0
    for code in _CODE.finditer(text):
        parts += [_still(text[at : code.start()]), code[0]]
        at = code.end()
    return "".join([*parts, _still(text[at:])])


def _still(text: str) -> str:
    text = _NAMES.sub(f"@{JOINER}", text)
    text = _NUMBERS.sub(f"#{JOINER}", text)
    text = _SHORT.sub(lambda found: f"{found[0]}{JOINER}", text)
    return _CLOSING.sub(lambda found: f"{found[0][0]}{JOINER}{found[0][1:]}", text)
