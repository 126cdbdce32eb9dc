"""Any RO-Crate: files, parts and people by schema.org's words, the BioImage Archive's own words, what is refused."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from crates import ITEM, SPEC, archive, crate, document, full, map_crate, ref, study

from catalogue.model.documents import SourceDocument, SourceSpec
from catalogue.problems import RecordRejected
from harvesters import schema_files
from harvesters.ro_crate import RoCrateHarvester
from tests.harvesters.contract import HarvesterContract, fetcher


class TestRoCrateContract(HarvesterContract):
    """The promises of every harvester."""

    def harvester(self) -> Any:
        """The harvester under test."""
        return RoCrateHarvester(fetcher())

    def source(self) -> SourceSpec:
        """Crates of any owner."""
        return SourceSpec("crates", "ro_crate", "x")

    def samples(self) -> list[SourceDocument]:
        """A plain crate, one with files and people, one in an archive's own words."""
        return [document(crate()), document(full()), document(archive(), "S-BIAD843/ro-crate-metadata.json")]

    def serve(self, folder: Path) -> SourceSpec:
        """An attached crate in a folder of its own, beside data."""
        (folder / "S-BIAD7").mkdir()
        (folder / "S-BIAD7" / "ro-crate-metadata.json").write_bytes(full())
        (folder / "S-BIAD7" / "a.tif").write_bytes(b"II*")
        return SourceSpec("crates", "ro_crate", str(folder))


def test_files_folders_and_workflows_keep_their_place() -> None:
    """A file of the root is the study's, a data set a component with its files, a workflow a file of that role."""
    record = study(full())
    assert [(f["path"], f.get("file_role"), f.get("total_size_bytes")) for f in record["files"]] == [
        ("a.tif", None, 12),
        ("run.cwl", "workflow", None),
    ]
    (component,) = record["components"]
    assert component["title"] == "More"
    (file,) = component["files"]
    assert (file["media_type"], file["format_name"]) == ("image/tiff", "Tagged Image File Format")


def test_people_and_subjects_of_a_crate() -> None:
    """An author's @id is the ORCID, a taxon in `about` an organism of the study."""
    record = study(full())
    assert record["authors"][0]["orcid"] == "https://orcid.org/0000-0002-1825-0097"
    assert record["authors"][0]["affiliations"][0]["name"] == "An institute"
    assert record["organisms"] == ["NCBITaxon:7227"]
    assert record["license"] == "https://creativecommons.org/licenses/by/4.0/"


def test_files_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A crate of more files than a study may list keeps the first ones and says so once."""
    monkeypatch.setattr(schema_files, "MAX_FILES", 2)
    names = [f"{number}.tif" for number in range(5)]
    mapped = map_crate(crate(*({"@id": name, "@type": "File"} for name in names), hasPart=ref(*names)))
    assert len(mapped.records[0]["files"]) == 2
    assert [finding.code for finding in mapped.findings].count("many-files") == 1
    assert not mapped.unmapped


def test_the_words_of_the_bioimage_archive_are_read() -> None:
    """Samples, acquisitions and annotation in `bia:` terms become parts, in snake case too (S-BIAD843)."""
    mapped = map_crate(archive())
    (record,) = mapped.records
    assert record["id"] == "biostudies:S-BIAD843"
    assert record["license"] == "https://creativecommons.org/publicdomain/zero/1.0/"
    (component,) = record["components"]
    assert component["biosamples"] == ["biostudies:S-BIAD843/biosample/1"]
    assert component["associations"][0]["biosamples"] == component["biosamples"]
    assert record["organisms"] == ["NCBITaxon:4932"]
    assert record["methods"] == ["FBbi:00000251"]
    assert record["annotation_methods"][0]["annotation_types"] == ["segmentation_mask"]
    (annotation,) = record["annotations"]
    assert annotation["annotation_method"] == record["annotation_methods"][0]["id"]
    assert annotation["source_paths"] == ["a.tif"]


def test_order_of_entities_and_keys_means_nothing() -> None:
    """R5: the same crate with its entities and keys in another order gives the same record."""
    value = json.loads(full())
    expected = study(full())
    for seed in range(3):
        chance = random.Random(seed)
        graph = [dict(chance.sample(sorted(entity.items(), key=str), len(entity))) for entity in value["@graph"]]
        chance.shuffle(graph)
        assert study(json.dumps({"@graph": graph, "@context": value["@context"]}).encode()) == expected


def test_a_context_cannot_move_a_term() -> None:
    """A term of schema.org that the crate's context gives another meaning is read as schema.org's, with a finding."""
    content = crate(context=[f"{SPEC}/context", {"name": "http://schema.org/description"}])
    mapped = map_crate(content)
    assert mapped.records[0]["title"] == "Wing discs under light"
    assert "context-redefined" in {finding.code for finding in mapped.findings}


def test_a_context_may_give_a_term_another_name() -> None:
    """A name of the crate's own for a term of schema.org is read as that term."""
    content = crate(context=[f"{SPEC}/context", {"titel": "http://schema.org/name"}], drop=("name",), titel="Flügel")
    assert study(content)["title"] == "Flügel"


def test_one_id_twice_is_one_entity() -> None:
    """Two entities of one @id are read as one, with a finding (validator/test_duplicate_entity_id)."""
    person = {"@id": "#a", "@type": "Person", "name": "Ada Ant"}
    mapped = map_crate(crate(person, {**person, "email": "ada@example.org"}, author=ref("#a")))
    assert mapped.records[0]["authors"][0]["email"] == "ada@example.org"
    assert "duplicate-id" in {finding.code for finding in mapped.findings}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b'{"@context": "x"}', "not-parsable"),
        (b'{"@graph": []}', "schema-required"),
        (crate(drop=("name",)), "schema-required"),
        (crate(identifier="Accession Numbers"), "bad-identifier"),
        (crate(identifier=["S-BIAD7", "S-BIAD8"]), "bad-identifier"),
        (crate(**{"@id": "https://www.ebi.ac.uk/biostudies/studies/S-BIAD8"}), "bad-identifier"),
        (crate().replace(b'"about": {"@id": "./"}', b'"about": {"@id": "#nowhere"}'), "bad-identifier"),
        (crate(**{"@type": "Person"}), "schema-required"),
    ],
)
def test_a_doubtful_crate_is_refused(content: bytes, reason: str) -> None:
    """Whatever leaves a doubt about root or identity is quarantined with its reason."""
    with pytest.raises(RecordRejected) as refused:
        map_crate(content)
    assert refused.value.reason == reason


def test_a_crate_without_identifier_is_named_by_its_folder() -> None:
    """An attached crate whose root says no identifier is the study that its folder is named by."""
    (record,) = map_crate(crate(drop=("identifier",))).records
    assert record["id"] == "biostudies:S-BIAD7"
    with pytest.raises(RecordRejected):
        map_crate(crate(drop=("identifier",)), item="data/ro-crate-metadata.json")


def test_another_archives_doi_needs_its_owner() -> None:
    """R17: the DOI of a record of Zenodo makes it Zenodo's; a source that may not deliver it gives nothing."""
    content = crate(identifier="https://doi.org/10.5281/zenodo.5743204")
    (record,) = map_crate(content).records
    assert (record["id"], record["doi"]) == ("zenodo:5743204", "10.5281/zenodo.5743204")
    with pytest.raises(RecordRejected) as refused:
        map_crate(content, owners=("biostudies",))
    assert refused.value.reason == "not-owner"
    assert ITEM
