"""The AgentRunner port, the permission policy, prompts, typed results and file logs."""
