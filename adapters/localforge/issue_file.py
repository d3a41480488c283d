"""One issue as a Markdown file: front matter, body, comments under `## Comment by NAME` headings. Pure."""

import re
from collections.abc import Iterator, Mapping
from typing import cast

import yaml

from core.domain.errors import ConfigurationError
from core.forge import Issue

_COMMENT = re.compile(r"##\s+Comment by\s+(.+?)\s*#*\s*$")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_EXAMPLE = "Begin the file with three lines: ---, then `title: What is wrong`, then ---"


def parse_issue(text: str, *, reference: str, source: str) -> Issue:
    """The issue in `text`; ConfigurationError naming `source` and what to mend when it is malformed."""
    header, rest = _split(text, source=source)
    fields = _fields(header, source=source)
    body, comments = _sections(rest)
    return Issue(
        reference=reference,
        title=_line(fields, "title", source=source),
        body=body,
        author=_line(fields, "author", source=source, required=False),
        labels=_labels(fields, source=source),
        comments=comments,
    )


def _split(text: str, *, source: str) -> tuple[str, str]:
    lines = text.removeprefix("\ufeff").splitlines()
    if not lines or lines[0].rstrip() != "---":
        raise _malformed("it has no front matter.", source=source, hint=_EXAMPLE)
    ends = [number for number, line in enumerate(lines) if number and line.rstrip() == "---"]
    if not ends:
        raise _malformed("its front matter has no end.", source=source, hint="Close it with a line of three dashes.")
    return "\n".join(lines[1 : ends[0]]), "\n".join(lines[ends[0] + 1 :])


def _fields(header: str, *, source: str) -> Mapping[str, object]:
    try:
        loaded: object = yaml.safe_load(header)
    except (yaml.YAMLError, ValueError) as error:
        mark = error.problem_mark if isinstance(error, yaml.MarkedYAMLError) else None
        place = f" at line {mark.line + 2}" if mark else ""
        raise _malformed(
            f"its front matter is not YAML{place}.",
            source=source,
            hint="Put quotes around values that contain a colon, a # or begin with a special character.",
        ) from error
    if not isinstance(loaded, dict):
        raise _malformed("its front matter is not a list of `name: value` lines.", source=source, hint=_EXAMPLE)
    return {str(key): value for key, value in cast("dict[object, object]", loaded).items()}


def _line(fields: Mapping[str, object], name: str, *, source: str, required: bool = True) -> str:
    value = fields.get(name)
    if isinstance(value, (dict, list)):
        raise _malformed(f"its {name} is not text.", source=source, hint=f"Write it as one line: `{name}: …`")
    line = "" if value is None else " ".join(str(value).split())
    if required and not line:
        raise _malformed(f"it has no {name}.", source=source, hint=f"Add a line `{name}: …` to its front matter.")
    return line


def _labels(fields: Mapping[str, object], *, source: str) -> tuple[str, ...]:
    value = fields.get("labels")
    if value is None:
        return ()
    if not isinstance(value, list):
        raise _malformed("its labels are not a list.", source=source, hint="Write them as `labels: [bug, urgent]`")
    labels = cast("list[object]", value)
    if any(isinstance(label, (dict, list)) for label in labels):
        raise _malformed("one of its labels is not text.", source=source, hint="Write them as `labels: [bug, urgent]`")
    return tuple(str(label) for label in labels)


def _sections(text: str) -> tuple[str, tuple[str, ...]]:
    """The body, then each comment as `NAME: text`; a heading inside a code fence begins no comment."""
    sections: list[tuple[str, list[str]]] = [("", [])]
    for line, fenced in _with_fences(text):
        heading = None if fenced else _COMMENT.match(line)
        if heading:
            sections.append((heading[1], []))
        else:
            sections[-1][1].append(line)
    (_, body), *comments = sections
    return _joined(body), tuple(f"{name}: {_joined(lines)}" for name, lines in comments)


def _with_fences(text: str) -> Iterator[tuple[str, bool]]:
    fence = ""
    for line in text.splitlines():
        mark = _FENCE.match(line)
        yield line, bool(fence)
        if mark and not fence:
            fence = mark[1]
        elif fence and line.strip().startswith(fence) and set(line.strip()) == {fence[0]}:
            fence = ""


def _joined(lines: list[str]) -> str:
    return "\n".join(lines).strip()


def _malformed(what: str, *, source: str, hint: str) -> ConfigurationError:
    return ConfigurationError(f"The issue file {source} cannot be used: {what}", source=source, hint=hint)
