"""Findings of the audit, each beside what stands in the crate that the archive published (GIDE, April 2026)."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from catalogue.fair.audit import judge_all
from catalogue.fair.dataset import dataset_of
from catalogue.fair.known_terms import KnownTerms
from catalogue.fair.metrics.base import get_metric
from catalogue.fair.node_facts import NodeFacts
from catalogue.fair.outcomes import Judgement, Mender, Outcome
from catalogue.fair.profiles import ProfileFacts
from catalogue.model.documents import Record, SourceDocument, SourceSpec
from harvesters.gide import GideHarvester

pytestmark = pytest.mark.partners
BIA, IDR, SSBD = "gide-bia/crates", "gide-idr/crates", "gide-ssbd/crates"
Crate = dict[str, dict[str, Any]]
P, F, U = Outcome.PASS, Outcome.FAIL, Outcome.INDETERMINATE


def root(crate: Crate) -> dict[str, Any]:
    """The study of a crate."""
    return next(e for e in crate.values() if "Dataset" in e["@type"] and e["@id"] != "ro-crate-metadata.json")


def named(crate: Crate, key: str) -> list[dict[str, Any]]:
    """What the study's property leads to."""
    value = root(crate).get(key) or []
    return [crate[one["@id"]] for one in (value if isinstance(value, list) else [value]) if one["@id"] in crate]


# (crate, metric, outcome, a part of what is said, what stands in the crate)
FINDINGS: list[tuple[str, str, Outcome, str, Callable[[Crate], bool]]] = [
    (
        f"{BIA}/S-BIAD1005", "method-ontology", F, "No imaging method",
        lambda c: {e["@type"][0] for e in named(c, "measurementMethod")} == {"LabProtocol"}
        and not any(e["measurementTechnique"] for e in named(c, "measurementMethod")),
    ),
    (
        f"{BIA}/S-BIAD1021", "organism-ontology", F, "No organism",
        lambda c: [e["taxonomicRange"] for e in named(c, "about")] == [[]],
    ),
    (
        f"{BIA}/S-BIAD1082", "biological-entity", F, "nothing says what they are",
        lambda c: [(e["name"], e["description"]) for e in named(c, "about") if "BioSample" in e["@type"]]
        == [("N/A", "N/A")],
    ),
    (
        f"{BIA}/S-BIAD2282", "licence-open", F, "CC-BY-NC-4.0",
        lambda c: root(c)["license"] == "https://creativecommons.org/licenses/by-nc/4.0/",
    ),
    (
        f"{BIA}/S-BIAD1069", "size-stated", F, "0 bytes",
        lambda c: [e["value"] for e in named(c, "size") if e["unitText"] == "bytes"] == [0],
    ),
    (
        f"{IDR}/idr0054", "method-ontology", F, "by no term of FBbi",
        lambda c: [e for e in named(c, "measurementMethod") if e["@type"] == "DefinedTerm"]
        == [{"@id": "#term", "@type": "DefinedTerm", "name": "imaging mass cytometry"}],
    ),
    (
        f"{IDR}/idr0001", "authors-identified", F, "No author has an ORCID",
        lambda c: [set(e) for e in named(c, "author")]
        == [{"@id", "@type", "name", "givenName", "familyName", "email", "address"}],
    ),
    (
        f"{SSBD}/database/108-Sugita-RPEiPSCell", "terms-current", F, "no longer in their ontology",
        lambda c: c["http://purl.obolibrary.org/obo/GO_0005623"]["name"] == "cell",
    ),
    (
        f"{SSBD}/database/191-Shima-KIF5Cmove", "grant-stated", F, "told in words",
        lambda c: [("identifier" in e, "KAKENHI grant 16H06372" in e["name"]) for e in named(c, "funder")]
        == [(False, True)],
    ),
    (
        f"{SSBD}/database/106-Jin-BreastTumorFlu", "method-ontology", F, "no imaging method",
        lambda c: [e["name"] for e in named(c, "measurementMethod") if e["@type"] == "DefinedTerm"]
        == ["recorded image"],
    ),
    (
        f"{IDR}/idr0147", "sample-preparation", F, "no more than that name",
        lambda c: {e["description"] for e in c.values() if e.get("name") in ("growth protocol", "treatment protocol")
                   and e["@type"] == "LabProtocol"} == {"growth protocol", "treatment protocol"},
    ),
    (
        f"{IDR}/idr0147", "tools-stated", F, "no more than that name",
        lambda c: [e["description"] for e in c.values() if e.get("name") == "data analysis protocol"]
        == ["data analysis protocol"],
    ),
    (
        f"{SSBD}/database/11-Toyoshima-NeuAct", "publication-timely", U, "dated 1939",
        lambda c: [(e["@id"].endswith("/27271939"), e["datePublished"]) for e in named(c, "seeAlso")]
        == [(True, "1939")],
    ),
]  # fmt: skip


def judged(raw: bytes, item: str, metric: str) -> Judgement:
    """What a metric says of the study that a crate is mapped to."""
    source = SourceSpec("gide", "gide", "somewhere", ("biostudies", "empiar", "idr", "ssbd"))
    mapped = GideHarvester(fetcher=None).map(SourceDocument(item, f"file:{item}", raw), source)  # type: ignore[arg-type]
    (record,) = mapped.records
    return judged_record(record, metric)


def judged_record(record: Record, metric: str) -> Judgement:
    """What a metric says of a study."""
    chosen = {metric: get_metric(metric)}
    further = [ProfileFacts().of_study, KnownTerms().of_study]
    dataset = dataset_of([("study", "0" * 64, record)], chosen[metric].reads, further)
    return judge_all(dataset, chosen, {}, NodeFacts()).judgements[record["id"]][metric]


@pytest.mark.parametrize(
    ("crate", "metric", "outcome", "said", "stands"),
    FINDINGS,
    ids=[f"{f[0].rpartition('/')[2]} {f[1]}" for f in FINDINGS],
)
def test_finding_is_what_stands_in_the_crate(
    partners: Path, crate: str, metric: str, outcome: Outcome, said: str, stands: Callable[[Crate], bool]
) -> None:
    """Each outcome is that of the archive's own document, neither made nor hidden by the mapping."""
    raw = (partners / f"{crate}-ro-crate-metadata.json").read_bytes()
    assert stands({entity["@id"]: entity for entity in json.loads(raw)["@graph"]})
    judgement = judged(raw, f"{crate.rpartition('/')[2]}-ro-crate-metadata.json", metric)
    assert judgement.outcome is outcome, judgement.said
    assert said in judgement.said
    if outcome is F:
        assert judgement.add and judgement.mender in (None, Mender.OWNER)


def test_identifier_that_our_map_lacks_is_ours_to_mend(partners: Path) -> None:
    """131-Wen-NeuronalNucDyn names a strain by WormBase, whose prefix our map lacks: nothing for the archive to do."""
    name = "131-Wen-NeuronalNucDyn-ro-crate-metadata.json"
    judgement = judged((partners / SSBD / "database" / name).read_bytes(), name, "vocabularies-registered")
    assert judgement.outcome is F and judgement.mender is Mender.HARVESTER
