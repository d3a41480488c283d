"""What work will take, told before it begins, and how such estimates held: dollars, tokens, working time."""
