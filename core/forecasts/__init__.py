"""What a day, week or month will come to, as a band, and whether a budget lasts."""
