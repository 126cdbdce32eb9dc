"""From a partner's document to a ledger entry: harmonise, identify, validate, decide, append."""
