"""Hits to give, and who sends them."""

from __future__ import annotations

from datetime import datetime, timedelta

from catalogue.fair.usage.hits import INVESTIGATION, REQUEST, Hit

BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0"
PROGRAM = "python-requests/2.32"
ROBOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
ADDRESS = "203.0.113.77"
STUDY, OTHER, IMAGE = "idr:idr0001", "idr:idr0002", "idr:1884807"
START = datetime.fromisoformat("2026-11-22T10:10:00+00:00")


def hit(name: str = STUDY, after_s: float = 0.0, **changed: object) -> Hit:
    """A person's look at a record, so many seconds after START."""
    fields = {
        "at": START + timedelta(seconds=after_s),
        "address": ADDRESS,
        "agent": BROWSER,
        "usage_kind": INVESTIGATION,
        "target": f"/studies/{name}?",
        "names": (name,),
        "size_bytes": 100,
    }
    return Hit(**{**fields, **changed})


def piece(name: str = IMAGE, after_s: float = 0.0, number: int = 0, **changed: object) -> Hit:
    """One of the many answers by which a program reads an image's pixels."""
    fields = {"usage_kind": REQUEST, "target": f"/id/{name}/data/0/{number}?", "agent": PROGRAM, "folded": True}
    return hit(name, after_s, **{**fields, **changed})
