"""How often records are used, by the COUNTER Code of Practice for Research Data 1.0.1. Read docs/usage.md."""
