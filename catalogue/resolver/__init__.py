"""From any accepted identifier form to a record, its state and where it lives."""
