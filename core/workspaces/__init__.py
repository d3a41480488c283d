"""Git worktrees, branches and commits of tasks, and the verify command run in them."""
