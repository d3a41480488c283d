"""Draws the cards as Slack would show them: `python -m tests.platforms.slack.drawing [FOLDER] [NAME …]`.

Needs a Chromium (Debian: `apt-get install chromium fonts-lato fonts-noto-color-emoji`); CHROMIUM names another one.
Each card is drawn for a desktop, light and dark, and for a phone.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.platforms.slack.drawing.samples import pictures

_SHAPES = (("light", "light", 700), ("dark", "dark", 700), ("phone", "light", 390))
_TIMEOUT_S = 60
_HEIGHT = re.compile(r'data-height="(\d+)"')
_SHARPNESS = 2


def main(arguments: list[str]) -> int:
    """Draw the named pictures, or all, into a folder."""
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if not chromium:
        print("There is no Chromium here: apt-get install chromium fonts-lato fonts-noto-color-emoji", file=sys.stderr)
        return 1
    folder = Path(arguments[0] if arguments else "build/slack")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        for picture in pictures():
            if arguments[1:] and picture.name not in arguments[1:]:
                continue
            for shape, theme, width in _SHAPES:
                page = Path(scratch) / f"{picture.name}-{shape}.html"
                page.write_text(picture.draw(theme))
                target = folder / f"slack-{picture.name}-{shape}.png"
                _draw(chromium, page=page, target=target, width=width, profile=Path(scratch) / "profile")
                print(target)
    return 0


def _draw(chromium: str, *, page: Path, target: Path, width: int, profile: Path) -> None:
    """A picture as high as its page."""
    found = _HEIGHT.search(_run(chromium, "--dump-dom", page=page, width=width, height=600, profile=profile))
    height = int(found[1]) if found else 1_200
    _run(chromium, f"--screenshot={target.resolve()}", page=page, width=width, height=height + 24, profile=profile)


def _run(chromium: str, order: str, *, page: Path, width: int, height: int, profile: Path) -> str:
    command = [
        chromium,
        "--headless",
        "--no-sandbox",
        "--hide-scrollbars",
        "--disable-gpu",
        f"--user-data-dir={profile}",
        f"--force-device-scale-factor={_SHARPNESS}",
        # narrower windows are drawn as wide as this by some versions, so the page sets its own width
        f"--window-size={width},{height}",
        order,
        page.as_uri(),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=_TIMEOUT_S, check=True)
    return done.stdout


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
