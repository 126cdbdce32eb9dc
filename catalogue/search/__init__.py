"""Full-text search over the text index."""
