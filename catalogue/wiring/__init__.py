"""The parts of a node on this machine, each made when first asked for; app.py puts them together.

A class holds the parts of one subject and inherits from those it needs. Imports stand inside the parts, so that
`ommatidia --help` or `source list` does not load a graph engine.
"""
