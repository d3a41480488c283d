"""A terminal nobody looks at: cards are drawn on it in full, and the moment of the first drawing is kept."""

import io
import re
import time

_CONTROL = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")


class Screen(io.StringIO):
    """Claims to be a terminal, so that the console draws its live card."""

    def __init__(self) -> None:
        super().__init__()
        self.drawn_at_s: float | None = None
        """When the first words came, on the clock of `time.perf_counter`."""

    def isatty(self) -> bool:
        """As a person's terminal answers."""
        return True

    def write(self, text: str, /) -> int:
        """Take it, and notice when it is more than control sequences."""
        if self.drawn_at_s is None and _CONTROL.sub("", text).strip():
            self.drawn_at_s = time.perf_counter()
        return super().write(text)
