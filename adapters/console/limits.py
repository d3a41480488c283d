"""What a terminal can take."""

MAX_WIDTH = 100
"""Columns of a card; longer lines are hard to read."""
MIN_WIDTH = 24
"""Columns below which nothing sensible can be drawn; a narrower terminal wraps by itself."""
PLAIN_WIDTH = 100
"""Columns of a line where there is no terminal to measure."""

DRAW_INTERVAL_S = 0.1
"""Shortest time between two drawings: ten a second."""
TICK_INTERVAL_S = 1.0
"""Longest time between two drawings: clocks on a card go on."""

MAX_LINES = 400
"""Lines of one text or code section that are printed."""
MAX_SECTION_CHARACTERS = 40_000
MAX_LINE_CHARACTERS = 4_000
"""Characters of one answer typed at the keyboard."""
READ_BYTES = 4_096
