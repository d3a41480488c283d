"""What `orchestrator doctor` looks at: the machine, the agent program, the data people edit, and the house itself."""
