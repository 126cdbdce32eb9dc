"""Renderings of one report, one format a file."""
