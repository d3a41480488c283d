"""Spending far from the usual: stated rules, what is usual, and the look at each model call."""
