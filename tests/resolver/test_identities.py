from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyoxigraph as px
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.model.identity_claims import ClaimKind, claims_of, normalised_doi, normalised_title
from catalogue.model.namespaces import BASE
from catalogue.model.payload import canonical
from catalogue.problems import BadRequest, Conflict, NotFound
from catalogue.resolver.identities import MAX_SHARED, Identities
from catalogue.store.claims import Claims, ClaimsView
from catalogue.store.decisions import ACCEPT, REJECT, UNDO
from catalogue.store.ledger import Ledger
from catalogue.store.views import catch_up, rebuild

MOMENT = datetime(2026, 2, 3, tzinfo=UTC)
IDR, BIA, SSBD = "idr:idr0034", "biostudies:S-BSMS5", "ssbd:ssbd-repos-000001"
TITLE = "A genome-scale library of fluorescent cell lines"


def study(curie: str, **fields: Any) -> dict[str, Any]:
    owner, _, accession = curie.partition(":")
    return {
        "type": "Study",
        "id": curie,
        "accession": accession,
        "owner": owner,
        "title": f"Study {accession}",
        **fields,
    }


def statement(curie: str, other: str, **fields: Any) -> dict[str, Any]:
    given = {"same_study_as": other, "evidence": "owner_statement", "stated_by": curie.partition(":")[0]}
    return {"id": f"{curie}/identity/1", **given, **fields}


class Catalogue:
    """A ledger with its view of claims, brought level whenever it is asked."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ledger = Ledger(f"sqlite:///{folder / 'ledger.db'}", lambda: MOMENT)
        self.ledger.add_source("x", harvester="gide", location="x")
        self.view = ClaimsView(folder / "identity")
        self._identities = Identities(Claims(folder / "identity"), self.ledger.decisions)

    def put(self, *records: dict[str, Any], status: str = "public", kind: str = "study") -> None:
        with self.ledger.transaction() as writer:
            for record in records:
                writer.append(
                    curie=record["id"], owner=record["owner"], kind=kind, status=status, payload=canonical(record),
                    source="x", harvester="gide/1", retrieved_at=MOMENT,
                )  # fmt: skip

    @property
    def identities(self) -> Identities:
        catch_up(self.ledger, self.view)
        return self._identities

    def groups(self) -> list[tuple[str, ...]]:
        return [tuple(m.curie for m in cluster.members) for cluster in self.identities.clusters()]


@pytest.fixture
def catalogue(tmp_path: Path) -> Iterator[Catalogue]:
    made = Catalogue(tmp_path)
    yield made
    made.view.close()
    made.ledger.close()


STATES: dict[str, Callable[[str], dict[str, Any]]] = {
    # idr0034-study.txt: Study BioImage Archive Accession S-BSMS5
    "identity statement": lambda other: {"identity_statements": [statement(IDR, other)]},
    "alternative identifier": lambda other: {"alternative_identifiers": [other.partition(":")[2]]},
    "former identifier": lambda other: {"former_identifiers": [other]},
    "identical resource": lambda other: {
        "related_resources": [{"id": f"{IDR}/related/1", "related_to": other, "relation": "IsIdenticalTo"}]
    },
    "version of resource": lambda other: {
        "related_resources": [{"id": f"{IDR}/related/1", "related_to": other, "relation": "IsVersionOf"}]
    },
}


@pytest.mark.parametrize("way", STATES)
def test_r25_an_explicit_statement_joins_two_records(catalogue: Catalogue, way: str) -> None:
    """R25: whichever way a record names another archive's, both are one study, and the named one is preferred."""
    catalogue.put(study(IDR, **STATES[way](BIA)), study(BIA), study(SSBD))
    (cluster,) = catalogue.identities.clusters()
    assert (cluster.preferred, [m.curie for m in cluster.members]) == (BIA, [BIA, IDR])
    (link,) = cluster.links
    assert [(e.kind, e.stated_by, e.names) for e in link.evidence] == [("owner_statement", "idr", BIA)]
    assert catalogue.identities.cluster(IDR) == catalogue.identities.cluster(BIA) == cluster
    assert catalogue.identities.cluster(SSBD) is None


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ({"doi": "10.17867/10000128a"}, {"doi": "10.17867/10000128A"}),  # idr0022, idr0028 write both cases
        ({"doi": "10.5281/zenodo.1"}, {"alternative_identifiers": ["https://doi.org/10.5281/ZENODO.1"]}),
        (
            {"doi": "10.5281/zenodo.1"},
            {"related_resources": [{"id": "x", "related_to": "doi:10.5281/zenodo.1", "relation": "IsIdenticalTo"}]},
        ),
    ],
)
def test_r25_the_same_identifier_of_the_data_joins_two_records(
    catalogue: Catalogue, one: dict[str, Any], two: dict[str, Any]
) -> None:
    """R25: the same DOI of the data set, in any case and spelling, is evidence."""
    catalogue.put(study(IDR, date_published="2020-01-01", **one), study(SSBD, date_published="2019-01-01", **two))
    (cluster,) = catalogue.identities.clusters()
    assert [e.kind for link in cluster.links for e in link.evidence] == ["same_dataset_pid"]
    assert cluster.preferred == SSBD, "nobody points; the first published is preferred"
    assert catalogue.identities.cluster(SSBD) == cluster


def test_r25_the_doi_of_another_archives_entry_names_that_entry(catalogue: Catalogue) -> None:
    """R25: data with the DOI 10.6019/EMPIAR-10002 are the entry empiar:10002."""
    catalogue.put(study(BIA, doi="10.6019/EMPIAR-10002"), study("empiar:10002"))
    (cluster,) = catalogue.identities.clusters()
    assert cluster.preferred == "empiar:10002" and cluster.links[0].evidence[0].kind == "same_dataset_pid"


HINTS = [
    (
        {"publications": [{"id": "p", "doi": "10.1038/x"}]},
        {"publications": [{"id": "q", "doi": "10.1038/X"}]},
        "same paper",
    ),
    (
        {"publications": [{"id": "p", "pubmed_id": "7"}]},
        {"publications": [{"id": "q", "pubmed_id": "7"}]},
        "same paper",
    ),
    ({"title": TITLE}, {"title": f"  {TITLE.upper()}. "}, "same title"),
    ({"image_entries": [BIA]}, {}, "names the other"),
]


@pytest.mark.parametrize(("one", "two", "reason"), HINTS)
def test_r25_a_shared_paper_or_title_only_proposes(
    catalogue: Catalogue, one: dict[str, Any], two: dict[str, Any], reason: str
) -> None:
    """R25: what papers, titles and entries suggest is listed for review and links nothing."""
    catalogue.put(study(IDR, **one), study(BIA, **two))
    assert catalogue.groups() == []
    (proposal,) = catalogue.identities.proposals()
    assert (proposal.one.curie, proposal.two.curie) == (BIA, IDR) and proposal.reasons[0].startswith(reason)


def test_r25_shared_people_alone_propose_nothing(catalogue: Catalogue) -> None:
    """R25: an ORCID iD in both is counted beside other reasons and is no reason by itself."""
    authors = [{"id": "a", "type": "Person", "name": "A", "orcid": "https://orcid.org/0000-0002-1825-0097"}]
    catalogue.put(study(IDR, authors=authors), study(BIA, authors=authors))
    assert catalogue.identities.proposals() == []
    catalogue.put(study(IDR, authors=authors, title=TITLE), study(BIA, authors=authors, title=TITLE))
    assert [proposal.shared_people for proposal in catalogue.identities.proposals()] == [1]


def test_proposals_are_ranked_by_what_is_shared(catalogue: Catalogue) -> None:
    """Pairs that share most come first; those that are linked already are not proposed."""
    paper = [{"id": "p", "doi": "10.1038/x"}]
    catalogue.put(
        study(IDR, title=TITLE, publications=paper),
        study(BIA, title=TITLE, publications=paper),
        study(SSBD, publications=paper, alternative_identifiers=["idr0034"]),
    )
    found = [(p.one.curie, p.two.curie, len(p.reasons)) for p in catalogue.identities.proposals()]
    assert found == [(BIA, IDR, 2), (BIA, SSBD, 1)]
    assert catalogue.identities.proposals(SSBD)[0].one.curie == BIA


def test_what_many_records_share_is_a_collection(catalogue: Catalogue) -> None:
    """A DOI or paper of more records than one study can have neither joins nor proposes."""
    shared = {"doi": "10.5281/zenodo.2", "publications": [{"id": "p", "doi": "10.1038/x"}]}
    names = [f"biostudies:S-BIAD{number}" for number in range(1, MAX_SHARED + 2)]
    catalogue.put(*(study(name, **shared) for name in names))
    assert catalogue.groups() == [] and catalogue.identities.proposals() == []
    catalogue.put(study(names[0], doi="10.5281/zenodo.3"))
    assert len(catalogue.groups()[0]) == MAX_SHARED


def test_r25_decisions_rule_and_can_be_undone(catalogue: Catalogue) -> None:
    """R25: a curator joins what is proposed, parts what is stated, takes either back, and all of it stays readable."""
    catalogue.put(study(IDR, title=TITLE, alternative_identifiers=["S-BSMS5"]), study(BIA), study(SSBD, title=TITLE))
    identities = catalogue.identities
    identities.decide(SSBD, IDR, ACCEPT, "Ada", "same plates")
    assert catalogue.groups() == [(BIA, IDR, SSBD)] and identities.proposals() == []
    evidence = [e for link in identities.cluster(SSBD).links for e in link.evidence if e.kind == "curator"]
    assert [(e.stated_by, e.detail, e.stated_on) for e in evidence] == [("Ada", "same plates", "2026-02-03")]
    identities.decide(IDR, SSBD, UNDO, "Ben")
    assert catalogue.groups() == [(BIA, IDR)] and len(identities.proposals()) == 1
    identities.decide(IDR, BIA, REJECT, "Ben")
    assert catalogue.groups() == [] and identities.cluster(IDR) is None
    identities.decide(IDR, BIA, UNDO, "Ada")
    identities.decide(SSBD, IDR, REJECT, "Ada")
    assert catalogue.groups() == [(BIA, IDR)] and identities.proposals() == []
    told = [(d.decision, d.decided_by) for d in identities.history(IDR)]
    assert told == [("accept", "Ada"), ("undo", "Ben"), ("reject", "Ben"), ("undo", "Ada"), ("reject", "Ada")]


def test_a_decision_that_cannot_be_is_refused(catalogue: Catalogue) -> None:
    """Nothing is decided twice, about one record, about unknown ones, by nobody, or undone before it was made."""
    catalogue.put(study(IDR), study(BIA))
    identities = catalogue.identities
    for one, two, decision, by, problem in (
        (IDR, IDR, ACCEPT, "Ada", BadRequest),
        (IDR, BIA, "merge", "Ada", BadRequest),
        (IDR, BIA, ACCEPT, " ", BadRequest),
        (IDR, SSBD, ACCEPT, "Ada", NotFound),
        (IDR, BIA, UNDO, "Ada", Conflict),
    ):
        with pytest.raises(problem):
            identities.decide(one, two, decision, by)
    identities.decide(IDR, BIA, ACCEPT, "Ada")
    with pytest.raises(Conflict):
        identities.decide(BIA, IDR, ACCEPT, "Ben")


def test_withdrawn_and_suppressed_records_leave_their_cluster(catalogue: Catalogue) -> None:
    """Only public records are linked; one that goes parts, one that comes back is linked again."""
    record = study(IDR, alternative_identifiers=["S-BSMS5"])
    catalogue.put(record, study(BIA))
    assert catalogue.groups() == [(BIA, IDR)]
    catalogue.put(study(BIA), status="suppressed")
    assert catalogue.groups() == [] and catalogue.identities.cluster(IDR) is None
    catalogue.put(study(BIA))
    assert catalogue.groups() == [(BIA, IDR)]
    catalogue.put(study(IDR))
    assert catalogue.groups() == []


def test_statements_about_images_and_strangers_join_nothing(catalogue: Catalogue) -> None:
    """A name of an image, of the record itself, or of what is not here is no link."""
    catalogue.put(study(IDR, alternative_identifiers=["idr:6001240", IDR, "idr0034", "S-BIAD999", "n/a"]))
    assert catalogue.groups() == [] and catalogue.identities.cluster(IDR) is None


def test_a_chain_of_statements_is_one_cluster(catalogue: Catalogue) -> None:
    """Records joined through others are one study; whichever is asked for, the answer is the same."""
    names = [f"biostudies:S-BIAD{number}" for number in range(1, 8)]
    catalogue.put(*(study(a, alternative_identifiers=[b]) for a, b in pairwise(names)), study(names[-1]))
    (cluster,) = catalogue.identities.clusters()
    assert [m.curie for m in cluster.members] == sorted(names)
    assert all(catalogue.identities.cluster(name) == cluster for name in names)


def test_rdf_links_records_without_saying_that_they_are_one_thing(catalogue: Catalogue) -> None:
    """R25: the graph has prov:alternateOf and schema:sameAs both ways, statements with evidence, and no owl:sameAs."""
    catalogue.put(study(IDR, identity_statements=[statement(IDR, BIA, date_stated="2020-05-04")]), study(BIA))
    data = catalogue.identities.quads()
    store = px.Store()
    store.load(data, px.RdfFormat.N_QUADS)
    alternates = {
        (q.subject.value, q.object.value)
        for q in store.quads_for_pattern(None, px.NamedNode("http://www.w3.org/ns/prov#alternateOf"), None)
        if "/identity/" not in q.subject.value
    }
    assert alternates == {(BASE + IDR, BASE + BIA), (BASE + BIA, BASE + IDR)}
    same = store.quads_for_pattern(None, px.NamedNode("http://schema.org/sameAs"), None)
    assert {(q.subject.value, q.object.value) for q in same} == alternates
    assert b"owl#sameAs" not in data and b"ownerStatement" in data and b"2020-05-04" in data
    assert {q.graph_name.value for q in store} == {BASE + "identity"}
    assert catalogue.identities.quads() == data


def test_view_is_exact_when_repeated_and_when_made_anew(catalogue: Catalogue) -> None:
    """Entries applied again change nothing; a rebuild gives the same, and is seen only when it is whole."""
    catalogue.put(study(IDR, alternative_identifiers=["S-BSMS5"]), study(BIA))
    before = catalogue.identities.clusters()
    catalogue.view.apply(catalogue.ledger.entries())
    assert catalogue.identities.clusters() == before
    catalogue.view.reset()
    assert catalogue._identities.clusters() == before and catalogue.view.position() == 0
    rebuild(catalogue.ledger, catalogue.view)
    assert catalogue._identities.clusters() == before and catalogue.view.position() == catalogue.ledger.last_position()
    catalogue.view.close()
    catalogue.view = ClaimsView(catalogue.folder / "identity")
    assert (catalogue.view.position(), catalogue.view.rebuilding) == (catalogue.ledger.last_position(), False)


def test_a_damaged_or_missing_file_reads_as_nothing_and_is_made_anew(catalogue: Catalogue) -> None:
    """Without a usable file there are no clusters, no error, and the next catch-up makes it."""
    catalogue.put(study(IDR, alternative_identifiers=["S-BSMS5"]), study(BIA))
    before = catalogue.identities.clusters()
    catalogue.view.close()
    file = catalogue.folder / "identity" / "claims.db"
    file.write_bytes(b"no database" * 100)
    assert catalogue._identities.clusters() == [] and catalogue._identities.cluster(IDR) is None
    catalogue.view = ClaimsView(catalogue.folder / "identity")
    assert catalogue.view.rebuilding and catalogue.identities.clusters() == before


def test_state_follows_records_and_decisions(catalogue: Catalogue) -> None:
    """What tells the graph to write links again changes with studies and decisions, and not with images."""
    catalogue.put(study(IDR), study(BIA))
    first = catalogue.identities.state()
    assert catalogue.identities.state() == first
    catalogue.identities.decide(IDR, BIA, ACCEPT, "Ada")
    second = catalogue.identities.state()
    catalogue.put({"type": "Image", "id": f"{BIA}.a", "owner": "biostudies", "study": BIA}, kind="image")
    assert catalogue.identities.state() == second
    catalogue.put(study(SSBD))
    assert len({first, second, catalogue.identities.state()}) == 3


@given(st.text(max_size=40))
def test_any_text_may_stand_where_a_name_is_expected(text: str) -> None:
    """Names, DOIs and titles of any form give claims or none, and never an error."""
    record = study(
        IDR, title=text, alternative_identifiers=[text], former_identifiers=[text], image_entries=[text], doi=text
    )
    record["publications"] = [{"id": "p", "doi": text}]
    record["related_resources"] = [{"id": "r", "related_to": text, "relation": "IsIdenticalTo"}]
    for claim in claims_of(record):
        assert claim.target and claim.target != IDR and claim.kind in ClaimKind
    assert claims_of({"type": "Image", "id": IDR, "doi": text}) == []


@pytest.mark.parametrize(
    ("text", "doi"),
    [
        ("10.17867/10000104A", "10.17867/10000104a"),
        ("http://dx.doi.org/10.17867/10000104A", "10.17867/10000104a"),
        ("https://doi.org/10.1/x", None),
        ("doi:10.1038/s41597", "10.1038/s41597"),
        ("n/a", None),
    ],
)
def test_dois_are_compared_in_one_form(text: str, doi: str | None) -> None:
    """Resolver, prefix and case do not make another DOI."""
    assert normalised_doi(text) == doi


def test_short_titles_are_no_hint() -> None:
    """A title of few words names too much; signs and case of a longer one do not count."""
    assert normalised_title("Dataset 1: Images") is None
    assert normalised_title("Cell-cycle: imaging of HeLa (H2B) cells") == "cell cycle imaging of hela h2b cells"


def test_journal_of_a_killed_writer_never_reaches_the_new_file(tmp_path: Path) -> None:
    """R6: a view made anew after a crash in the middle of a write holds what was put, not pages of the old file."""
    catalogue = Catalogue(tmp_path)
    catalogue.put(study(IDR, title=TITLE))
    catalogue.identities  # noqa: B018  brings the view level
    file = tmp_path / "identity" / "claims.db"
    writer = sqlite3.connect(file, isolation_level=None)
    writer.execute("pragma cache_size = 1")
    writer.execute("begin")
    rows = [(f"{number}{'x' * 900}", "x" * 900, "x", "x") for number in range(99)]
    writer.executemany("insert into study values (?, ?, ?, ?)", rows)
    journal, pages = file.with_name("claims.db-journal").read_bytes(), file.read_bytes()
    writer.close()
    catalogue.view.close()
    file.write_bytes(pages)
    file.with_name("claims.db-journal").write_bytes(journal)
    catalogue.view = ClaimsView(tmp_path / "identity")
    rebuild(catalogue.ledger, catalogue.view)
    found = Claims(tmp_path / "identity").studies([IDR])
    assert found[IDR].title == TITLE
    with closing(sqlite3.connect(file)) as reader:
        assert reader.execute("pragma integrity_check").fetchone() == ("ok",)
