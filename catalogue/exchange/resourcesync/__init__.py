"""ResourceSync 1.1 over the ledger, free of Flask: the N-Triples document of each record is a resource."""
