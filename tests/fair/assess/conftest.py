"""Servers on loopback that play archives."""

from tests.fair.live.conftest import archive, over, pages

__all__ = ["archive", "over", "pages"]
