"""Pages as pictures, by a Chromium without a window (Debian: `apt-get install chromium fonts-noto-color-emoji`)."""

import os
import re
import shutil
import subprocess
from pathlib import Path

_TIMEOUT_S = 60
_HEIGHT = re.compile(r'data-height="(\d+)"')
_SHARPNESS = 2


def find_chromium() -> str | None:
    """The browser named by CHROMIUM, or one that is installed; None when there is none."""
    return os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")


def draw(chromium: str, *, page: Path, target: Path, width: int, profile: Path, margin: int = 24) -> None:
    """A picture of `page`, as high as the page says in its attribute `data-height`; lengths are pixels."""
    found = _HEIGHT.search(_run(chromium, "--dump-dom", page=page, width=width, height=600, profile=profile))
    height = int(found[1]) if found else 1_200
    order = f"--screenshot={target.resolve()}"
    _run(chromium, order, page=page, width=width, height=height + margin, profile=profile)


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
