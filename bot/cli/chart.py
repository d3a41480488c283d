"""`--chart FILE`: the picture of an answer, written where somebody wants it."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from core.domain.errors import InvalidInputError

if TYPE_CHECKING:
    from bot.commands.context import Context
    from bot.commands.reply import Reply

_KINDS = {".png": "png", ".svg": "svg"}


def chart_path(text: str, *, dark: bool) -> Path | None:
    """Where the picture goes; None for ''. InvalidInputError for a place or a kind of file that cannot be."""
    if not text:
        if dark:
            raise InvalidInputError("--dark is about the picture.", hint="Say where it goes: --chart costs.png")
        return None
    path = Path(text).expanduser()
    if path.suffix.lower() not in _KINDS:
        raise InvalidInputError(f"{text} is no picture.", hint="Name a .png or .svg file: --chart costs.png")
    if not path.parent.is_dir():
        raise InvalidInputError(f"There is no folder {path.parent}.", hint="Make it first, or choose another one.")
    if path.exists() and not path.is_file():
        raise InvalidInputError(f"{text} is there already, and is no file.", hint="Choose another name.")
    return path


def drawing_into(chat: "Context", path: Path | None, *, dark: bool) -> "Context":
    """`chat`, where pictures are drawn as `path` wants them; `dark`, or as the settings say."""
    if path is None:
        return chat
    from adapters.charts import MatplotlibCharts

    dark = dark or chat.seen.settings.pictures.dark
    return replace(chat, charts=MatplotlibCharts(dark=dark, kind="svg" if path.suffix.lower() == ".svg" else "png"))


async def write_chart(reply: "Reply", path: Path) -> None:
    """Draw what goes with `reply` into `path`, and say so; InvalidInputError when that cannot be."""
    from bot.commands.reply import Private

    make = reply.picture if isinstance(reply, Private) else None
    file = await make() if make is not None else None
    if file is None:
        hint = "A picture needs several figures: costs by day, costs by role --all-time"
        raise InvalidInputError("A picture would say no more than this.", hint=hint)
    done = "Replaced" if _put(path, file.data) else "Wrote"
    typer.echo(f"{done} {path}.", err=True)


def _put(path: Path, data: bytes) -> bool:
    """Write the file; whether there was one already."""
    there = path.exists()
    try:
        path.write_bytes(data)
    except OSError as error:
        raise InvalidInputError(f"{path} cannot be written: {error.strerror}.", hint="Choose another place.") from error
    return there
