"""Which records are about one study: clusters from evidence, proposals from hints, both subject to curators' decisions.

Clusters link records and never merge them; rule R25 of federation.md. Claims are catalogue.store.claims' business.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from catalogue.model.identity_claims import ClaimKind
from catalogue.model.namespaces import BASE, expand
from catalogue.model.rdf import quads
from catalogue.problems import NotFound
from catalogue.store.claims import Claims, Stated, StudyLine
from catalogue.store.decisions import ACCEPT, REJECT, Decision, Decisions, Pair
from catalogue.store.graph.base import IDENTITY

# What more records share is the mark of a collection, not of one study.
MAX_SHARED: Final = 20
MAX_MEMBERS: Final = 100
_ALTERNATE: Final = expand("prov:alternateOf")
_SAME: Final = expand("schema:sameAs")
_STATEMENT: Final = expand("omm:identityStatement")
_REASONS: Final = {
    ClaimKind.PAPER: "same paper",
    ClaimKind.TITLE: "same title",
    ClaimKind.ENTRY: "names the other as a further entry",
}


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why two records are held to be one study.

    Args:
        kind: of the model's IdentityEvidence.
        stated_by: owner prefix, or name of a curator.
        stated_on: day; "" when it is not told.
        names: the record that somebody names as the other; "" where both carry the same.
    """

    kind: str
    detail: str
    stated_by: str
    stated_on: str = ""
    names: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """Two records and the evidence that joins them; `curie` comes before `other` in the order of text."""

    curie: str
    other: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Cluster:
    """Records of one study.

    Args:
        preferred: CURIE of the one that others name most; of equals the one published first, then the first by name.
        members: by name.
    """

    preferred: str
    members: tuple[StudyLine, ...]
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """Two records that may be one study, for a curator to look at.

    Args:
        reasons: what they share, in words; never empty.
        shared_people: number of ORCID iDs that both name; these alone propose nothing.
    """

    one: StudyLine
    two: StudyLine
    reasons: tuple[str, ...]
    shared_people: int


class Identities:
    """Clusters and proposals as they are now.

    Args:
        claims: of the records.
        decisions: of the curators.
    """

    graph = IDENTITY

    def __init__(self, claims: Claims, decisions: Decisions) -> None:
        self._claims = claims
        self._decisions = decisions

    def state(self) -> str:
        """Changes whenever clusters or proposals may have."""
        return f"{self._claims.state()} {self._decisions.state()}"

    def cluster(self, curie: str) -> Cluster | None:
        """The cluster that a record is in; None for one that stands alone or is no public study here."""
        decided = self._decisions.in_force()
        known, frontier = {curie}, {curie}
        links: dict[Pair, list[Evidence]] = {}
        while frontier and len(known) <= MAX_MEMBERS:
            found = self._links(self._evidence_about(frontier), decided, frontier)
            links |= found
            frontier = {name for pair in found for name in pair} - known
            known |= frontier
        lines = self._claims.studies(known)
        return next(
            (cluster for cluster in _clusters(links, lines) if curie in {m.curie for m in cluster.members}), None
        )

    def clusters(self) -> list[Cluster]:
        """Every cluster, by its preferred record."""
        stated = [*self._claims.every(ClaimKind.STATED), *self._claims.every(ClaimKind.PID)]
        links = self._links(stated, self._decisions.in_force(), None)
        lines = self._claims.studies(name for pair in links for name in pair)
        return sorted(_clusters(links, lines), key=lambda cluster: cluster.preferred)

    def proposals(self, curie: str | None = None) -> list[Proposal]:
        """Pairs that a curator should look at, those that share most first; decided and linked ones are left out.

        Args:
            curie: only those with this record.
        """
        decided = self._decisions.in_force()
        linked = {m.curie: number for number, c in enumerate(self.clusters()) for m in c.members}
        reasons: dict[Pair, list[str]] = defaultdict(list)
        for kind, words in _REASONS.items():
            for pair, detail in _hinted(kind, self._claims.every(kind)):
                together = linked.get(pair[0], -1) == linked.get(pair[1], -2)
                if pair not in decided and not together and (curie is None or curie in pair):
                    reasons[pair].append(f"{words}{detail}")
        return self._ranked(reasons)

    def decide(self, one: str, two: str, decision: str, by: str, note: str = "") -> Decision:
        """Keeps a curator's word about two records; see catalogue.store.decisions.

        Raises:
            NotFound: one of them is no public study here.
            BadRequest, Conflict: as Decisions.decide.
        """
        known = self._claims.studies((one, two))
        for name in (one, two):
            if name not in known and decision == ACCEPT:
                raise NotFound(f"{name} is no public study of this catalogue; only such can be joined.")
        return self._decisions.decide(one, two, decision, by, note)

    def history(self, curie: str) -> list[Decision]:
        """Every decision that was ever made about a record, oldest first."""
        return self._decisions.history(curie)

    def quads(self) -> bytes:
        """The clusters as N-Quads in the graph IDENTITY: records joined both ways, each link with its statements."""
        lines: list[str] = []
        parts: list[bytes] = []
        for cluster in self.clusters():
            pairs = {(link.curie, link.other) for link in cluster.links}
            others = (member.curie for member in cluster.members if member.curie != cluster.preferred)
            pairs.update(_pair(name, cluster.preferred) for name in others)
            for one, two in sorted(pairs):
                for left, right in ((one, two), (two, one)):
                    lines += [_quad(left, predicate, BASE + right) for predicate in (_ALTERNATE, _SAME)]
            for link in cluster.links:
                for statement, owner in _statements(link):
                    lines.append(_quad(owner, _STATEMENT, statement["id"]))
                    parts.append(quads(statement, IDENTITY, "IdentityStatement"))
        return "".join(sorted(set(lines))).encode() + b"".join(parts)

    def _evidence_about(self, names: set[str]) -> list[Stated]:
        """Claims that join these records to others: theirs, those about them, and those of the same identifiers."""
        kinds = (ClaimKind.STATED, ClaimKind.PID)
        own = self._claims.of(names, kinds)
        about = self._claims.about(names, [ClaimKind.STATED])
        shared = self._claims.about((s.claim.target for s in own if s.claim.kind is ClaimKind.PID), [ClaimKind.PID])
        return [*(s for s in own if s.claim.kind is ClaimKind.STATED), *about, *shared]

    def _links(
        self, stated: Iterable[Stated], decided: dict[Pair, Decision], around: set[str] | None
    ) -> dict[Pair, list[Evidence]]:
        """Pair -> evidence; pairs that a curator rejected are left out, those accepted come in.

        Args:
            around: only accepted pairs with one of these records; None for all.
        """
        links: dict[Pair, dict[Evidence, None]] = defaultdict(dict)
        for pair, evidence in _evidence(stated):
            links[pair][evidence] = None
        for pair, decision in decided.items():
            if decision.decision == REJECT:
                links.pop(pair, None)
            elif around is None or around & set(pair):
                day = decision.decided_at.date().isoformat()
                links[pair][Evidence("curator", decision.note, decision.decided_by, day)] = None
        return {pair: list(found) for pair, found in links.items()}

    def _ranked(self, reasons: dict[Pair, list[str]]) -> list[Proposal]:
        names = {name for pair in reasons for name in pair}
        lines = self._claims.studies(names)
        people: dict[str, set[str]] = defaultdict(set)
        for stated in self._claims.of(names, [ClaimKind.ORCID]):
            people[stated.curie].add(stated.claim.target)
        found = [
            Proposal(lines[one], lines[two], tuple(dict.fromkeys(why)), len(people[one] & people[two]))
            for (one, two), why in reasons.items()
            if one in lines and two in lines
        ]
        return sorted(found, key=lambda p: (-len(p.reasons), -p.shared_people, p.one.curie, p.two.curie))


def _pair(one: str, two: str) -> Pair:
    return (one, two) if one < two else (two, one)


def _evidence(stated: Iterable[Stated]) -> Iterator[tuple[Pair, Evidence]]:
    same: dict[str, dict[str, str]] = defaultdict(dict)
    for curie, claim in ((s.curie, s.claim) for s in stated):
        if claim.kind is ClaimKind.STATED:
            by = claim.stated_by or curie.partition(":")[0]
            names = claim.target
            yield _pair(curie, names), Evidence(claim.evidence, claim.detail, by, claim.stated_on, names)
        else:
            same[claim.target].setdefault(curie, claim.detail)
    for pid, details in same.items():
        if 2 <= len(details) <= MAX_SHARED:
            for one, two in combinations(sorted(details), 2):
                owners = ", ".join(sorted({name.partition(":")[0] for name in (one, two)}))
                yield (one, two), Evidence("same_dataset_pid", f"both carry {pid}", owners)


def _hinted(kind: ClaimKind, stated: list[Stated]) -> Iterator[tuple[Pair, str]]:
    """Pairs of records that share a target or, for entries, of which one names the other."""
    if kind is ClaimKind.ENTRY:
        for one in stated:
            yield _pair(one.curie, one.claim.target), ""
        return
    same: dict[str, set[str]] = defaultdict(set)
    for one in stated:
        same[one.claim.target].add(one.curie)
    for target, names in same.items():
        if 2 <= len(names) <= MAX_SHARED:
            for one_name, two_name in combinations(sorted(names), 2):
                yield (one_name, two_name), f" ({target})" if kind is ClaimKind.PAPER else ""


def _clusters(links: dict[Pair, list[Evidence]], lines: dict[str, StudyLine]) -> Iterator[Cluster]:
    """Connected records; those that are no public studies here join nothing."""
    links = {pair: found for pair, found in links.items() if pair[0] in lines and pair[1] in lines}
    root: dict[str, str] = {}

    def top(name: str) -> str:
        while (above := root.setdefault(name, name)) != name:
            root[name] = name = root[above]
        return name

    for one, two in links:
        root[top(one)] = top(two)
    groups: dict[str, list[Pair]] = defaultdict(list)
    for pair in links:
        groups[top(pair[0])].append(pair)
    for pairs in groups.values():
        members = tuple(lines[name] for name in sorted({name for pair in pairs for name in pair}))
        joined = tuple(Link(*pair, tuple(links[pair])) for pair in sorted(pairs))
        yield Cluster(_preferred(members, joined), members, joined)


def _preferred(members: tuple[StudyLine, ...], links: tuple[Link, ...]) -> str:
    votes = Counter(e.names for link in links for e in link.evidence if e.names)
    return min(members, key=lambda m: (-votes[m.curie], not m.published, m.published, m.curie)).curie


def _quad(subject: str, predicate: str, target: str) -> str:
    return f"<{BASE}{subject}> <{predicate}> <{target}> <{IDENTITY}> .\n"


def _statements(link: Link) -> Iterator[tuple[dict[str, str], str]]:
    """(IdentityStatement, CURIE of the record that it is about) for each piece of evidence."""
    for evidence in link.evidence:
        other = evidence.names or link.other
        owner = link.curie if other == link.other else link.other
        told = "\n".join((owner, other, evidence.kind, evidence.detail, evidence.stated_by, evidence.stated_on))
        name = f"{BASE}identity/{hashlib.sha256(told.encode()).hexdigest()[:24]}"
        statement = {"id": name, "same_study_as": other, "evidence": evidence.kind, "stated_by": evidence.stated_by}
        if evidence.detail:
            statement["evidence_detail"] = evidence.detail
        if evidence.stated_on:
            statement["date_stated"] = evidence.stated_on
        yield statement, owner
