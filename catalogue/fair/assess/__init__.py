"""Assessments of one study: held here, not yet published, or at any address; nothing of them is recorded."""
