"""Every form in which a person or a document may name a record, and its one canonical CURIE.

Patterns are data in schema/prefixes.toml; images.md section 2.2 lists the forms.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal
from urllib.parse import unquote, urlsplit

from catalogue.model.namespaces import ASSESSED, BASE, ONTOLOGIES, OWNERS, RESOURCES, SYNONYMS, VOCABULARIES, contract
from catalogue.problems import AmbiguousIdentifier, BadIdentifier

Kind = Literal["study", "image", "other"]
MAX_LENGTH: Final = 2_000


@dataclass(frozen=True, slots=True)
class Identifier:
    """A record's name, taken apart.

    `kind` is `other` for identifiers that no owner prefix covers (a DOI, a URL): only the ledger's aliases know them.
    """

    curie: str
    prefix: str
    accession: str
    kind: Kind
    given: str

    @property
    def iri(self) -> str:
        """The federation IRI of the record; for `other` the identifier itself."""
        return BASE + self.curie if self.kind != "other" else self.curie


@dataclass(frozen=True, slots=True)
class _Owner:
    prefix: str
    entry: dict[str, Any]
    study: re.Pattern[str]
    image: re.Pattern[str] | None
    derived: re.Pattern[str]
    bare: re.Pattern[str]
    urls: tuple[re.Pattern[str], ...]
    rewrites: tuple[tuple[re.Pattern[str], str], ...]


def _compile(prefix: str, entry: dict[str, Any]) -> _Owner:
    study = entry["study"]
    return _Owner(
        prefix,
        entry,
        re.compile(study, re.ASCII),
        re.compile(entry["image"], re.ASCII) if "image" in entry else None,
        # A store without an id of its owner's own: study accession, a dot, the store's name.
        re.compile(rf"(?:{study})\.[A-Za-z0-9](?:[A-Za-z0-9._-]{{0,118}}[A-Za-z0-9])?", re.ASCII),
        re.compile(entry["bare"], re.ASCII | re.IGNORECASE),
        tuple(re.compile(url, re.ASCII | re.IGNORECASE) for url in entry["urls"]),
        tuple((re.compile(old, re.ASCII), new) for old, new in entry.get("rewrite", ())),
    )


_OWNERS: Final = {prefix: _compile(prefix, entry) for prefix, entry in OWNERS.items()}
_REQUIRED: Final = frozenset({"name", "study", "bare", "landing", "urls"})
_ALLOWED: Final = _REQUIRED | {"image", "fold", "strip", "rewrite", "image_landing", "landing_rules"}
_PROVIDERS: Final = re.compile(
    r"(?:(?:identifiers\.org|bioregistry\.io|n2t\.net|w3id\.org/ommatidia)/)(?P<rest>[A-Za-z.]+[:/].+)",
    re.ASCII,
)
_INVISIBLE: Final = re.compile(r"[\x00-\x20\x7f-\xa0\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


def add_owners(path: Path) -> None:
    """Adds the archives of an operator's owners.toml to those the prefix map ships; nothing where there is no file.

    The file has one table `[owner.PREFIX]` an archive, with the keys of schema/prefixes.toml: name, study, bare,
    landing, urls, and where needed image, fold, strip, rewrite, image_landing, landing_rules. Adding the same again
    changes nothing.

    Raises:
        ValueError: no TOML, a prefix that is taken or not of lower-case letters and digits, a key that is missing or
            unknown, a pattern that is no regular expression; the message says what to change.
    """
    if not path.exists():
        return
    try:
        entries: dict[str, dict[str, Any]] = tomllib.loads(path.read_text("utf-8")).get("owner", {})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{path.name} is no TOML: {error}") from error
    for prefix, entry in entries.items():
        if OWNERS.get(prefix) == entry:
            continue
        taken = prefix in OWNERS or prefix in SYNONYMS or prefix in ONTOLOGIES or prefix in RESOURCES
        taken = taken or prefix == ASSESSED
        if taken or prefix in VOCABULARIES or not re.fullmatch(r"[a-z][a-z0-9]{1,30}", prefix):
            raise ValueError(f"{path.name}: the prefix {prefix!r} is taken, or not of lower-case letters and digits.")
        wrong = sorted(_REQUIRED - entry.keys()) + sorted(entry.keys() - _ALLOWED)
        if wrong:
            raise ValueError(f"{path.name}: [owner.{prefix}] lacks or does not know {', '.join(wrong)}.")
        try:
            _OWNERS[prefix] = _compile(prefix, entry)
        except (re.error, TypeError, ValueError) as error:
            raise ValueError(f"{path.name}: a pattern of [owner.{prefix}] is wrong: {error}.") from error
        OWNERS[prefix] = entry
        contract.cache_clear()


def owner_name(prefix: str) -> str:
    """The archive that owns the accessions of a prefix, in words."""
    return str(OWNERS[prefix]["name"])


def landing_page(prefix: str, accession: str, kind: Kind = "study") -> str | None:
    """Where the owner shows this record; None when its pages are not known."""
    entry = OWNERS.get(prefix)
    if entry is None:
        return None
    if kind == "image":
        template = entry.get("image_landing")
        return str(template).format(accession=accession) if template and accession.isdigit() else None
    for pattern, template in entry.get("landing_rules", ()):
        if re.match(pattern, accession):
            return str(template).format(accession=accession)
    return str(entry["landing"]).format(accession=accession)


def study_of(image: Identifier) -> str | None:
    """The study CURIE that a derived image accession (`{study}.{store}`) names; None for an owner's own image id."""
    owner = _OWNERS[image.prefix]
    found = owner.study.match(image.accession)
    if image.kind != "image" or found is None or not owner.derived.fullmatch(image.accession):
        return None
    # The study pattern may itself take dots (SSBD), so the longest study that leaves a dot and a name wins.
    head, _, _ = image.accession.rpartition(".")
    while head and not owner.study.fullmatch(head):
        head, _, _ = head.rpartition(".")
    return f"{image.prefix}:{head}" if head else None


def image_identifier(study: Identifier, stem: str) -> Identifier:
    """The identifier of an image from its store's name: the owner's own id, else `{study}.{stem}`.

    Raises:
        BadIdentifier: nothing usable is left of the name.
    """
    owner = _OWNERS.get(study.prefix)  # none of what is only assessed
    if owner is not None and owner.image is not None and owner.image.fullmatch(stem.lower()):
        return Identifier(f"{study.prefix}:{stem.lower()}", study.prefix, stem.lower(), "image", stem)
    # A dot in the store's name would make the study part of an SSBD accession undecidable.
    clean = re.sub(r"[^A-Za-z0-9]+", "-", stem).strip("-")[:100].strip("-")
    if not clean:
        raise BadIdentifier(f"The store name '{stem[:100]}' has no letter or digit to name an image by.")
    accession = f"{study.accession}.{clean}"
    return Identifier(f"{study.prefix}:{accession}", study.prefix, accession, "image", stem)


def image_accessions(study: Identifier) -> str:
    """A regular expression (RE2 and Python) that fits, as a whole, accessions of images that a study may have.

    An owner's own image ids, and `{study}.{name}` of this study.
    """
    derived = rf"{re.escape(study.accession)}\.[A-Za-z0-9](?:[A-Za-z0-9._-]{{0,118}}[A-Za-z0-9])?"
    own = _OWNERS[study.prefix].image
    return derived if own is None else f"{own.pattern}|{derived}"


def parse_identifier(text: str) -> Identifier:
    """The record that `text` names: CURIE, bare accession, provider URL, landing page or data URL.

    Raises:
        BadIdentifier: empty, too long, holds blanks or control characters, or breaks its prefix's pattern.
        AmbiguousIdentifier: several owners' patterns fit; `candidates` holds the CURIEs.
    """
    given = text
    text = text.strip()
    if not text or len(text) > MAX_LENGTH:
        raise BadIdentifier(f"An identifier has 1 to {MAX_LENGTH} characters; this one has {len(text)}.")
    if _INVISIBLE.search(text):
        raise BadIdentifier("The identifier holds a blank or an invisible character; remove it.")
    if re.match(r"https?://", text, re.IGNORECASE):
        return _from_url(text, given)
    curie = _from_curie(text, given)
    return curie if curie is not None else _from_bare(text, given)


def _from_url(url: str, given: str) -> Identifier:
    try:
        parts = urlsplit(url)
    except ValueError as error:  # such as http://[
        raise BadIdentifier(f"'{url[:100]}' is no well-formed web address.") from error
    host = (parts.hostname or "").lower()
    place = host + unquote(parts.path) + (f"?{parts.query}" if parts.query else "")
    provider = _PROVIDERS.fullmatch(place)
    if provider is not None:
        found = _from_curie(
            provider["rest"].replace("/", ":", 1) if ":" not in provider["rest"] else provider["rest"], given
        )
        if found is not None:
            return found
    for owner in reversed(_OWNERS.values()):  # EMPIAR's pages below BioStudies win over the general pattern
        for pattern in owner.urls:
            match = pattern.fullmatch(place)
            if match is None:
                continue
            groups = match.groupdict()
            local = groups.get("study") or groups.get("image") or ""
            found = _local(owner, local, given)
            if found is not None:
                return found
    for name, entry in RESOURCES.items():
        if url.startswith(entry["namespace"]):
            return Identifier(url, name, url[len(entry["namespace"]) :], "other", given)
    return Identifier(url, "", url, "other", given)


def _from_curie(text: str, given: str) -> Identifier | None:
    prefix, colon, local = text.partition(":")
    if not colon:
        return None
    name = prefix.rpartition("/")[2].lower()
    name = SYNONYMS.get(name, name)
    if name in _OWNERS:
        found = _local(_OWNERS[name], local, given)
        if found is None:
            raise BadIdentifier(
                f"'{local[:100]}' is not an accession of {owner_name(name)}; one looks like {_example(name)}.",
                prefix=name,
            )
        return found
    if name in RESOURCES:
        if not re.fullmatch(RESOURCES[name]["pattern"], local, re.IGNORECASE):
            raise BadIdentifier(f"'{local[:100]}' is not a {name} identifier.", prefix=name)
        local = local.lower() if name == "doi" else local
        if name == "doi":
            inside = _from_url(f"https://doi.org/{local}", given)
            if inside.kind != "other":
                return inside
        return Identifier(RESOURCES[name]["namespace"] + local, name, local, "other", given)
    raise BadIdentifier(
        f"The prefix '{prefix[:50]}' is not known here; known are {', '.join(_OWNERS)}.", prefix=prefix[:50]
    )


def _from_bare(text: str, given: str) -> Identifier:
    found = [
        identifier
        for owner in _OWNERS.values()
        if owner.bare.fullmatch(text) or _is_image(owner, text)
        if (identifier := _local(owner, text, given)) is not None
    ]
    if len(found) == 1:
        return found[0]
    if found:
        names = [identifier.curie for identifier in found]
        raise AmbiguousIdentifier(f"'{text}' may be {' or '.join(names)}; write it with its prefix.", candidates=names)
    if re.fullmatch(r"10\.\d{2,9}/\S+", text):
        return _from_url(f"https://doi.org/{text}", given)
    if re.fullmatch(r"\d{1,12}", text):
        guesses = [f"{name}:{text}" for name, owner in _OWNERS.items() if _local(owner, text, given)]
        if guesses:
            raise AmbiguousIdentifier(
                f"A bare number names nothing; '{text}' may be {' or '.join(guesses)}.", candidates=guesses
            )
    raise BadIdentifier(
        f"'{text[:100]}' has no form of identifier known here; write a CURIE such as biostudies:S-BIAD634, "
        "idr:idr0062, empiar:10595, an accession, or the address of the record at its archive."
    )


def _is_image(owner: _Owner, text: str) -> bool:
    return bool(owner.derived.fullmatch(text)) or (
        owner.image is not None and not text.isdigit() and bool(owner.image.fullmatch(text.lower()))
    )


def _local(owner: _Owner, local: str, given: str) -> Identifier | None:
    entry = owner.entry
    folded = local
    if entry.get("fold") == "upper" and not owner.derived.fullmatch(local):
        folded = local.upper()
    elif entry.get("fold") == "lower":
        folded = local.lower() if "." not in local else local
    strip = entry.get("strip", "")
    if strip and folded.upper().startswith(strip):
        folded = folded[len(strip) :]
    if folded.lower().startswith(f"{owner.prefix}:"):  # idr:idr:0062 and the like from careless joins
        folded = folded[len(owner.prefix) + 1 :]
    for pattern, new in owner.rewrites:
        folded = pattern.sub(new, folded)
    if owner.study.fullmatch(folded):
        return Identifier(f"{owner.prefix}:{folded}", owner.prefix, folded, "study", given)
    if owner.image is not None and owner.image.fullmatch(folded.lower()):
        return Identifier(f"{owner.prefix}:{folded.lower()}", owner.prefix, folded.lower(), "image", given)
    if owner.derived.fullmatch(folded):
        return Identifier(f"{owner.prefix}:{folded}", owner.prefix, folded, "image", given)
    return None


def _example(prefix: str) -> str:
    return {"biostudies": "S-BIAD634", "empiar": "10595", "idr": "idr0062", "ssbd": "ssbd-repos-000123"}.get(
        prefix, "those on its pages"
    )
