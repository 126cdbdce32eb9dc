"""Judges a record that is in no ledger by the same metrics as all others; what cannot be known of it stays open."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from catalogue.fair.assess.base import MOST_CHARACTERS
from catalogue.fair.audit import Audit, judge_all, wanted_facts
from catalogue.fair.dataset import dataset_of
from catalogue.fair.funding import FundingReader
from catalogue.fair.identifier_schemes import persistent_scheme
from catalogue.fair.judged import Judged
from catalogue.fair.known_terms import KnownTerms
from catalogue.fair.metrics.base import Metric, metrics
from catalogue.fair.node_facts import NodeFacts
from catalogue.fair.outcomes import Evidence, Judgement, Mender, failed, indeterminate, passed
from catalogue.fair.profiles import ProfileFacts
from catalogue.model.namespaces import ASSESSED, BASE
from catalogue.model.payload import canonical, digest
from catalogue.store.observations import Observation

Overrule = Callable[[Metric, Judgement], Judgement]
IDENTIFIER: Final = "identifier-iri"
_OF_THE_HOLDER: Final = frozenset(
    {"harvestable", "in-sitemap", "metadata-cc0", "metadata-copies", "persistence-policy", "source-kept"}
)
"""Metrics about whoever holds the record, which no record and no page of one study tells."""
_CHECKS_OF_THE_HOLDER: Final = frozenset({"harvest-endpoints", "tombstone-answers"})
JUDGED_CHARACTERS: Final = 10_000
"""Of one text in a judgement: a PDF with a description of 4 MB takes 13 s to set, and nothing can stop that."""


def about_holder(metric: Metric) -> bool:
    """Whether a metric asks about the archive that holds a record, not about the record or its page."""
    return metric.id in _OF_THE_HOLDER or bool(_CHECKS_OF_THE_HOLDER & set(metric.checks))


def judge_record(
    records: Sequence[Mapping[str, Any]],
    seen: Iterable[Observation],
    target: str,
    owner: str,
    software: str,
    at: str,
) -> Audit:
    """The audit of one study, as far as its record and what was seen tell.

    Args:
        records: the study, then its images.
        seen: what was observed of it.
        target: its name in the audit.
        owner: as shown.
        at: moment of the assessment, ISO 8601 in UTC.
    """
    study = dict(records[0])
    curie, chosen = study["id"], metrics()
    funding = FundingReader()
    entry_hash = digest(canonical({"records": [dict(record) for record in records]}))
    with ProfileFacts() as profiles:
        dataset = dataset_of(
            [(str(record["type"]).lower(), entry_hash, dict(record)) for record in records],
            wanted_facts(chosen.values()),
            [funding.of_study, profiles.of_study, KnownTerms().of_study],
            [profiles.of_image],
        )
    dataset = replace(dataset, entry_hash=entry_hash, recorded_at=at)
    observed = {curie: {one.check: one for one in seen}}
    audit = replace(judge_all(dataset, chosen, observed, NodeFacts(), software=software), funding=funding.index())
    named = {name: _renamed(one, curie, target) for name, one in audit.judgements[curie].items()}
    (row,) = (one for one in audit.studies if one.curie == curie)
    row = replace(row, curie=target, owner=owner, title=_short(row.title))
    # Numbers of observations are those of a ledger, and this is in none.
    return replace(audit, studies=(row,), judgements=Judged.of({target: named}), observed={})


def overruled(audit: Audit, overrule: Overrule) -> Audit:
    """The audit of one study with what is to be said instead of judgements that rest on what nobody knows here."""
    (target,) = audit.judgements
    said = {name: overrule(audit.metrics[name], one) for name, one in audit.judgements[target].items()}
    return replace(audit, judgements=Judged.of({target: said}))


def _renamed(judgement: Judgement, curie: str, target: str) -> Judgement:
    """The judgement in short, with the name by which the study goes where the one inside was only made for judging."""
    made_up = curie.startswith(ASSESSED + ":")

    def named(text: str) -> str:
        text = text.replace(BASE + curie, target).replace(curie, target) if made_up else text
        return _short(text)

    evidence = tuple(replace(one, text=named(one.text)) for one in judgement.evidence)
    add = tuple(map(named, judgement.add))
    return Judgement(judgement.outcome, named(judgement.said), evidence, add, judgement.mender)


def _short(text: str) -> str:
    return text if len(text) <= JUDGED_CHARACTERS else text[:JUDGED_CHARACTERS] + "…"


def outside_identifier(target: str, record: Mapping[str, Any]) -> Judgement:
    """Whether a study elsewhere has an identifier that is kept up for good: the address asked for, or one stated."""
    stated = [name for name in record.get("alternative_identifiers", ()) if isinstance(name, str)]
    stated += [f"https://doi.org/{record['doi']}"] if record.get("doi") else []
    for name in (target, *(name for name in stated if len(name) <= MOST_CHARACTERS)):
        if scheme := persistent_scheme(name):
            return passed(f"The study has the {scheme} identifier {name}.", Evidence(f"Identifier: {name}"))
    said = "Neither the address asked for nor any identifier stated is of a scheme that is kept up for good."
    return failed(said, add=(f'<{target}> <http://purl.org/dc/terms/identifier> "…" .',), mender=Mender.OWNER)


def open_question(said: str) -> Judgement:
    """A judgement that stays open."""
    return indeterminate(said)
