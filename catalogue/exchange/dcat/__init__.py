"""The catalogue in DCAT-AP 3.0.1 and as a FAIR Data Point: records of the ledger as triples, page by page."""
