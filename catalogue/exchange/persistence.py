"""What becomes of metadata in the long run: the promises of the software, and what its operator adds to them.

Source: OSTrails core test "Metadata Persistence" (FAIR A2); RDA FAIR Data Maturity Model, A2-01M.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from catalogue.exchange.base import PERSISTENCE
from catalogue.exchange.dcat.triples import Triples, find_address, name, text

PREDICATE: Final = PERSISTENCE[0]
POLICY: Final = PERSISTENCE[1]
PATH: Final = "/policy/persistence"
TITLE: Final = "Persistence of metadata"
PROMISES: Final = (
    (
        "An identifier is never used twice",
        "It names one record for good. When the record goes, its identifier stays reserved; no other record gets it.",
    ),
    (
        "A record that goes leaves a tombstone",
        "Its address answers 410 Gone with what remains: title, people, archive, when and why it was withdrawn, as "
        "page, JSON-LD, Turtle, N-Triples and N-Quads. Tombstones are kept for ever; what was withdrawn is not served "
        "again.",
    ),
    (
        "Who is replaced is followed",
        "A record that continues under another identifier leads there from its former one.",
    ),
    (
        "Nothing is overwritten",
        "Every version of a record is an entry of a log that is only added to and chained by hashes, so that loss and "
        "change are noticed. The document that an archive gave is kept beside the record as long as the record is.",
    ),
    (
        "No node has to be the only one",
        "Members of the federation hold the metadata of each other and prove it by comparing digests; each answers for "
        "every identifier. Who holds what at present is told at /federation. Identifiers name no node and "
        "outlive all of them.",
    ),
    (
        "It can be carried off",
        "All of it can be had as files in open formats, with hashes, and be served again by anybody.",
    ),
)
"""Headline and sentence of each promise that holds on every node."""
METADATA_ONLY: Final = (
    "Data stay with their archives, whose own policies hold for them. Metadata here do not end with the data."
)


@dataclass(frozen=True, slots=True)
class Stated:
    """What the operator of a node adds.

    Args:
        promise: in their own words; "" where none is stated.
        license: address of the licence of the catalogue's own words; "" where none is stated.
    """

    promise: str = ""
    license: str = ""


def policy_triples(stated: Stated) -> Triples:
    """The policy as RDF, under the IRI that records name."""
    out, node = Triples(), f"<{POLICY}>"
    out.add(node, "rdf:type", name("dct:Policy"))
    out.add(node, "dct:title", text(TITLE))
    out.add(node, "dct:description", *(text(f"{headline}. {sentence}") for headline, sentence in PROMISES))
    out.add(node, "dct:description", text(METADATA_ONLY))
    if stated.promise:
        out.add(node, "dct:description", text(stated.promise))
    out.add_typed(node, "dct:license", find_address(stated.license), "dct:LicenseDocument")
    return out
