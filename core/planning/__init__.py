"""From a request to a task: its title, its issue, its workflow."""
