"""What the ledger tells of an entry, as triples."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from catalogue.fair.dataset import dataset_at
from catalogue.fair.entry_lines import kept_source, listed_formats
from catalogue.model.payload import canonical
from catalogue.store.entries import Entry

WHEN = datetime(2026, 1, 1, tzinfo=UTC)
STUDY = Entry(
    1, "idr:idr0001", "idr", 0, 1, "study", None, "create", "public", b"{}", "", "", "", "s", None, "d" * 64, "idr/1",
    None, WHEN, WHEN,
)  # fmt: skip
LIST = replace(
    STUDY, curie="idr:idr0001/images", kind="image-list", parent="idr:idr0001",
    payload=canonical({"rows": 3, "formats": {"OME-Zarr": 2, "CZI": 1}}),
)  # fmt: skip


class Timeline:
    """A ledger that gives its entries in some order."""

    def __init__(self, *entries: Entry) -> None:
        self._entries = list(entries)

    def heads_at(self, position: int, kinds: object, after: str, limit: int) -> list[Entry]:
        return [] if after else self._entries

    def recorded_at(self, position: int) -> None:
        return None

    entry_hash = recorded_at


def test_order_of_the_database_is_in_no_digest() -> None:
    """Nodes whose databases order names otherwise come to the same digests."""
    study = {"type": "Study", "id": "idr:idr0001", "accession": "idr0001", "owner": "idr", "title": "t"}
    first = replace(STUDY, payload=canonical(study), payload_digest="1" * 64)
    images = [
        replace(
            STUDY, curie=f"idr:{name}", kind="image", parent="idr:idr0001", payload_digest=name[-1] * 64,
            payload=canonical(
                {"type": "Image", "id": f"idr:{name}", "accession": name, "owner": "idr", "study": "idr:idr0001"}
            ),
        )
        for name in ("idr0001.B", "idr0001.a")
    ]  # fmt: skip
    made = [dataset_at(Timeline(first, *of), 3, ["dcterms:title"]).studies for of in (images, images[::-1])]
    assert made[0] == made[1] and made[0][0].images_digest


def test_source_is_named_by_its_digest() -> None:
    """Both the document's digest and the mapping that read it are told."""
    said = b"".join(kept_source(STUDY)).decode()
    assert f'sourceDigest> "{"d" * 64}"' in said and 'harvester> "idr/1"' in said
    assert "sourceDigest" not in b"".join(kept_source(replace(STUDY, original_digest=None))).decode()


def test_formats_of_a_list_belong_to_its_study() -> None:
    """Each format of a list is told as that of an image of the study, in the model's terms."""
    said = b"".join(listed_formats(LIST)).decode()
    assert said.count("<http://purl.org/dc/terms/isPartOf> <https://w3id.org/ommatidia/idr:idr0001> .") == 2
    assert "<http://purl.org/dc/terms/format> <https://w3id.org/ommatidia/terms/OmeZarr> ." in said
    assert list(listed_formats(replace(LIST, status="suppressed"))) == []
