"""Renderings of records and of the log, free of Flask."""
