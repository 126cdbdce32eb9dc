"""Durable state: the ledger (truth) and its views (graph, text index)."""
