"""What begins by the clock: the owner that wakes at each schedule's time, and what it does then."""
