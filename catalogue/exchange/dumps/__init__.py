"""Nightly dumps: everything that a node holds, as files that others read without it (federation.md, S6)."""
