"""A node with records of every kind and status, for clients to read, and what its ledger says of them."""

from __future__ import annotations

from pathlib import Path

from catalogue.store.entries import GONE, Entry
from catalogue.store.image_lists import LIST
from tests.exchange.harvested import BASE, Node, study
from tests.web.studies_for_pages import human_study, image
from tests.web.studies_for_pages import study as full_study


def seed(folder: Path, studies: int = 205) -> Node:
    """A node with more than two pages of studies, images, texts that XML cannot hold, deletions and a suppression."""
    node = Node(folder)
    node.put(*(study(number, "Cells \x00 & <b>\ufffe") for number in range(1, studies + 1)))
    node.put(full_study(), human_study(), image("biostudies:S-BIAD1.a", "biostudies:S-BIAD1"))
    node.clock.go(3600)
    node.put(study(5, "Changed"))
    node.withdraw("biostudies:S-BIAD7")
    node.withdraw("biostudies:S-BIAD9", "replaced", replaced_by="biostudies:S-BIAD10")
    node.put(study(8, "Doubtful"), status="suppressed")
    node.clock.go(5)
    return node


def heads(node: Node) -> list[Entry]:
    """Newest versions of all records."""
    return [entry for entry in node.ledger.heads() if entry.kind != LIST]


def told(node: Node) -> dict[str, tuple[str, bool]]:
    """Identifier -> datestamp and whether it is deleted, of every record, as OAI-PMH must tell them."""
    return {
        BASE + entry.curie: (f"{entry.recorded_at:%Y-%m-%dT%H:%M:%SZ}", entry.status in GONE) for entry in heads(node)
    }


def titles(node: Node) -> dict[str, str]:
    """Identifier -> title, of every record that is not gone; what XML cannot hold is U+FFFD."""
    return {
        BASE + entry.curie: entry.record["title"].replace("\x00", "\ufffd").replace("\ufffe", "\ufffd")
        for entry in heads(node)
        if entry.status not in GONE
    }
