"""The real documents of EMPIAR: all are read, nothing they say is lost."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from empiar_samples import SOURCE, harvester

from catalogue.model.documents import Mapped, SourceDocument
from catalogue.problems import RecordRejected
from harvesters.bundle import pack

pytestmark = pytest.mark.partners

# Document -> reason of those that cannot be records by themselves.
REFUSED = {
    "deposition/empiar_deposition.schema.json": "not-parsable",
    "deposition/working_example.json": "bad-identifier",
    "curation/proposal_configurations/empiar_template.yaml": "bad-identifier",
    "curation/proposals/empiar_template.yaml": "bad-identifier",
    "curation/proposals/empiar_11561.yaml": "not-parsable",
    **{
        f"curation/{name}.yaml": "schema-required"
        for name in (
            "proposals/empiar_11058", "proposals/empiar_11078", "proposals/empiar_11756", "proposals/empiar_12104",
            "proposal_configurations/empiar_12049", "proposal_configurations/empiar_12454",
            "proposal_configurations/empiar_12534",
        )
    },
    "cets/empiar_12104.yaml": "schema-required",
}  # fmt: skip


def _map(content: bytes) -> Mapped:
    return harvester().map(SourceDocument("d", "https://empiar.example/", content), SOURCE)


def _files(partners: Path) -> dict[str, bytes]:
    folder = partners / "empiar"
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.suffix in (".json", ".yaml")
    }


def test_every_document_is_a_record_or_has_its_reason(partners: Path) -> None:
    """Two entries become studies; the others are refused for the reason written here."""
    reasons, accepted = {}, []
    for name, content in _files(partners).items():
        try:
            accepted.append(_map(content).records[0]["id"])
        except RecordRejected as refused:
            reasons[name] = refused.reason
    assert reasons == REFUSED
    assert sorted(accepted) == ["empiar:10988", "empiar:12104"]


def test_nothing_in_entries_or_curation_is_unmapped(partners: Path) -> None:
    """Each curators' document, beside an entry of its accession, is accounted for to the last key."""
    images = {}
    for name, content in _files(partners).items():
        if name.startswith("entry-json"):
            assert not _map(content).unmapped, name
        elif REFUSED[name] == "schema-required":
            accession = content.split(b"accession_id:")[1].split()[0].decode().strip('"')
            entry = json.dumps({accession: {"title": "An entry"}}).encode()
            found = _map(pack({"entry.json": entry, "c.yaml": content}))
            assert not found.unmapped, name
            assert "reference-unknown" not in {finding.code for finding in found.findings}, name
            images[name.removeprefix("curation/")] = len(found.records) - 1
    assert images == {
        "proposals/empiar_11058.yaml": 59, "proposals/empiar_11078.yaml": 100, "proposals/empiar_11756.yaml": 54,
        "proposals/empiar_12104.yaml": 42, "proposal_configurations/empiar_12049.yaml": 0,
        "proposal_configurations/empiar_12454.yaml": 0, "proposal_configurations/empiar_12534.yaml": 0,
        "cets/empiar_12104.yaml": 1,
    }  # fmt: skip


def test_real_entry_and_its_curation_are_one_study(partners: Path) -> None:
    """EMPIAR-12104: the entry, the curators' proposal and the region of cets-empiar make one study with 43 images."""
    files = _files(partners)
    found = _map(pack({
        "entry.json": files["entry-json/SPECIMENTEST.json"],
        "proposal.yaml": files["curation/proposals/empiar_12104.yaml"], "regions.yaml": files["cets/empiar_12104.yaml"],
    }))  # fmt: skip
    study, *images = found.records
    assert (study["id"], len(images)) == ("empiar:12104", 43)
    assert study["organisms"] == ["NCBITaxon:4932"]
