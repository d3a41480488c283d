"""Questions about money and work: the typed query, its reading from plain words, and its run over the ledger."""
