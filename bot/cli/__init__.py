"""The command line: one module per family of commands, thin over `core.Orchestrator`."""
