"""Looking ahead and looking out: what spending will come to, what was unusual, and what could cost less."""
