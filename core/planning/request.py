"""A request as a person wrote it: cleaned, named, and read for what it refers to."""

import re
import unicodedata
from collections.abc import Iterable

from core.domain.errors import InvalidInputError
from core.planning.assessment import assess, workflow_for

MAX_REQUEST_LENGTH = 100_000
MAX_TITLE_LENGTH = 72

# Categories no prompt, card, log or database needs: control characters and unpaired surrogates.
_DROPPED = frozenset({"Cc", "Cs"})
_KEPT = frozenset("\n\t")
_LINE_ENDS = re.compile(r"\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")

_REPOSITORY = r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}/[A-Za-z0-9._-]{1,100}"
_NUMBER = r"[1-9][0-9]{0,9}(?![0-9])"
_REFERENCES = (
    re.compile(
        rf"https?://[^\s/]{{1,253}}/(?P<repository>{_REPOSITORY})/(?:-/)?issues/(?P<number>{_NUMBER})", re.ASCII
    ),
    re.compile(rf"(?<![\w/.-])(?P<repository>{_REPOSITORY})#(?P<number>{_NUMBER})", re.ASCII),
    re.compile(rf"(?<![\w&#/])#(?P<number>{_NUMBER})(?!\w)", re.ASCII),
    re.compile(
        rf"\b(?:issue|bug|ticket)[ \t]{{1,3}}(?:no\.?[ \t]?|nr\.?[ \t]?)?(?P<number>{_NUMBER})(?!\w)", re.ASCII | re.I
    ),
)

_PULL_REQUESTS = (
    re.compile(
        rf"https?://[^\s/]{{1,253}}/(?P<repository>{_REPOSITORY})/(?:-/)?(?:pull|pulls|merge_requests)/"
        rf"(?P<number>{_NUMBER})(?:[/?#]\S*)?",
        re.ASCII,
    ),
    re.compile(rf"(?P<repository>{_REPOSITORY})#(?P<number>{_NUMBER})", re.ASCII),
    re.compile(rf"(?:(?:PR|pull request)[ \t]*)?#?(?P<number>{_NUMBER})", re.ASCII | re.I),
)


def clean_request(text: str) -> str:
    """`text` as every later part can carry it: NFC, no control characters but newline and tab, 100,000 characters.

    A longer one ends with a note that says how much is missing. InvalidInputError when nothing readable is left.
    """
    # Twice the limit is enough to clean: what cleaning removes beyond that was not a request.
    read = _LINE_ENDS.sub("\n", text[: 2 * MAX_REQUEST_LENGTH])
    kept = "".join(character for character in read if _is_kept(character))
    cleaned = unicodedata.normalize("NFC", kept).strip()
    if not any(character.isprintable() and not character.isspace() for character in cleaned):
        raise InvalidInputError(
            "The request is empty.", hint='Say what is to be done, for example: orchestrator run "fix issue #123".'
        )
    if len(cleaned) <= MAX_REQUEST_LENGTH and len(text) <= 2 * MAX_REQUEST_LENGTH:
        return cleaned
    note = f"\n\n[The request had {len(text):,} characters; what follows here was cut off.]"
    return cleaned[: MAX_REQUEST_LENGTH - len(note)].rstrip() + note


def _is_kept(character: str) -> bool:
    return character in _KEPT or unicodedata.category(character) not in _DROPPED


def title_of(request: str) -> str:
    """One printable line of at most 72 characters that tells what the request is about."""
    for line in _LINE_ENDS.sub("\n", request[:MAX_REQUEST_LENGTH]).split("\n"):
        # Format characters go, and with them the power to reorder or hide text; other blanks become plain spaces.
        title = " ".join("".join(map(_visible, line)).split())
        if title:
            return title if len(title) <= MAX_TITLE_LENGTH else shortened(title)
    return "Request"


def _visible(character: str) -> str:
    if character.isspace():
        return " "
    return character if character.isprintable() else ""


def shortened(title: str) -> str:
    """`title` cut after a word where one ends in its second half, with an ellipsis."""
    cut = title[: MAX_TITLE_LENGTH - 1]
    space = cut.rfind(" ")
    return (cut[:space] if space > MAX_TITLE_LENGTH // 2 else cut).rstrip() + "…"


def pull_request_reference(text: str) -> str:
    """`45` or `owner/repo#45` of a pull request named by number or address; InvalidInputError when it is neither."""
    named = text.strip()
    for pattern in _PULL_REQUESTS:
        if found := pattern.fullmatch(named):
            repository = found.groupdict().get("repository")
            return f"{repository}#{found['number']}" if repository else found["number"]
    raise InvalidInputError(
        f"{shortened(title_of(named)) if len(named) > MAX_TITLE_LENGTH else named or 'That'} names no pull request.",
        hint="Give its number or its address, for example: review PR #45.",
    )


def issue_reference(request: str) -> str:
    """The first issue the request names: `123`, or `owner/repo#123` when it names the repository too; '' for none."""
    for pattern in _REFERENCES:
        found = pattern.search(request)
        if found:
            repository = found.groupdict().get("repository")
            return f"{repository}#{found['number']}" if repository else found["number"]
    return ""


def choose_workflow(request: str, labels: Iterable[str] = ()) -> str:
    """The name of the workflow that fits what `request` asks for, by the rules of `core.planning.assessment`."""
    return workflow_for(assess(request, labels=tuple(labels)).type)
