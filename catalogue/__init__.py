"""The catalogue: model, ledger, views and services of a node (DESIGN section 5)."""
