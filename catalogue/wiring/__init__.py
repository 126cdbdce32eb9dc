"""The parts of a node on this machine, each made when first asked for; app.py puts them together.

A class holds one subject's parts and inherits from those it needs; like app.py it stands above every floor. Imports
stand inside the parts, so that `ommatidia --help` or `source list` does not load a graph engine.
"""
