"""The arguments of a call, however they came: in the address, as a form, with files, or as JSON."""

import json
from typing import Any

from aiohttp import web

from tests.platforms.telegram.call import RefusedError, Upload
from tests.platforms.telegram.message import Json

_STRUCTURED_NAMES = """
    allowed_updates caption_entities commands entities link_preview_options media menu_button message_ids
    reaction reply_markup reply_parameters rich_message rights scope
"""
_STRUCTURED = frozenset(_STRUCTURED_NAMES.split())
_ATTACHED = "attach://"


async def read(request: web.Request) -> Json:
    """All arguments of a request; structured ones may still be text, see `unpack`."""
    arguments: Json = dict(request.query)
    match request.content_type:
        case "application/json":
            body = await request.read()
            arguments |= json.loads(body) if body else {}
        case "multipart/form-data":
            arguments |= await _form(request)
        case _:
            arguments |= dict(await request.post())
    return arguments


class Arguments(Json):
    """Unpacked arguments: whoever reads one that is missing refuses the call."""

    def __missing__(self, name: str) -> Any:
        raise RefusedError(f"{name} is missing", defect=True)


def unpack(arguments: Json) -> Arguments:
    """With the structured arguments as values; RefusedError when one of them is no JSON."""
    unpacked = Arguments()
    for name, value in arguments.items():
        if name in _STRUCTURED and isinstance(value, str):
            try:
                unpacked[name] = json.loads(value)
            except ValueError:
                raise RefusedError(f"can't parse {name} JSON object", defect=True) from None
        else:
            unpacked[name] = value
    return unpacked


def whole(arguments: Json, name: str) -> int:
    """A number; 0 when there is none."""
    value = arguments.get(name) or 0
    try:
        return int(value)
    except (TypeError, ValueError):
        raise RefusedError(f"invalid {name} specified", defect=True) from None


def flag(arguments: Json, name: str) -> bool:
    """Yes or no; no when it is not said."""
    return str(arguments.get(name, "")).lower() in {"true", "1"}


async def _form(request: web.Request) -> Json:
    arguments: Json = {}
    for name, value in (await request.post()).items():
        arguments[name] = _upload(value) if isinstance(value, web.FileField) else value
    attached = {name: value for name, value in arguments.items() if isinstance(value, Upload)}
    used: set[str] = set()
    for name, value in arguments.items():
        if isinstance(value, str) and value.startswith(_ATTACHED):
            used.add(value.removeprefix(_ATTACHED))
            arguments[name] = attached.get(value.removeprefix(_ATTACHED), value)
    return {name: value for name, value in arguments.items() if name not in used}


def _upload(field: web.FileField) -> Upload:
    data: Any = field.file.read()
    return Upload(name=field.filename, data=data, mime_type=field.content_type)
