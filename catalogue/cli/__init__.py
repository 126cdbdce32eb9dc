"""The command line: parse, call one service, render.

Services are imported inside the commands that need them, so that `ommatidia --help` loads no database and no arrays.
"""
