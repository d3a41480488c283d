"""Work and reports by the clock: times in people's words, which of them are due, and how they are kept."""
