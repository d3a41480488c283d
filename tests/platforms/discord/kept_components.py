"""How Discord keeps the components of a message, and gives them back: with ids, defaults and the addresses of files."""

from collections.abc import Iterator
from typing import Any

from tests.platforms.discord.message import SELECTS, Attachment, Part, bounds, parts

Json = dict[str, Any]
_DEFAULTS: dict[int, Json] = {
    Part.CONTAINER: {"accent_color": None, "spoiler": False},
    Part.SEPARATOR: {"spacing": 1, "divider": True},
    Part.THUMBNAIL: {"description": None, "spoiler": False},
    Part.FILE: {"spoiler": False},
}


def as_kept(components: list[Json], files: list[Attachment]) -> list[Json]:
    """The components of a message with these files."""
    taken = {each["id"] for each in parts(components) if each.get("id")}
    free = (number for number in range(1, 1000) if number not in taken)
    named = {f"attachment://{each.name}": each for each in files}
    return [_kept(each, free, named) for each in components]


def _kept(part: Json, free: Iterator[int], files: dict[str, Attachment]) -> Json:
    done = _DEFAULTS.get(part["type"], {}) | {name: value for name, value in part.items() if value is not None}
    done["id"] = part.get("id") or next(free)
    if "components" in done:
        done["components"] = [_kept(each, free, files) for each in done["components"]]
    if "accessory" in done:
        done["accessory"] = _kept(done["accessory"], free, files)
    if part["type"] in SELECTS:
        done["min_values"], done["max_values"] = bounds(part)
    if part["type"] == Part.FILE:
        file = files[done["file"]["url"]]
        done |= {"name": file.name, "size": len(file.data)}
    for name in ("media", "file"):
        if name in done:
            done[name] = _media(done[name], done["id"], files)
    if part["type"] == Part.MEDIA_GALLERY:
        shown = {"description": None, "spoiler": False}
        done["items"] = [shown | each | {"media": _media(each["media"], done["id"], files)} for each in done["items"]]
    return done


def _media(media: Json, number: int, files: dict[str, Attachment]) -> Json:
    file = files.get(media["url"])
    kept: Json = {"id": str(number), "url": file.url if file else media["url"], "width": 640, "height": 480}
    kept["proxy_url"] = kept["url"]
    return kept | ({"attachment_id": file.id, "content_type": file.kind} if file else {})
