"""How much room the worktrees take."""

import os
from pathlib import Path


def size_of(folder: Path) -> int:
    """Bytes of all files below `folder`: links are not followed, a file with several names counts once.

    Blocking. Files that go away meanwhile, or cannot be read, count nothing.
    """
    total, seen, waiting = 0, set[tuple[int, int]](), [folder]
    while waiting:
        for entry in _entries(waiting.pop()):
            try:
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(Path(entry.path))
                    continue
                stat = entry.stat(follow_symlinks=False)
            except OSError:
                continue
            if stat.st_nlink > 1:
                if (stat.st_dev, stat.st_ino) in seen:
                    continue
                seen.add((stat.st_dev, stat.st_ino))
            total += stat.st_size
    return total


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError:
        return []
