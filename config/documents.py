"""Documents people edit, checked: every problem at once, one line each, with the nearest known key."""

import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import deepcopy
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from types import UnionType
from typing import TypeVar, Union, get_args, get_origin

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from core.domain.errors import ConfigurationError

Model = TypeVar("Model", bound=BaseModel)
Location = tuple[str | int, ...]
SHOWN_VALUE_LENGTH = 40
SECRET_WORDS = ("key", "token", "secret", "password", "passwd", "credential", "environment", "url")


class Document(BaseModel):
    """Base of every checked shape: unknown keys are errors, values never change after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def checked(
    model: type[Model], data: object, *, source: str, origin: Callable[[Location], str] | None = None, hint: str = ""
) -> Model:
    """`data` as a `model`; ConfigurationError with one line for each problem otherwise.

    `origin` names the file or variable a single value came from when they are not all from `source`.
    """
    try:
        return model.model_validate(data)
    except ValidationError as error:
        found = error.errors(include_url=False)
    told = [(origin(item["loc"]) if origin else source, problem(model, item)) for item in found]
    lines = [f"{where}: {what}" for where, what in told]
    raise ConfigurationError("\n".join(lines), source=told[0][0], hint=hint or "Correct what is named and start again.")


def problem(model: type[BaseModel], error: ErrorDetails) -> str:
    """One line for one error that validation found."""
    location = tuple(part for part in error["loc"] if part != "[key]")
    key = dotted(location)
    if error["type"] == "extra_forbidden":
        return f"{key} is not a known key.{suggestion(str(location[-1]), known_keys(model, location[:-1]))}"
    if error["type"] == "missing":
        return f"{key} is missing."
    if error["type"] == "value_error":
        said = str(error["msg"]).removeprefix("Value error, ")
        return f"{key}: {said}" if key else said
    said = str(error["msg"]).replace("Input should", "must", 1).replace("String should", "must", 1)
    return f"{key} {said}{shown_value(key, error['input'])}."


def shown_value(key: str, value: object) -> str:
    """`, not 'x'` for a short value that cannot be a secret, else nothing."""
    if any(word in key.lower() for word in SECRET_WORDS) or not isinstance(value, str | int | float):
        return ""
    text = repr(value)
    return f", not {text}" if len(text) <= SHOWN_VALUE_LENGTH else ""


def suggestion(key: str, known: Iterable[str]) -> str:
    """` Did you mean …?` with the nearest known key, else what is known."""
    names = sorted(known)
    near = get_close_matches(key.lower(), names, n=1, cutoff=0.6)
    if near:
        return f" Did you mean {near[0]}?"
    return f" Known here: {', '.join(names)}." if names else ""


def dotted(location: Sequence[str | int]) -> str:
    """`projects.shop.model`, `rules[2].effect`."""
    text = ""
    for part in location:
        text += f"[{part}]" if isinstance(part, int) else f"{'.' if text else ''}{part}"
    return text


def known_keys(model: type[BaseModel], location: Sequence[str | int]) -> tuple[str, ...]:
    """The keys `model` knows at `location`; empty where any key goes or there is no table."""
    found = annotation_at(model, location)
    if isinstance(found, type) and issubclass(found, BaseModel):
        return tuple(field.alias or name for name, field in found.model_fields.items())
    return ()


def annotation_at(annotation: object, location: Sequence[str | int]) -> object:
    """The type at `location` below `annotation`; None where the shape ends before."""
    kind = one_of(annotation)
    if not location:
        return kind
    head, rest = location[0], location[1:]
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        field = kind.model_fields.get(str(head))
        return annotation_at(field.annotation, rest) if field else None
    arguments = get_args(kind)
    if get_origin(kind) in (dict, Mapping) and len(arguments) == 2:
        return annotation_at(arguments[1], rest)
    return annotation_at(arguments[0], rest) if arguments and isinstance(head, int) else None


def one_of(annotation: object) -> object:
    """`X` for `X | None`."""
    if get_origin(annotation) in (Union, UnionType):
        present = [item for item in get_args(annotation) if item is not type(None)]
        return present[0] if len(present) == 1 else annotation
    return annotation


def text_of(path: Path) -> str:
    """The text of a file a person wrote; ConfigurationError when it cannot be read."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ConfigurationError(
            f"{path}: not UTF-8 text (byte {error.start}).", source=str(path), hint="Save the file as UTF-8."
        ) from error
    except OSError as error:
        raise ConfigurationError(
            f"{path}: cannot be read ({error.strerror}).", source=str(path), hint="Check the path and its permissions."
        ) from error


def toml_of(path: Path) -> dict[str, object]:
    """The TOML document in `path`; ConfigurationError with line and column when it is not one."""
    try:
        return tomllib.loads(text_of(path))
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(
            f"{path}: not valid TOML: {error}.",
            source=str(path),
            hint='Correct that line; texts stand in quotes: name = "value".',
        ) from error


def yaml_of(text: str, *, source: str, first_line: int = 1, as_text: bool = False) -> object:
    """The YAML document in `text`, which begins at `first_line` of `source`; `as_text` keeps scalars as written."""
    try:
        return deepcopy(_parsed(text, as_text=as_text))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + first_line if error.problem_mark else first_line
        said = error.problem or "it cannot be read"
        raise ConfigurationError(
            f"{source}: not valid YAML: {said} (at line {line}).",
            source=source,
            hint="Correct that line; texts with a colon stand in quotes.",
        ) from error
    except yaml.YAMLError as error:
        raise ConfigurationError(
            f"{source}: not valid YAML: {str(error).splitlines()[0]}.",
            source=source,
            hint="Remove characters that do not print.",
        ) from error
    except (ValueError, RecursionError) as error:
        # a date that is none, a number of thousands of digits, brackets in brackets in brackets …
        said = "nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise ConfigurationError(
            f"{source}: a value cannot be read: {said}.", source=source, hint="Put texts into quotes."
        ) from error


@lru_cache(maxsize=256)
def _parsed(text: str, *, as_text: bool) -> object:
    """The same files are read for each project, and reading YAML takes longer than anything else at a start."""
    if as_text:
        # makes texts, lists and tables and nothing else: 1.10 stays 1.10, and `on` stays a word
        return yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506
    return yaml.safe_load(text)
