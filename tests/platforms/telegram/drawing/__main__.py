"""Draws the cards as a phone shows them in Telegram: `python -m tests.platforms.telegram.drawing [FOLDER] [NAME …]`.

Needs a Chromium (Debian: `apt-get install chromium fonts-noto-color-emoji`); CHROMIUM names another one.
Each card is drawn light and dark.
"""

import sys
import tempfile
from pathlib import Path

from tests.platforms.chromium import draw, find_chromium
from tests.platforms.telegram.drawing.samples import pictures

_WIDTH = 390


def main(arguments: list[str]) -> int:
    """Draw the named pictures, or all, into a folder."""
    chromium = find_chromium()
    if not chromium:
        print("There is no Chromium here: apt-get install chromium fonts-noto-color-emoji", file=sys.stderr)
        return 1
    folder = Path(arguments[0] if arguments else "build/telegram")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        for picture in pictures():
            if arguments[1:] and picture.name not in arguments[1:]:
                continue
            for theme in ("light", "dark"):
                page = Path(scratch) / f"{picture.name}-{theme}.html"
                page.write_text(picture.draw(theme))
                target = folder / f"telegram-{picture.name}-{theme}.png"
                profile = Path(scratch) / "profile"
                draw(chromium, page=page, target=target, width=_WIDTH, profile=profile, margin=0)
                print(target)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
