"""Whether a person, a program or a robot asked, told by the User-Agent.

Source: Code of Practice for Research Data 1.0.1, "Internet Robots and Crawlers" and "Machine Access".
"""

from __future__ import annotations

from typing import Final

import counter_robots

from catalogue.fair.usage.hits import MACHINE, REGULAR

MOST_CHARACTERS: Final = 500
"""What is read of a User-Agent; those of browsers have about 120."""
# Every browser in use begins so; readers of Zarr (aiohttp, object_store, Java) do not.
_BROWSERS: Final = ("Mozilla/", "Opera/")

# Nodes that look whether their own pages and those of others are well (catalogue.fair.live) use nothing.
_NODES: Final = "Ommatidia/"


def access_method(agent: str) -> str | None:
    """'regular' for a browser, 'machine' for a program that somebody set to work, None for a robot.

    COUNTER's list of robots names curl, wget and Python too, which the Code wants counted; so its list of machines is
    asked first. Programs that neither list knows are machines, because the Code excludes known robots only.
    """
    seen = agent[:MOST_CHARACTERS]
    if seen.startswith(_NODES):
        return None
    if counter_robots.is_machine(seen):
        return MACHINE
    if counter_robots.is_robot(seen):
        return None
    return REGULAR if seen.startswith(_BROWSERS) else MACHINE
