"""OAI-PMH 2.0 over the ledger, free of Flask."""
