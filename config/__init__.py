"""Settings, their loaders, and the data a user edits: roles, workflows, prices, permissions."""
