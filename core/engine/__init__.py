"""Everything that touches DBOS: launch, queues, the durable task workflow, recovery."""
