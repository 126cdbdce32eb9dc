"""Command line: parse, call one service, render."""
