"""One image of a PhenoImageShare file with its regions and channels, as an image record; pure.

Terms per region (anatomy, expression, phenotype) stay with their region, as characteristics with the ontology's terms.
"""

from __future__ import annotations

from typing import Any, Final

from catalogue.model.documents import Record, Severity
from catalogue.model.forms import is_web_address
from catalogue.model.identifiers import Identifier, image_identifier
from catalogue.model.ontology_terms import repair_term
from catalogue.problems import BadIdentifier, RecordRejected
from harvesters.account import Entry
from harvesters.draft import METHOD, TAXON, TERM

_NO_NAMES: Final = frozenset({"unknown", "unspecified", "not specified", "no data"})
_PAGES: Final = ("image_generated_by", "organism_generated_by", "host")
_DIMENSIONS: Final = ("image_depth", "image_height", "image_width")
# Keys of regions and channels that only tie the parts of a file together.
_TIES: Final = ("id", "associated_image", "associated_channel", "associated_roi")


class ImageView:
    """Collects what a file says of one image.

    Raises:
        RecordRejected: `bad-identifier`, the image has no usable id.
    """

    def __init__(self, entry: Entry, study: Identifier):
        self.given = entry.text("id", word=True) or ""
        try:
            name = image_identifier(study, self.given.removeprefix("image_"))
        except BadIdentifier as problem:
            raise RecordRejected(problem.detail, reason="bad-identifier") from problem
        self.curie = name.curie
        self.pages: list[tuple[str, str, str]] = []
        self._account = entry.account
        self._terms: dict[str, Record] = {}
        self._observations: list[str] = []
        self._record: Record = {
            "type": "Image", "id": name.curie, "accession": name.accession, "owner": name.prefix,
            "study": study.curie, "alternative_identifiers": [self.given.removeprefix("image_")],
        }  # fmt: skip
        for key in ("associated_roi", "associated_channel"):
            for tie in entry.entries(key):
                tie.texts("el")
        for organism in entry.entries("organism"):
            self._organism(organism)
        for description in entry.entries("image_description"):
            self._description(description)

    def add(self, kind: str, part: Entry) -> None:
        """One region or channel of the image."""
        name = (part.text("id", word=True) or kind).rpartition("-")[2]
        for key in part.keys():  # noqa: SIM118
            if key in _TIES:
                for tie in part.value.get(key) or ():
                    if type(tie) is dict:
                        self._account.opened(tie, f"{part.path}/{key}").texts("el")
                part.raw(key)
            elif key == "coordinates":
                self._coordinates(kind, name, part)
            elif key == "observations":
                self._observations += [text for found in part.entries(key) for text in found.texts("el")]
            else:
                self._annotated(f"{kind} {name}, {key.replace('_', ' ')}", part, key)

    def record(self) -> Record:
        """The image record."""
        if self._observations:
            self._record["title"] = self._observations[0]
            if len(self._observations) > 1:
                self._record["description"] = "\n".join(self._observations)
        if self._terms:
            self._record["terms"] = [self._terms[name] for name in sorted(self._terms)]
        return self._record

    def _organism(self, organism: Entry) -> None:
        taxon = self._term(organism.text("ncbi_taxon_id"), organism.text("taxon", word=True), TAXON, organism.path)
        if taxon:
            self._extend("organisms", taxon)
        sex = organism.text("sex")
        if sex and sex.lower() not in _NO_NAMES:
            self._characteristic("sex", sex, [])
        for stage in organism.entries("stage"):
            term = self._of_term(stage, TERM)
            self._characteristic("developmental stage", stage.text("term_label", word=True), [term] if term else [])

    def _description(self, found: Entry) -> None:
        for key, slot in (("image_url", "thumbnails"), ("image_context_url", "see_also")):
            for address in found.texts(key):
                if is_web_address(address):
                    self._extend(slot, address)
                else:
                    found.complain("url-form", Severity.WARNING, key, "Not an absolute http(s) address; left out.")
        for size in found.entries("image_dimensions"):
            numbers = [str(number) for key in _DIMENSIONS if (number := size.whole(key)) is not None]
            self._characteristic("dimensions (depth, height, width)", " x ".join(numbers), [])
        for key in _PAGES:
            for page in found.entries(key):
                url, title = page.text("url"), page.text("display_name", word=True)
                if url and is_web_address(url):
                    self.pages.append((url, title or url, key.replace("_", " ")))
                elif title:
                    self._characteristic(key.replace("_", " "), title, [])
        for method in found.entries("imaging_method"):
            for element in method.entries("el"):
                for term in element.entries("ontology_term"):
                    if curie := self._of_term(term, METHOD):
                        self._extend("methods", curie)
                self._characteristic("imaging method", element.text("annotation_freetext", word=True), [])
        self._annotated("sample preparation", found, "sample_preparation")
        for kinds in found.entries("image_type"):
            for text in kinds.texts("el"):
                self._characteristic("image type", text, [])
        self._characteristic("sample type", found.text("sample_type", word=True), [])

    def _annotated(self, name: str, holder: Entry, key: str) -> None:
        """A list of annotations, each a term, free text or both, as one characteristic each."""
        for found in holder.entries(key):
            for element in found.entries("el"):
                terms = element.entries("ontology_term")
                curies = [curie for term in terms if (curie := self._of_term(term, TERM))]
                labels = [text for term in terms if (text := term.text("term_label", word=True))]
                words = [*labels, *element.texts("annotation_freetext")]
                self._characteristic(name, "; ".join(words), curies)

    def _coordinates(self, kind: str, name: str, part: Entry) -> None:
        """Where a region lies, in percent of the image along each axis."""
        for found in part.entries("coordinates"):
            said = []
            for axis in "zyx":
                for ends in found.entries(f"{axis}_coordinates"):
                    said.append(f"{axis} " + " to ".join(_numbers(ends)))
            self._characteristic(f"{kind} {name}, coordinates", ", ".join(said), [])

    def _of_term(self, term: Entry, role: str) -> str | None:
        return self._term(term.text("term_id"), term.text("term_label", word=True), role, term.path)

    def _term(self, given: str | None, label: str | None, role: str, path: str) -> str | None:
        """The CURIE of a term, now among the image's; None with a finding where its id is none known here."""
        form = repair_term(given, "NCBITaxon" if role == TAXON else "") if given else None
        if form is None:
            if given:
                message = "No ontology known here has this identifier; kept in words only."
                self._account.note("term-id-unknown", Severity.WARNING, path, given, message)
            return None
        if form.repaired:
            message = f"Read as {form.curie}; write the ontology's own IRI."
            self._account.note("term-id-form", Severity.REPAIRED, path, given, message)
        term: dict[str, Any] = {"type": role, "id": form.curie, "label": label or form.curie}
        if form.repaired:
            term["source_id"] = given
        held = self._terms.setdefault(form.curie, term)
        if role != TERM:
            held["type"] = role
        return form.curie

    def _characteristic(self, name: str, text: str | None, terms: list[str]) -> None:
        if not text:
            return
        held = self._record.setdefault("characteristics", [])
        part: Record = {"id": f"{self.curie}/characteristic/{len(held) + 1}", "name": name, "text_value": text}
        if terms:
            part["value_terms"] = list(dict.fromkeys(terms))
        held.append(part)

    def _extend(self, slot: str, value: str) -> None:
        held = self._record.setdefault(slot, [])
        if value not in held:
            held.append(value)


def _numbers(ends: Entry) -> list[str]:
    """Both ends of a stretch; the same number twice is both of them."""
    return [text.strip() for text in ends.raw("el") or () if type(text) is str and text.strip()]
