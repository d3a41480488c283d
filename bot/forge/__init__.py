"""The program's side of forges: which one a project is at, what is heard from there, and what is done about it."""
