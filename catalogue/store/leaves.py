"""Digests over what a node holds: a leaf a record, a bucket of consecutive accessions, an owner, the node.

Source: federation.md section 6, "Digest". The form is in catalogue/docs/federation.md, for whoever checks us.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from catalogue.model.namespaces import BASE

BUCKET_ACCESSIONS: Final = 1_000
# Stands in a leaf for the status of a record whose payload is not here: it never equals the owner's.
ABSENT: Final = "absent"
_NUMBERED: Final = re.compile(r"(\D*)(\d*)", re.ASCII)
_LONGEST_STEM: Final = 40
_UUID: Final = re.compile(r"([0-9a-f]{3})[0-9a-f]{5}-[0-9a-f]{4}-[0-9a-f]{4}-", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Leaf:
    """The newest version of one record.

    Args:
        status: of the record, or ABSENT.
    """

    curie: str
    epoch: int
    seq: int
    status: str
    payload_digest: str

    @property
    def digest(self) -> bytes:
        """SHA-256 over IRI, owner, epoch, sequence, status and payload digest, each followed by LF."""
        owner = self.curie.partition(":")[0]
        text = f"{BASE}{self.curie}\n{owner}\n{self.epoch}\n{self.seq}\n{self.status}\n{self.payload_digest}\n"
        return hashlib.sha256(text.encode()).digest()


@dataclass(frozen=True, slots=True)
class BucketDigest:
    """What a bucket holds: `digest` over all its records, `live_digest` over those that are not withdrawn."""

    bucket: str
    count: int
    live: int
    digest: str
    live_digest: str


def bucket_of(curie: str) -> str:
    """The bucket of a record: what stands before the first number of its accession, and that number's thousand.

    `S-BIAD634`, `S-BIAD634/images` and `S-BIAD634.embryo-1` are in `S-BIAD0`; `6001240` is in `6001`. An accession that
    is a UUID, as images of the BioImage Archive have, is in the bucket of its first three digits. A record never
    changes its bucket, whatever is added.
    """
    accession = curie.partition(":")[2]
    uuid = _UUID.match(accession)
    if uuid is not None:
        return uuid[1].lower()
    found = _NUMBERED.match(accession)
    assert found is not None  # the pattern fits the empty text
    stem, number = found.groups()
    return stem[:_LONGEST_STEM] + (str(int(number) // BUCKET_ACCESSIONS) if number else "")


def bucket_digest(bucket: str, leaves: Iterable[Leaf]) -> BucketDigest:
    """Digests of a bucket: SHA-256 over the digests of its leaves in ascending order."""
    found = list(leaves)
    alive = [leaf.digest for leaf in found if leaf.status not in ("withdrawn", "replaced")]
    return BucketDigest(bucket, len(found), len(alive), _over(leaf.digest for leaf in found), _over(alive))


def owner_digest(buckets: Iterable[BucketDigest], *, live: bool = False) -> str:
    """SHA-256 (hex) over a line `BUCKET DIGEST` for each bucket, in ascending order of names as bytes.

    Args:
        live: over the digests of live records; buckets without one are left out.
    """
    lines = [
        f"{one.bucket} {one.live_digest if live else one.digest}\n".encode() for one in buckets if one.live or not live
    ]
    return hashlib.sha256(b"".join(sorted(lines))).hexdigest()


def node_digest(owners: Iterable[tuple[str, str]]) -> str:
    """SHA-256 (hex) over a line `OWNER DIGEST` for each (owner, digest), in ascending order."""
    return hashlib.sha256(b"".join(sorted(f"{name} {said}\n".encode() for name, said in owners))).hexdigest()


def _over(digests: Iterable[bytes]) -> str:
    return hashlib.sha256(b"".join(sorted(digests))).hexdigest()
