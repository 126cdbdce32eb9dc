"""Runs the ledger's migrations in the transaction that catalogue.store.database has opened."""

from __future__ import annotations

from alembic import context

from catalogue.store.schema import metadata

# Alembic holds SQLite's DDL for untransactional; with BEGIN IMMEDIATE sent by ourselves it is not, so a killed
# migration leaves the old ledger (reliability.md, G18).
context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, transactional_ddl=True)
with context.begin_transaction():
    context.run_migrations()
