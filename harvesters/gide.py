"""Harvester `gide`: detached RO-Crates of the Global Image Data Ecosystem, one study each, as study records.

Reads the GIDE search profile 0.2 in its three dialects (BioImage Archive with EMPIAR, IDR, SSBD); field.md 4 and 5.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from catalogue.model.documents import Event, Mapped, Record, Severity, SourceDocument, SourceSpec
from catalogue.model.forms import day, is_web_address, licence_iri
from catalogue.problems import RecordRejected
from harvesters.documents import iter_documents
from harvesters.gide_crate import Crate, Entity
from harvesters.gide_identity import find_root, identify
from harvesters.gide_people import People
from harvesters.gide_profile import CONTEXT, RETIRED_HOSTS, SIZE_UNITS, SUFFIX
from harvesters.gide_protocols import Protocols
from harvesters.gide_samples import Samples
from harvesters.gide_terms import Terms
from harvesters.http import Fetcher
from harvesters.jsonbytes import MAX_BYTES, parse_json

_LARGEST: Final = 2**63 - 1


class GideHarvester:
    """Reads crates from a folder, a tar archive, an HTTP index or a Git repository, and maps each to one Study."""

    name = "gide"
    version = "3"

    def __init__(self, fetcher: Fetcher):
        self._fetcher = fetcher

    def fetch(self, source: SourceSpec, since: str | None, known: Mapping[str, str]) -> Iterator[Event]:
        """Every crate at the source's location, then one Listed; see harvesters.documents.

        Raises:
            SourceUnavailable: the location cannot be read whole now.
            SourceChanged: the location is not what it was said to be.
        """
        return iter_documents(
            source.location,
            since=since,
            known=known,
            suffix=SUFFIX,
            fetcher=self._fetcher,
            max_bytes=MAX_BYTES,
            options=source.options,
        )

    def map(self, document: SourceDocument, source: SourceSpec) -> Mapped:
        """The study of one crate, with findings and an account of every source property.

        Raises:
            RecordRejected: not strict JSON, no single root, no certain identity, another's accession, no title, or a
                publication date that is none.
        """
        parsed = parse_json(document.content)
        crate = Crate(parsed.value)
        if parsed.had_bom:
            crate.note("byte-order-mark", Severity.REPAIRED, "@context", "EF BB BF", "JSON begins without a mark.")
        if parsed.controls_removed:
            crate.note(
                "control-character", Severity.REPAIRED, "@graph", str(parsed.controls_removed),
                "Control characters were taken out of the texts.",
            )  # fmt: skip
        root = find_root(crate)
        identity = identify(crate, root, document.item, source.owners)
        _check_context(crate, root)
        record = _study(crate, root, identity.curie)
        record.update(
            id=identity.curie, accession=identity.accession, owner=identity.prefix, landing_page=identity.landing_page
        )
        if identity.given != identity.accession:
            record["alternative_identifiers"] = [identity.given]
        mapped, ignored, unmapped = crate.close()
        return Mapped([record], crate.findings, mapped, ignored, unmapped)


def _study(crate: Crate, root: Entity, curie: str) -> Record:
    title = crate.text(root, "name")
    if title is None:
        raise RecordRejected(
            f"Dataset.name is {root.get('name')!r:.100}; a study needs a title. Fill in `name`.",
            reason="schema-required",
            path="Dataset.name",
            value=root.get("name", ""),
        )
    terms = Terms(crate, curie)
    samples = Samples(crate, terms, curie)
    samples.read(root)
    protocols = Protocols(crate, terms, curie)
    protocols.read(root)
    people = People(crate, curie)
    publications, addresses = people.publications(root)
    fields: dict[str, Any] = {
        "description": crate.text(root, "description", lines=True),
        "keywords": crate.texts(root, "keywords"),
        "license": _licence(crate, root),
        "copyright_notice": crate.text(root, "copyrightNotice"),
        "date_published": _date_published(crate, root),
        "publisher": people.publisher(root),
        "authors": people.authors(root),
        "publications": publications,
        "see_also": addresses,
        "grants": people.grants(root),
        "organisms": sorted(samples.organisms),
        "methods": sorted(protocols.methods),
        "subjects": sorted(samples.subjects),
        "biosamples": samples.biosamples,
        "specimens": protocols.specimens,
        "acquisitions": protocols.acquisitions,
        "protocols": protocols.protocols,
        "analyses": protocols.analyses,
        "thumbnails": _thumbnails(crate, root),
        "terms": terms.listed(),
    }
    record: Record = {"type": "Study", "title": title}
    record.update((key, value) for key, value in fields.items() if value)
    record.update(_sizes(crate, root))
    _note_gaps(crate, record)
    _check_date_types(crate, publications)
    return record


def _note_gaps(crate: Crate, record: Record) -> None:
    for slot, name in (
        ("description", "description"), ("license", "license"), ("date_published", "datePublished"),
        ("publisher", "publisher"), ("authors", "author"), ("organisms", "about"), ("methods", "measurementMethod"),
    ):  # fmt: skip
        if slot not in record:
            crate.note(
                f"{slot.replace('_', '-')}-missing", Severity.WARNING, f"Dataset.{name}", "",
                f"The profile requires {name}; nothing usable is given.",
            )  # fmt: skip


def _licence(crate: Crate, root: Entity) -> str | None:
    value = root.get("license")
    if type(value) is not str and (targets := crate.references(root, "license")):
        for target in targets:
            if target.entity is not None:
                crate.leave_out(target.entity, "describes the licence, whose address is kept")
        given: str | None = targets[0].iri or targets[0].text
        if len(targets) > 1:
            crate.complain(
                "several-values", Severity.WARNING, root, "license", value, "One licence is expected; the first stays."
            )
    else:
        given = crate.text(root, "license", word=True)
    if not given:
        return None
    found = licence_iri(given)
    if found is None:
        crate.complain(
            "license-form", Severity.WARNING, root, "license", given,
            "No web address and no licence name with a version; left out. Write the licence's address.",
        )  # fmt: skip
        crate.drop(root, "license", "names no licence for certain")
    elif found != given:
        crate.complain("license-form", Severity.REPAIRED, root, "license", given, f"Read as {found}.")
    return found


def _date_published(crate: Crate, root: Entity) -> str | None:
    given = crate.text(root, "datePublished")
    if given is None:
        return None
    found = day(given)
    if found is None:
        raise RecordRejected(
            f"Dataset.datePublished is '{given[:100]}', which is no calendar day. Write YYYY-MM-DD.",
            reason="schema-required",
            path="Dataset.datePublished",
            value=given,
        )
    if found != given:
        crate.complain("date-form", Severity.REPAIRED, root, "datePublished", given, f"Read as the day {found}.")
    return found


def _thumbnails(crate: Crate, root: Entity) -> list[str]:
    given = crate.texts(root, "thumbnailUrl")
    found = [address for address in given if is_web_address(address)]
    for address in given:
        if not is_web_address(address):
            crate.complain(
                "url-form", Severity.WARNING, root, "thumbnailUrl", address, "Not an http(s) address; left out."
            )
    if given and not found:
        crate.drop(root, "thumbnailUrl", "not an absolute web address")
    retired = [address for address in found if address.split("/", 3)[2] in RETIRED_HOSTS]
    if retired:
        crate.complain(
            "retired-host", Severity.INFO, root, "thumbnailUrl", retired[0],
            f"{len(retired)} of {len(found)} thumbnails lie on a host that no longer answers; kept as given.",
        )  # fmt: skip
    return found


def _sizes(crate: Crate, root: Entity) -> dict[str, int]:
    """File count and bytes, told apart by unit code and never by type (BIA misspells the type of all of them)."""
    found: dict[str, int] = {}
    for reference in crate.references(root, "size"):
        entity = reference.entity
        if entity is None or reference.kind != "QuantitativeValue":
            crate.complain(
                "size-unusable", Severity.WARNING, root, "size", reference.iri or reference.text,
                "A QuantitativeValue of this crate is expected; left out.",
            )  # fmt: skip
            continue
        unit = crate.text(entity, "unitCode")
        slot = SIZE_UNITS.get(unit or "")
        value = _whole_number(crate, entity)
        if slot is None:
            crate.complain(
                "size-unit-unknown", Severity.WARNING, entity, "unitCode", unit or "",
                "Neither the code of a file count nor of bytes; left out.",
            )  # fmt: skip
            crate.drop(entity, "value", "of an unknown unit")
            crate.drop(entity, "unitCode", "an unknown unit")
        elif value is not None:
            if found.setdefault(slot, value) != value:
                crate.complain(
                    "several-values", Severity.WARNING, entity, "value", str(value), f"{slot} stays {found[slot]}."
                )
            elif value == 0:  # S-BIAD1069 and 16 others: a study of no files
                crate.complain("size-zero", Severity.WARNING, entity, "value", "0", "A published study has files.")
    return found


def _whole_number(crate: Crate, entity: Entity) -> int | None:
    value = crate.use(entity).get("value")
    number: int | None = None
    if type(value) is int:
        number = value
    elif type(value) is float and value.is_integer():
        number = int(value)
    elif type(value) is str and value.strip().isascii() and value.strip().isdigit() and len(value) < 30:
        number = int(value)
        crate.complain("number-as-text", Severity.REPAIRED, entity, "value", value, "Write a number without quotes.")
    if number is not None and 0 <= number <= _LARGEST:
        return number
    crate.complain("size-value", Severity.WARNING, entity, "value", value, "A whole number from 0 on is expected.")
    crate.drop(entity, "value", "no whole number from 0 on")
    return None


def _check_date_types(crate: Crate, publications: list[dict[str, Any]]) -> None:
    """A finding where the context types every datePublished xsd:date, and papers give a year (SSBD, 305 papers)."""
    given = crate.context if type(crate.context) is list else [crate.context]
    typed = any(
        type(part) is dict
        and type(part.get("datePublished")) is dict
        and part["datePublished"].get("@type") == "xsd:date"
        for part in given
    )
    years = [issued for paper in publications if len(issued := paper.get("date_issued", "")) in (4, 7)]
    if typed and years:
        crate.note(
            "date-type", Severity.REPAIRED, "@context.datePublished", years[0],
            "The context types this xsd:date, which a year or month is not; typed by its form.",
        )  # fmt: skip


def _check_context(crate: Crate, root: Entity) -> None:
    """Findings on terms that the crate's context moves: what is read goes by the profile's names."""
    given = crate.context if type(crate.context) is list else [crate.context]
    for part in given:
        if type(part) is not dict:
            continue
        for name, value in part.items():
            expected = CONTEXT.get(name)
            iri = value.get("@id") if type(value) is dict else value
            if expected is None or iri == expected:
                continue
            if name == "seeAlso" and iri == "rdf:seeAlso":
                if "seeAlso" in root:
                    crate.note(
                        "context-see-also", Severity.REPAIRED, "@context.seeAlso", "rdf:seeAlso",
                        "No such term in rdf:; read as rdfs:seeAlso.",
                    )  # fmt: skip
            else:
                crate.note(
                    "context-redefined", Severity.WARNING, f"@context.{name}", iri,
                    f"The profile fixes this term to {expected}, as which it was read.",
                )  # fmt: skip
