"""Ledgers with signed entries of every kind, and one that has them from another as a member would."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from catalogue.model.payload import canonical
from catalogue.model.signing import NodeKey
from catalogue.store.ledger import Ledger

START = datetime(2026, 11, 26, 10, 0, tzinfo=UTC)
OWNER = "idr"


class Ticking:
    """A clock that moves on by a second each time it is asked."""

    def __init__(self, start: datetime = START) -> None:
        self.now = start

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


def open_signed(folder: Path, name: str = "one", start: datetime = START) -> Ledger:
    """An empty ledger with a key of its own."""
    key = NodeKey.load(folder / f"{name}.key", create=True)
    return Ledger(f"sqlite:///{folder / f'{name}.db'}", Ticking(start), key=key)


def study(number: int, title: str = "A study", **more: Any) -> dict[str, Any]:
    """A short record of a study."""
    accession = f"idr{number:04}"
    said = {"type": "Study", "id": f"{OWNER}:{accession}", "accession": accession, "owner": OWNER, "title": title}
    return said | {"license": "https://creativecommons.org/licenses/by/4.0/"} | more


def tombstone(number: int, **more: Any) -> dict[str, Any]:
    """What is left of a study."""
    accession = f"idr{number:04}"
    said = {"type": "Tombstone", "id": f"{OWNER}:{accession}", "accession": accession, "owner": OWNER}
    return said | {"record_type": "Study", "date_withdrawn": "2026-11-26", "reason": "withdrawn by its owner"} | more


def image_list(number: int) -> dict[str, Any]:
    """The manifest of a study's list of images, in two chunks."""
    chunks = [
        {"sha256": digit * 64, "rows": 3, "size_bytes": 1_000, "first": f"{digit}00", "last": f"{digit}02"}
        for digit in "12"
    ]
    said = {"type": "ImageList", "id": f"{OWNER}:idr{number:04}/images", "accession": f"idr{number:04}/images"}
    return said | {
        "owner": OWNER,
        "study": f"{OWNER}:idr{number:04}",
        "form": "1",
        "rows": 6,
        "withdrawn": 0,
        "formats": {"OME-Zarr": 6},
        "total_size_bytes": 10_000,
        "chunks": chunks,
    }


def append(ledger: Ledger, record: dict[str, Any], status: str = "public", **more: Any) -> None:
    """One more version, in a transaction of its own."""
    append_all(ledger, [record], status, **more)


def append_all(ledger: Ledger, records: list[dict[str, Any]], status: str = "public", **more: Any) -> None:
    """Versions in one transaction."""
    with ledger.transaction() as writer:
        for record in records:
            writer.append(
                curie=record["id"],
                owner=record["owner"],
                kind=more.get("kind", "study"),
                parent=more.get("parent"),
                status=status,
                payload=canonical(record),
                source="idr",
                harvester="test/1",
                retrieved_at=START,
                aliases=more.get("aliases", ()),
            )


def fill(ledger: Ledger) -> None:
    """230 entries: creations, updates, suppressed, replaced, withdrawn records; an image, lists and one's tombstone."""
    append_all(ledger, [study(n, f"Study {n}") for n in range(1, 211)])
    append_all(
        ledger,
        [study(n, f'Study {n}, "again" \\ <é>\n') for n in range(1, 9)],
        aliases=["http://old.example/x", "b", "a"],
    )
    append(ledger, study(9, "Hidden"), "suppressed")
    append(ledger, tombstone(10), "withdrawn")
    append(ledger, tombstone(11, replaced_by="idr:idr0012"), "replaced")
    append(ledger, study(10, "Back again"))
    image = {"type": "Image", "id": "idr:1001", "accession": "1001", "owner": OWNER, "study": "idr:idr0001"}
    append(ledger, image | {"title": "An image"}, kind="image", parent="idr:idr0001")
    for number in (1, 2):
        curie = f"{OWNER}:idr{number:04}"
        append(ledger, image_list(number), kind="image-list", parent=curie)
    stone = tombstone(2) | {"id": "idr:idr0002/images", "accession": "idr0002/images", "record_type": "Image"}
    chunks = image_list(2)["chunks"][:1]
    stone |= {"study": "idr:idr0002", "form": "1", "withdrawn": 3, "chunks": chunks}
    append(ledger, stone, "withdrawn", kind="image-list", parent="idr:idr0002")
    append_all(ledger, [study(n, f"Study {n}") for n in range(211, 215)])


def relay(source: Ledger, target: Ledger, without: frozenset[int] = frozenset()) -> None:
    """All entries of one ledger into another, as a member gives them; without the payloads at some positions."""
    for signed in source.registry.tenures():
        target.registry.put_tenure(signed, "n" + "0" * 16)
    with target.transaction() as writer:
        for exchanged in _all(source):
            payload = b"" if exchanged.entry.position in without else exchanged.entry.payload
            writer.append_received(
                exchanged.log,
                exchanged.signature,
                payload,
                received_from="n" + "0" * 16,
                source="member",
                source_url="https://member.example/ldes",
                harvester="member/1",
                run_id=None,
                retrieved_at=START,
            )


def _all(ledger: Ledger) -> Iterator[Any]:
    after = 0
    while found := ledger.log.entries(after, 500):
        yield from found
        after = found[-1].entry.position
