"""Results of profiles in the provenance graph: there for public records, the same after a rebuild, never outdated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from app import LocalNode, open_node
from catalogue.model.profile_results import ProfileChecks
from catalogue.model.profiles import profiles
from catalogue.model.rdf import quads
from catalogue.problems import SettingsInvalid
from catalogue.store.graph.embedded import EmbeddedGraph
from catalogue.store.graph_view import GraphView
from catalogue.store.ledger import Ledger
from catalogue.store.views import catch_up, rebuild
from tests.store.graph.records import all_of, append, graph_of, image, open_ledger, snapshot, study, tombstone

CURIE = "biostudies:S-BIAD1"
CHECKS = ProfileChecks(profiles().values())


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """The ledger of the test's data folder."""
    with open_ledger(tmp_path) as opened:
        yield opened


@pytest.fixture
def view(tmp_path: Path) -> Iterator[GraphView]:
    """A view that holds records against all shipped profiles."""
    made = GraphView(EmbeddedGraph(tmp_path / "graph"), quads, checks=CHECKS)
    yield made
    made.close()


def results_of(folder: Path, curie: str = CURIE) -> set[str]:
    """Lines about results in a record's provenance graph."""
    return {line for line in graph_of(snapshot(folder), f"{curie}/record") if "/record/profile/" in line}


def test_results_stand_in_the_provenance_graph(tmp_path: Path, ledger: Ledger, view: GraphView) -> None:
    """A public record's CatalogRecord leads to a result a profile, with outcome and broken rules."""
    append(ledger, study(1))
    catch_up(ledger, view)
    lines = results_of(tmp_path)
    assert any("hasQualityMeasurement" in line and "profile/rembi-1.5>" in line for line in lines)
    assert any("terms/outcome> <https://w3id.org/ommatidia/terms/Failed>" in line for line in lines)
    assert any(
        "terms/brokenRule> <https://w3id.org/ommatidia/shapes/rembi-1.5-Study-authors>" in line for line in lines
    )


def test_results_follow_the_record(tmp_path: Path, ledger: Ledger, view: GraphView) -> None:
    """A mended record loses its broken rule, a withdrawn one all its results."""
    append(ledger, study(1))
    catch_up(ledger, view)
    assert any("gide-0.2-Study-authors" in line for line in results_of(tmp_path))
    author = {"type": "Person", "id": f"{CURIE}/author/1", "name": "Ada Example"}
    append(ledger, study(1, authors=[author]))
    catch_up(ledger, view)
    assert not any("gide-0.2-Study-authors" in line for line in results_of(tmp_path))
    append(ledger, tombstone(study(1)))
    catch_up(ledger, view)
    assert results_of(tmp_path) == set()


def test_rebuild_gives_the_same_graphs(tmp_path: Path, ledger: Ledger, view: GraphView) -> None:
    """Results depend on records and profiles alone: thrown away and made again, every graph is equal."""
    append(ledger, study(1), study(2), image(7, of="biostudies:S-BIAD2"))
    catch_up(ledger, view)
    before = all_of(snapshot(tmp_path))
    rebuild(ledger, view)
    assert all_of(snapshot(tmp_path)) == before
    assert any("profile/" in line for line in results_of(tmp_path))


class Changed:
    """The same checks after their files changed."""

    def __init__(self, checks: ProfileChecks):
        self._checks = checks
        self.digests: Mapping[str, str] = {iri: digest[::-1] for iri, digest in checks.digests.items()}

    def results(self, curie: str, triples: bytes) -> list[dict[str, Any]]:
        """One result the less."""
        return self._checks.results(curie, triples)[1:]


def test_changed_profile_makes_the_view_anew(tmp_path: Path, ledger: Ledger, view: GraphView) -> None:
    """When a profile comes, changes or goes, old results are not kept beside new ones."""
    append(ledger, study(1), study(2))
    catch_up(ledger, view)
    assert not view.stale
    view.close()
    reopened = GraphView(EmbeddedGraph(tmp_path / "graph"), quads, checks=Changed(CHECKS))
    assert reopened.stale
    catch_up(ledger, reopened)
    assert not reopened.stale
    assert not any("profile/datacite-4.5>" in line for line in results_of(tmp_path))
    reopened.close()


def test_view_without_checks_has_no_results(tmp_path: Path, ledger: Ledger) -> None:
    """Where no profile was chosen, provenance is as before."""
    view = GraphView(EmbeddedGraph(tmp_path / "graph"), quads)
    append(ledger, study(1))
    catch_up(ledger, view)
    assert results_of(tmp_path) == set()
    view.close()


OWN = """
@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix omm: <https://w3id.org/ommatidia/terms/> .
@prefix omsh: <https://w3id.org/ommatidia/shapes/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix prof: <http://www.w3.org/ns/dx/prof/> .
@prefix sh: <http://www.w3.org/ns/shacl#> .

omsh:lab-1 a prof:Profile ;
    dcterms:title "Our lab" ; dcterms:description "What we ask." ; owl:versionInfo "1" ; prof:hasToken "lab-1" ;
    omsh:appliesTo omsh:Records .
omsh:lab-1-Study a sh:NodeShape ; sh:targetClass omm:Study ; sh:property omsh:lab-1-Study-keywords .
omsh:lab-1-Study-keywords a sh:PropertyShape ; sh:path dcat:keyword ; sh:name "keywords" ; sh:minCount 1 ;
    sh:message "Give keywords." ; sh:severity sh:Violation .
"""


def node_with(home: Path, own: str) -> LocalNode:
    """A node that keeps results of one shipped profile and of one of its own."""
    (home / "profiles").mkdir(parents=True)
    (home / "ommatidia.toml").write_text('profiles = ["gide-0.2"]\n')
    (home / "profiles" / "lab-1.ttl").write_text(own)
    node = open_node(home)
    node.initialise()
    return node


def test_a_node_keeps_results_of_chosen_and_own_profiles(tmp_path: Path) -> None:
    """The setting chooses among the shipped profiles; a file in DIR/profiles is used without another word."""
    node = node_with(tmp_path / "home", OWN)
    append(node.ledger, study(1))
    with node.views() as views:
        for made in views:
            catch_up(node.ledger, made)
    node.ledger.close()
    lines = results_of(tmp_path / "home")
    assert {line.partition("/record/profile/")[2].partition(">")[0] for line in lines} == {"gide-0.2", "lab-1"}
    assert any("brokenRule> <https://w3id.org/ommatidia/shapes/lab-1-Study-keywords>" in line for line in lines)


def test_a_node_refuses_a_profile_that_cannot_be_used(tmp_path: Path) -> None:
    """A broken file in DIR/profiles is named before anything is published."""
    node = node_with(tmp_path / "home", OWN.replace('prof:hasToken "lab-1"', 'prof:hasToken "lab-2"'))
    with pytest.raises(SettingsInvalid, match=r"lab-1\.ttl.*hasToken"), node.views():
        pass
    node.ledger.close()
