"""`oai_dc`: what the fifteen elements of Dublin Core can say of a study or image."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from catalogue.exchange.xml_text import XSI, element
from catalogue.model.namespaces import BASE, expand

if TYPE_CHECKING:
    from catalogue.store.entries import Entry

_NAMESPACE: Final = "http://www.openarchives.org/OAI/2.0/oai_dc/"
_SCHEMA: Final = "http://www.openarchives.org/OAI/2.0/oai_dc.xsd"
_OPEN: Final = (
    f'<oai_dc:dc xmlns:oai_dc="{_NAMESPACE}" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xsi="{XSI}" '
    f'xsi:schemaLocation="{_NAMESPACE} {_SCHEMA}">'
)
_ACCESS: Final = {
    "PUBLIC": "info:eu-repo/semantics/openAccess",
    "RESTRICTED": "info:eu-repo/semantics/restrictedAccess",
    "NON_PUBLIC": "info:eu-repo/semantics/closedAccess",
}
# DCMI Type Vocabulary, by which harvesters tell kinds of resources apart.
_TYPES: Final = {"Study": "Dataset", "Image": "StillImage"}


def subject_words(record: dict[str, Any]) -> list[str]:
    """Keywords and the labels of organisms, methods and subjects, each once."""
    labels = {term["id"]: term.get("label") for term in record.get("terms", ()) if "id" in term}
    named = [labels.get(curie) for name in ("organisms", "methods", "subjects") for curie in record.get(name, ())]
    return list(dict.fromkeys([*record.get("keywords", ()), *(label for label in named if label)]))


class DublinCore:
    """Unqualified Dublin Core, which every repository must offer."""

    prefix = "oai_dc"
    schema = _SCHEMA
    namespace = _NAMESPACE
    order = 1

    def covers(self, record: dict[str, Any]) -> bool:
        """Every record: no element is mandatory."""
        return True

    def metadata(self, entry: Entry, record: dict[str, Any], base: str) -> str:
        """The element `oai_dc:dc`."""
        return _OPEN + "".join(element(f"dc:{name}", value) for name, value in dublin_core(record)) + "</oai_dc:dc>"


def dublin_core(record: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Elements of Dublin Core and their values, in the order in which they are written."""
    for name, field in (("title", "title"), ("description", "description")):
        if field in record:
            yield name, record[field]
    yield from (("title", text) for text in record.get("alternative_titles", ()))
    yield from (("creator", person["name"]) for person in record.get("authors", ()) if "name" in person)
    yield from (("contributor", agent["name"]) for agent in record.get("contributors", ()) if "name" in agent)
    yield from (("subject", word) for word in subject_words(record))
    if "name" in record.get("publisher", {}):
        yield "publisher", record["publisher"]["name"]
    if "date_published" in record:
        yield "date", record["date_published"]
    yield "type", _TYPES.get(record["type"], record["type"])
    yield from (("identifier", name) for name in _identifiers(record))
    yield from (("language", code) for code in record.get("languages", ()))
    if "study" in record:
        yield "relation", BASE + record["study"]
    yield from (("relation", f"https://doi.org/{paper['doi']}") for paper in record.get("publications", ())
                if "doi" in paper)  # fmt: skip
    if "license" in record:
        yield "rights", record["license"]
    if record.get("access", {}).get("access_level") in _ACCESS:
        yield "rights", _ACCESS[record["access"]["access_level"]]


def _identifiers(record: dict[str, Any]) -> Iterator[str]:
    """The federation's IRI first, then what the owner calls it."""
    yield expand(record["id"])
    if "doi" in record:
        yield f"https://doi.org/{record['doi']}"
    if "landing_page" in record:
        yield record["landing_page"]


METADATA_FORMAT = DublinCore()
