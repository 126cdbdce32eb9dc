"""How the ledger's tables came to be: Alembic revisions, run by catalogue.store.database."""
