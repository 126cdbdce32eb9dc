"""Feeds of the log for those who follow a part of it: which entries belong to one, and its pages."""
