"""Draws the cards as Discord would show them: `python -m tests.platforms.discord.drawing [FOLDER] [NAME …]`.

Needs a Chromium (Debian: `apt-get install chromium fonts-noto-core fonts-noto-color-emoji`); CHROMIUM names another.
Each card is drawn for a desktop, dark and light, and for a phone.
"""

import sys
import tempfile
from pathlib import Path

from tests.platforms.chromium import draw, find_chromium
from tests.platforms.discord.drawing.samples import pictures

_SHAPES = (("dark", "dark", 700), ("light", "light", 700), ("phone", "dark", 390))


def main(arguments: list[str]) -> int:
    """Draw the named pictures, or all, into a folder."""
    chromium = find_chromium()
    if not chromium:
        print("There is no Chromium here: apt-get install chromium fonts-noto-color-emoji", file=sys.stderr)
        return 1
    folder = Path(arguments[0] if arguments else "build/discord")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        for picture in pictures():
            if arguments[1:] and picture.name not in arguments[1:]:
                continue
            for shape, theme, width in _SHAPES:
                page = Path(scratch) / f"{picture.name}-{shape}.html"
                page.write_text(picture.draw(theme))
                target = folder / f"discord-{picture.name}-{shape}.png"
                draw(chromium, page=page, target=target, width=width, profile=Path(scratch) / "profile")
                print(target)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
