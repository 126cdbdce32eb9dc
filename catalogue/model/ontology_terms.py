"""Ontology term identifiers as people write them, repaired to the one canonical CURIE.

Pure: the form may change, the term never does. Table of forms: field.md section 7; prefixes: schema/prefixes.toml.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from catalogue.model.namespaces import ONTOLOGIES

MAX_LENGTH: Final = 500
OBO: Final = "http://purl.obolibrary.org/obo/"


@dataclass(frozen=True, slots=True)
class TermForm:
    """An ontology term, as written and as meant.

    Args:
        curie: canonical, such as `FBbi:00000246`.
        iri: the ontology's own IRI of the term.
        repaired: True when `original` is neither the CURIE, nor the IRI, nor its `obo:` form.
        original: the text as given.
    """

    curie: str
    iri: str
    repaired: bool
    original: str


_BY_FOLDED: Final = {name.lower(): name for name in ONTOLOGIES}
# 78-Takagi-CellDyn writes G0:0003406, a zero for the letter O; no ontology is called G0.
_MISSPELT: Final = {"g0": "GO"}
_TAXON_PREFIXES: Final = frozenset(
    {"ncbitaxon", "ncbitaxonomy", "ncbi_taxonomy", "ncbitaxid", "taxonomy", "taxid", "txid"}
)
_PATTERNS: Final = {name: re.compile(entry["pattern"], re.ASCII) for name, entry in ONTOLOGIES.items()}

_BASE: Final = re.compile(
    r"(?:obo:"
    r"|https?://purl\.obolibrary\.org/obo/"
    r"|https?://purl\.bioontology\.org/ontology/"
    r"|https?://(?:www\.)?ebi\.ac\.uk/(?:efo|cmpo)/"
    r"|https?://(?:www\.)?bioassayontology\.org/bao#"
    r"|https?://(?:www\.)?(?:identifiers\.org|bioregistry\.io)/)",
    re.ASCII | re.IGNORECASE,
)
_EDAM: Final = re.compile(
    r"(?:https?://edamontology\.org/|EDAM[:_])?((?:topic|data|format|operation)_[0-9]{4})", re.ASCII | re.IGNORECASE
)
_TAXON_PAGE: Final = re.compile(
    r"https?://(?:"
    r"(?:www\.)?ncbi\.nlm\.nih\.gov/(?:datasets/)?taxonomy/"
    r"|(?:www\.)?ncbi\.nlm\.nih\.gov/Taxonomy/Browser/wwwtax\.cgi\?(?:mode=Info&)?id="
    r"|purl\.uniprot\.org/taxonomy/"
    r")(?P<number>[0-9]+)/?",
    re.ASCII | re.IGNORECASE,
)
_NAMED: Final = re.compile(r"(?P<prefix>[A-Za-z][A-Za-z0-9]*(?:_taxonomy)?)[:_/](?P<local>[A-Za-z0-9]+)", re.ASCII)
_TAXON_LOCAL: Final = re.compile(r"(?P<marker>txid|taxid)?(?P<number>[0-9]+)", re.ASCII | re.IGNORECASE)
_BARE: Final = re.compile(r"[0-9]+", re.ASCII)
_JOINT: Final = re.compile(r"\s*([:_])\s*")


def repair_term(text: str, bare: str = "") -> TermForm | None:
    """The term that `text` names with certainty, or None.

    Understands CURIEs and IRIs in any case and padding, `obo:` forms, `NCBI:txid9606`, pages of the NCBI taxonomy,
    purl.bioontology.org, identifiers.org and bioregistry.io. `repair_term(f.curie)` gives the same term unrepaired.

    Args:
        bare: ontology of a number without prefix, where the place of the text leaves no doubt. Ontologies of fixed
            width then demand all their digits: `00000251` is FBbi's, `251` could be anything.
    Source: field.md section 7.
    """
    return _repair(text, bare) if 0 < len(text) <= MAX_LENGTH else None


@lru_cache(maxsize=20_000)
def _repair(text: str, bare: str) -> TermForm | None:
    plain = _JOINT.sub(r"\1", text.strip())
    named = _page(plain) or _edam(plain) or _named(plain) or _bare(plain, bare)
    if named is None:
        return None
    prefix, local = named
    iri = ONTOLOGIES[prefix]["namespace"] + local
    curie = f"{prefix}:{local}"
    canonical = text in (iri, curie) or (iri.startswith(OBO) and text == f"obo:{iri[len(OBO) :]}")
    return TermForm(curie, iri, not canonical, text)


def _page(plain: str) -> tuple[str, str] | None:
    found = _TAXON_PAGE.fullmatch(plain)
    return _term("NCBITaxon", found["number"]) if found else None


def _edam(plain: str) -> tuple[str, str] | None:
    found = _EDAM.fullmatch(plain)
    return ("EDAM", found[1].lower()) if found else None


def _named(plain: str) -> tuple[str, str] | None:
    base = _BASE.match(plain)
    found = _NAMED.fullmatch(plain[base.end() :] if base else plain)
    if found is None:
        return None
    folded, local = found["prefix"].lower(), found["local"]
    if folded in _TAXON_PREFIXES or folded == "ncbi":
        taxon = _TAXON_LOCAL.fullmatch(local)
        # NCBI:9606 could be a gene; only NCBI:txid9606 says that it is a taxon.
        if taxon is None or (folded == "ncbi" and not taxon["marker"]):
            return None
        return _term("NCBITaxon", taxon["number"])
    prefix = _BY_FOLDED.get(folded) or _MISSPELT.get(folded)
    return _term(prefix, local) if prefix else None


def _bare(plain: str, ontology: str) -> tuple[str, str] | None:
    if not ontology or not _BARE.fullmatch(plain):
        return None
    width = ONTOLOGIES[ontology].get("width")
    return _term(ontology, plain) if width is None or len(plain) == width else None


def _term(prefix: str, local: str) -> tuple[str, str] | None:
    if _BARE.fullmatch(local):
        width = ONTOLOGIES[prefix].get("width", 0)
        number = local.lstrip("0") or ("0" if width else "")
        if not number:
            return None
        local = number.zfill(width)  # CL:0000000 is the cell; no taxon has the number 0
    else:
        local = local.upper()
    return (prefix, local) if _PATTERNS[prefix].fullmatch(local) else None
