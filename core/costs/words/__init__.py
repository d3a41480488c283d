"""Plain English words read as typed queries: deterministic, free, and nothing but rules."""
