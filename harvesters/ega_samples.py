"""Samples, donors and protocols of a study of EGA; what would tell people from one another is left out."""

from __future__ import annotations

import re
from typing import Any, Final

from catalogue.model.forms import partial_date
from catalogue.model.namespaces import RESOURCES
from harvesters.account import Account, Entry
from harvesters.draft import TAXON, TERM, StudyDraft
from harvesters.ega_account import open_object
from harvesters.ega_objects import EgaObject

Record = dict[str, Any]

PSEUDONYM: Final = "Pseudonym of a person, which a public catalogue has no need to hold."
NEGATIVE: Final = "A disease that a donor does not have: we state what is, and no negative findings about people."
_SEX: Final = {"female": "female", "male": "male", "hermaphrodite": "hermaphrodite"}
_BIOSAMPLE: Final = re.compile(RESOURCES["biosample"]["pattern"])


class Samples:
    """Reads samples with their donors, and protocols, into the study."""

    def __init__(self, draft: StudyDraft, account: Account):
        self._draft, self._account = draft, account

    def read(self, objects: list[EgaObject]) -> None:
        """Add all samples; a donor is described by the samples taken, and only without one by a sample of their own."""
        donors = [one for one in objects if one.kind == "individual"]
        described = {id(one): self._donor(one) for one in donors}
        used: set[int] = set()
        for one in (one for one in objects if one.kind == "sample" and not one.is_xml):
            mine = [donor for donor in donors if donor.names() & one.references() or one.names() & donor.references()]
            used.update(id(donor) for donor in mine)
            self._add(one, self._sample(one), [described[id(donor)] for donor in mine])
        for donor in donors:
            if id(donor) not in used:
                self._add(donor, {}, [described[id(donor)]])

    def protocol(self, one: EgaObject) -> None:
        """Add a protocol."""
        entry = open_object(self._account, one)
        entry.raw("objectId")
        entry.raw("protocolRelationships")
        described = entry.entry("protocolTypeDescriptor")
        kinds = []
        if described is not None:
            kinds = [self._term({"termLabel": described.text("protocolType")}, "protocol/protocolType")]
            kinds.append(self._term(described.raw("protocolSubtype"), "protocol/protocolSubtype"))
        self._draft.part(
            "protocols", "protocol", _key(one), title=entry.text("objectTitle", word=True),
            description=entry.text("protocolDescription", lines=True), equipment=entry.texts("protocolInstruments"),
            protocol_types=list(dict.fromkeys(kind for kind in kinds if kind)),
        )  # fmt: skip
        for name in entry.texts("protocolPerformers"):
            self._draft.contributor(
                self._draft.person(name, "protocol/protocolPerformers", roles=["protocol performer"])
            )

    def _add(self, one: EgaObject, sample: Record, donors: list[Record]) -> None:
        for donor in donors:
            for slot, value in donor.items():
                if isinstance(value, list):
                    sample[slot] = sample.get(slot, []) + [
                        found for found in value if found not in sample.get(slot, [])
                    ]
                else:
                    sample[slot] = sample.get(slot) or value
        key = _key(one) or str(1 + len(self._draft.find("biosamples") or []))
        base = f"{self._draft.curie}/biosample/{key}/characteristic"
        sample["characteristics"] = [
            {"id": f"{base}/{number}", **said} for number, said in enumerate(sample.get("characteristics", []), 1)
        ]
        self._draft.part("biosamples", "biosample", key, **sample)
        self._draft.extend("organisms", sample.get("organisms", []))

    def _sample(self, one: EgaObject) -> Record:
        entry = open_object(self._account, one)
        entry.raw("objectId")
        sample: Record = {
            "title": entry.text("objectTitle", word=True) or one.alias,
            "description": entry.text("objectDescription", lines=True),
            "organisms": self._organism(entry.raw("organismDescriptor"), "sample/organismDescriptor"),
            "cell_types": [
                curie
                for cell in entry.raw("cellTypes") or []
                if isinstance(cell, dict) and (curie := self._term(cell.get("cellType"), "sample/cellTypes"))
            ],
            "sample_records": self._records(entry.raw("sampleRelationships")),
            "characteristics": attributes(entry.raw("sampleAttributes")),
        }
        self._collection(entry.entry("sampleCollection"), sample)
        public = entry.entry("minimalPublicAttributes")
        if public is not None:
            self._public(public, sample)
        for status in entry.entries("sampleStatus"):
            if said := status.text("caseVsControl", word=True):
                sample.setdefault("experimental_variables", []).append(said)
            if condition := self._term(status.raw("conditionUnderStudy"), "sample/conditionUnderStudy"):
                sample.setdefault("diseases", []).append(condition)
        for kind in entry.texts("sampleTypes"):
            sample["characteristics"].append({"name": "sample type", "text_value": kind})
        grouping = entry.entry("sampleGrouping")
        if grouping is not None and (grouped := grouping.flag("sampleGroupBoolean")) is not None:
            sample["characteristics"].append({"name": "sample group", "text_value": str(grouped).lower()})
        return sample

    def _collection(self, entry: Entry | None, sample: Record) -> None:
        if entry is None:
            return
        # Of people the year is all that a public record may tell.
        given = entry.text("sampleCollectionDate")
        when = partial_date(given) if given else None
        sample["date_collected"] = when[:4] if when else None
        site = self._term(entry.raw("samplingSite"), "sample/samplingSite")
        place = entry.text("sampleCollectionSite")
        sites = [site, self._term({"termLabel": place}, "sample/sampleCollectionSite") if place else None]
        sample["anatomical_parts"] = [curie for curie in sites if curie]
        age = entry.entry("ageAtCollection")
        if age is not None:
            span = age.entry("ageRange")
            ends = [span.text("start"), span.text("end")] if span is not None else []
            sample["age"] = age.text("age") or " to ".join(end for end in ends if end)

    def _public(self, entry: Entry, sample: Record) -> None:
        """The attributes that the archive shows of samples and donors."""
        entry.leave("subjectId", PSEUDONYM)
        sex = entry.text("biologicalSex", word=True)
        if sex and sex.casefold() in _SEX:
            sample["sex"] = _SEX[sex.casefold()]
        condition = entry.entry("experimentalCondition")
        if condition is not None and (said := condition.text("experimentalConditionTerm", word=True)):
            sample.setdefault("experimental_variables", []).append(said)
        for disease in entry.entries("diseases"):
            if disease.flag("excluded"):
                disease.leave("disease", NEGATIVE)
                disease.leave("excluded", NEGATIVE)
            elif curie := self._term(disease.raw("disease"), "individual/diseases"):
                sample.setdefault("diseases", []).append(curie)
        for seen in entry.entries("phenotypicAbnormalities"):
            found = seen.raw("phenotypicAbnormality")
            curie = self._term(found, "individual/phenotypicAbnormalities")
            if curie and isinstance(found, dict):
                label = str(found.get("termLabel") or found["termId"])
                made = {"name": "phenotypic abnormality", "text_value": label, "value_terms": [curie]}
                sample.setdefault("characteristics", []).append(made)

    def _donor(self, one: EgaObject) -> Record:
        entry = open_object(self._account, one)
        entry.leave("objectId", PSEUDONYM)
        # Samples of a donor are found by these; kinship is never taken over.
        entry.raw("individualRelationships")
        donor: Record = {
            "organisms": self._organism(entry.raw("organismDescriptor"), "individual/organismDescriptor"),
            "characteristics": attributes(entry.raw("individualAttributes")),
        }
        public = entry.entry("minimalPublicAttributes")
        if public is not None:
            self._public(public, donor)
        return donor

    def _organism(self, value: Any, path: str) -> list[str]:
        if not isinstance(value, dict):
            return []
        taxon = value.get("organismTaxon") or {"termId": value.get("taxonId"), "termLabel": value.get("scientificName")}
        if not isinstance(taxon, dict):
            return []
        common = value.get("commonName")
        curie = self._draft.term(
            taxon.get("termId"), TAXON, path, label=taxon.get("termLabel"),
            vernacular=common if isinstance(common, str) else None,
        )  # fmt: skip
        return [curie] if curie else []

    def _term(self, value: Any, path: str) -> str | None:
        given, label = (value.get("termId"), value.get("termLabel")) if isinstance(value, dict) else (None, None)
        return self._draft.term(
            given if isinstance(given, str) else None, TERM, path, label=label if isinstance(label, str) else None
        )

    @staticmethod
    def _records(relations: Any) -> list[str]:
        """The sample's records in BioSamples, as far as it is said to be the same."""
        found = []
        for relation in relations if isinstance(relations, list) else []:
            if isinstance(relation, dict) and relation.get("rType") == "sameAs":
                names = re.findall(r"SAM[A-Z]+\d+", str(relation))
                found += [f"biosample:{name}" for name in names if _BIOSAMPLE.fullmatch(name)]
        return list(dict.fromkeys(found))


def attributes(value: Any) -> list[Record]:
    """A submitter's own keys and values as characteristics, without ids."""
    found = []
    for one in value if isinstance(value, list) else []:
        if isinstance(one, dict) and one.get("tag") and one.get("value") not in (None, ""):
            said = {"name": str(one["tag"]), "text_value": str(one["value"])}
            found.append(said | ({"unit": str(one["units"])} if one.get("units") else {}))
    return found


def _key(one: EgaObject) -> str:
    """Last part of an id: the accession; "" where the object has none, for it is then numbered."""
    return "" if one.kind == "individual" else one.accession
