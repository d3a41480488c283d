"""Cards: what a task, an approval and a bill look like, in the neutral words every chat understands."""
