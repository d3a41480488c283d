"""From a request to a task: its kind, size, workflow, models and planned steps, and the conditions of steps."""
