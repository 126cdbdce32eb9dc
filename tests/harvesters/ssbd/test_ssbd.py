"""SSBD's ontology: projects, their parts and images; what its statements lack and get wrong."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from ssbd_turtle import DATASET, HEAD, PROJECT, WHOLE, ZARR, document, map_turtle

from catalogue.model.documents import Listed, SourceDocument, SourceSpec, Unchanged, Unreadable
from catalogue.model.payload import digest
from catalogue.problems import RecordRejected, SourceChanged
from harvesters.ssbd import SsbdHarvester
from tests.harvesters.contract import HarvesterContract, fetcher
from tests.harvesters.loopback_server import Request, answer, serving


class TestSsbdContract(HarvesterContract):
    """The promises of every harvester."""

    def harvester(self) -> Any:
        """The harvester under test."""
        return SsbdHarvester(fetcher())

    def source(self) -> SourceSpec:
        """SSBD's own records."""
        return SourceSpec("ssbd", "ssbd", "folder", ("ssbd",))

    def samples(self) -> list[SourceDocument]:
        """A project with all its parts, and a bare one."""
        return [document(WHOLE), document(PROJECT)]

    def serve(self, folder: Path) -> SourceSpec:
        """The project in two files, as SSBD spreads its own over five."""
        (folder / "a.ttl").write_text(HEAD + PROJECT + ZARR, "utf-8")
        (folder / "b.ttl").write_text(HEAD + DATASET, "utf-8")
        return SourceSpec("ssbd", "ssbd", str(folder), ("ssbd",))


def test_a_project_becomes_a_study_with_components_samples_and_images() -> None:
    """Datasets of a project are components of its study, with the samples, methods and images of the same name."""
    study, image = map_turtle(WHOLE).records
    assert study["id"] == "ssbd:900-Ant-EyeDyn"
    assert study["former_identifiers"] == ["https://ssbd.riken.jp/database/project/900/"]
    (component,) = study["components"]
    assert component["biosamples"] == ["ssbd:900-Ant-EyeDyn/biosample/Fig1"]
    assert component["acquisitions"] == ["ssbd:900-Ant-EyeDyn/acquisition/Fig1"]
    (biosample,) = study["biosamples"]
    assert biosample["organisms"] == ["NCBITaxon:44689"]
    assert biosample["sample_records"] == ["https://www.jax.org/strain/000664"]
    (objective,) = study["acquisitions"][0]["instruments"][0]["objectives"]
    assert (objective["magnification"], objective["numerical_aperture"]) == (100.0, 1.4)
    assert image["component"] == component["id"]
    assert image["study"] == study["id"]


def test_licences_of_both_schemes_are_one() -> None:
    """A licence under http is the same licence as under https (ssbd-project-2)."""
    assert map_turtle(PROJECT).records[0]["license"] == "https://creativecommons.org/licenses/by-sa/4.0/"


def test_endpoints_are_literals_and_sizes_are_text() -> None:
    """An address of type xsd:anyURI is the replica's place, and a size in quotes is a number."""
    image = map_turtle(WHOLE).records[1]
    (representation,) = image["representations"]
    (replica,) = representation["replicas"]
    assert (replica["endpoint"], replica["key"]) == ("https://ssbd.riken.jp/", "1-2/zarr/v0.4/Fig1.zarr")
    assert [(axis["name"], axis["size"]) for axis in representation["axes"]] == [("t", 361), ("y", 1538), ("x", 2048)]
    assert image["see_also"][0].startswith("https://ssbd.riken.jp/vizarr/")


def test_a_dataset_that_names_itself_as_its_sample_is_told() -> None:
    """A link to something that is no biosample is a finding, and the sample of the same name is the dataset's."""
    findings = {finding.code for finding in map_turtle(WHOLE).findings}
    assert {"link-unusable", "linked-by-name"} <= findings


def test_contacts_are_contributors_and_papers_are_read_apart() -> None:
    """A person with the role Contact is a contact person; authors, year and title stand in one text."""
    study = map_turtle(WHOLE).records[0]
    (person,) = study["contributors"]
    assert (person["contributor_types"], person["roles"]) == (["ContactPerson"], ["Contact"])
    (paper,) = study["publications"]
    assert (paper["title"], paper["author_list"], paper["date_issued"]) == ("Eyes of ants", "Ada Ant, Bo Bee", "2019")
    assert (paper["doi"], paper["pubmed_id"]) == ("10.1093/jmicro/dfy128", "30371805")


def test_the_other_record_of_a_project_is_an_identity_statement_where_it_is_stated() -> None:
    """R25: the repository entry that a project names is the same study; another identifier is only an identifier."""
    named = PROJECT.replace(
        's:has_project_type "', 's:has_project_SID "ssbd-repos-000900", "X1" ; s:has_project_type "'
    )
    study = map_turtle(named).records[0]
    (statement,) = study["identity_statements"]
    assert (statement["same_study_as"], statement["identity_relation"]) == (
        "ssbd:ssbd-repos-000900",
        "other_collection",
    )
    assert study["alternative_identifiers"] == ["X1"]
    assert "identity_statements" not in map_turtle(PROJECT).records[0]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (DATASET, "bad-identifier"),
        (PROJECT.replace('s:has_project_name "900-Ant-EyeDyn" ;', ""), "bad-identifier"),
        (PROJECT.replace("900-Ant", "901-Ant"), "bad-identifier"),
        (PROJECT.replace('s:has_dataset_title "Eyes of ants" ;', ""), "schema-required"),
    ],
)
def test_a_project_without_certain_identity_or_title_is_refused(body: str, reason: str) -> None:
    """No project, no accession, another number than the address says, no title: each is quarantined."""
    with pytest.raises(RecordRejected) as refused:
        map_turtle(body)
    assert refused.value.reason == reason


def test_the_order_of_statements_and_files_means_nothing(tmp_path: Path) -> None:
    """R5: the same statements in any order and any files are the same bytes."""
    parts = [PROJECT, DATASET, ZARR]
    seen = set()
    for turn in range(3):
        folder = tmp_path / str(turn)
        folder.mkdir()
        random.Random(turn).shuffle(parts)
        for number, part in enumerate(parts):
            (folder / f"{number}.ttl").write_text(HEAD + part, "utf-8")
        events = SsbdHarvester(fetcher()).fetch(SourceSpec("ssbd", "ssbd", str(folder)), None, {})
        seen.add(next(event.content for event in events if isinstance(event, SourceDocument)))
    assert len(seen) == 1


def test_only_the_project_that_changed_is_given_again(tmp_path: Path) -> None:
    """R7: one changed file gives the projects whose statements changed, and no others."""
    other = PROJECT.replace("900", "901")
    (tmp_path / "a.ttl").write_text(HEAD + PROJECT + other, "utf-8")
    (tmp_path / "b.ttl").write_text(HEAD + DATASET, "utf-8")
    source = SourceSpec("ssbd", "ssbd", str(tmp_path))
    events = list(SsbdHarvester(fetcher()).fetch(source, None, {}))
    known = {event.item: digest(event.content) for event in events if isinstance(event, SourceDocument)}
    assert sorted(known) == ["ssbd-project-900", "ssbd-project-901"]
    (tmp_path / "b.ttl").write_text(HEAD + DATASET.replace('"Eye"', '"Eyes"'), "utf-8")
    events = list(SsbdHarvester(fetcher()).fetch(source, events[-1].cursor, known))  # type: ignore[union-attr]
    assert [event.item for event in events if isinstance(event, SourceDocument)] == ["ssbd-project-900"]
    assert [event.item for event in events if isinstance(event, Unchanged)] == ["ssbd-project-901"]


def test_files_behind_an_index_cost_no_body_when_nothing_changed() -> None:
    """R7: over HTTP a quiet round asks for the index and each file conditionally, and reads no body."""
    bodies = {"/a.ttl": (HEAD + PROJECT).encode(), "/b.ttl": (HEAD + DATASET).encode()}

    def route(request: Request, _: object) -> bytes:
        if request.headers.get("if-none-match"):
            return answer(b"", "304 Not Modified", {"ETag": '"1"'})
        return answer(bodies[request.path], headers={"ETag": '"1"', "Content-Type": "text/turtle"})

    with serving() as server:
        index = (
            b'<html><body><a href="a.ttl">a.ttl</a> <a href="b.ttl">b.ttl</a> <a href="c.png">c.png</a></body></html>'
        )
        server.routes["/"] = answer(index, headers={"Content-Type": "text/html"})
        server.routes |= dict.fromkeys(bodies, route)
        source = SourceSpec("ssbd", "ssbd", f"{server.url}/", ("ssbd",))
        events = list(SsbdHarvester(fetcher()).fetch(source, None, {}))
        known = {event.item: digest(event.content) for event in events if isinstance(event, SourceDocument)}
        before = len(server.requests)
        again = list(SsbdHarvester(fetcher()).fetch(source, events[-1].cursor, known))  # type: ignore[union-attr]
        assert [type(event) for event in again] == [Unchanged, Listed]
        assert len(server.requests) - before <= 5


def test_files_that_did_not_change_make_nothing_absent(tmp_path: Path) -> None:
    """R14: a project that has to be read again, and so is not known, is not absent by a list of what did not change."""
    (tmp_path / "a.ttl").write_text(HEAD + PROJECT + PROJECT.replace("900", "901"), "utf-8")
    source = SourceSpec("ssbd", "ssbd", str(tmp_path))
    events = list(SsbdHarvester(fetcher()).fetch(source, None, {}))
    known = {event.item: digest(event.content) for event in events[:1] if isinstance(event, SourceDocument)}
    again = list(SsbdHarvester(fetcher()).fetch(source, events[-1].cursor, known))  # type: ignore[union-attr]
    assert again[0] == Unchanged("ssbd-project-900")
    assert isinstance(again[-1], Listed) and not again[-1].complete


def test_a_broken_file_removes_nothing(tmp_path: Path) -> None:
    """R14: with one file unreadable no project is given, none counts as absent, and the next run reads all again."""
    (tmp_path / "a.ttl").write_text(HEAD + PROJECT, "utf-8")
    (tmp_path / "b.ttl").write_text(HEAD + "s:ssbd-biosample-900-Fig1 a .", "utf-8")
    events = list(SsbdHarvester(fetcher()).fetch(SourceSpec("ssbd", "ssbd", str(tmp_path)), None, {}))
    assert [type(event) for event in events] == [Unreadable, Listed]
    assert events[0].reason == "not-parsable"  # type: ignore[union-attr]
    assert events[1] == Listed(None, complete=False)


def test_other_rdf_is_not_ssbds(tmp_path: Path) -> None:
    """A location without a single instance is no longer this source; nothing counts as removed."""
    (tmp_path / "a.ttl").write_text("<http://a.example/> a <http://b.example/> .", "utf-8")
    with pytest.raises(SourceChanged):
        list(SsbdHarvester(fetcher()).fetch(SourceSpec("ssbd", "ssbd", str(tmp_path)), None, {}))
