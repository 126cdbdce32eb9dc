"""Takes in from one member what it has and this node lacks, and compares digests afterwards.

How far each owner's log goes here is the only cursor: whoever gives the next entry, and however often, the result is
the same. Pure but for the feed and the holdings. Source: federation.md sections 5 and 6, R1 to R7, R15, R17, R18, R26.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from catalogue.exchange.exchange_json import PAGE_BYTES, page_number
from catalogue.federation.belief import weigh
from catalogue.federation.feed import Feed, MemberSays, SaidNode, read_entries, read_entry
from catalogue.federation.holdings import Arrival, Holdings
from catalogue.federation.merge import Judgement, Verdict, judge
from catalogue.federation.payloads import check_chunk, check_payload, chunks_named, payload_bytes
from catalogue.federation.pull_report import OwnerStanding, PullReport
from catalogue.model.log_entry import LogEntry
from catalogue.model.namespaces import OWNERS
from catalogue.model.payload import digest
from catalogue.model.tenure import SignedTenure
from catalogue.problems import Conflict, FetchRefused, NotFound, RecordRejected, SourceChanged
from catalogue.store.digests import OwnerDigest
from catalogue.store.exchange_log import OwnerPlace
from catalogue.store.leaves import ABSENT, Leaf, node_digest

_CHUNK_BYTES: Final = 64 << 20
_SLACK_BYTES: Final = 64 << 10
_REPAIRS: Final = 1_000


class Pull:
    """One pull from one member.

    Args:
        node, key: of the member, as it joined.
        max_bytes: of one payload.
        tell: called with the report so far after each batch that was taken in.
    """

    def __init__(
        self,
        feed: Feed,
        holdings: Holdings,
        node: str,
        key: str,
        max_bytes: int,
        tell: Callable[[PullReport], None] = lambda report: None,
    ) -> None:
        self._feed = feed
        self._here = holdings
        self._node = node
        self._max_bytes = max_bytes
        self._tell = tell
        self._says = MemberSays(feed, node, key)
        self.report = PullReport(node)
        self._tenures: dict[str, list[SignedTenure]] = {}
        self.said: SaidNode | None = None

    @property
    def key(self) -> str:
        """Public key of the member: another than it joined with when it showed that it has a new one."""
        return self._says.key

    def run(self, etag: str = "") -> PullReport:
        """Reads what is new and compares.

        Args:
            etag: of what the member said of itself when both were last found equal; "" reads all the same.
        Raises:
            SourceUnavailable: the member does not answer.
            SourceChanged: it does not speak this form of exchange, or is another node than the one that joined.
        """
        said = self.said = self._says.node(etag)
        if said is None:
            self.report.unchanged, self.report.etag = True, etag
            return self.report
        self.report.digest, self.report.position = said.digest, said.position
        self._take_registry()
        owners = self._says.owners()
        for owner in self._known(owners):
            self._read(owner, compare=True)
        # Two answers of different moments: what was compared is not what the ETag stands for.
        same = node_digest((one.owner, one.digest) for one in owners) == said.digest
        self.report.etag = said.etag if same else ""
        return self.report

    def take_back(self) -> PullReport:
        """Reads only the logs that this node writes itself: what of them it has lost comes back (R18).

        A member can draw this out no longer than those logs are, since every entry must bear this node's signature.

        Raises:
            SourceUnavailable, SourceChanged: as `run`.
        """
        self._says.node()
        self._take_registry()
        own = {owner for owner, said in self._here.tenures().items() if said[-1].tenure.node == self._here.node}
        for owner in self._says.owners():
            if owner.owner in own:
                self._read(owner, compare=False)
        return self.report

    def _known(self, said: Sequence[OwnerDigest]) -> list[OwnerDigest]:
        """Owners of the prefix map; nothing of any other could be taken in, however many a member names."""
        unknown = [one.owner for one in said if one.owner not in OWNERS]
        if unknown:
            self.report.complete = False
            self.report.notes.append(
                f"{', '.join(unknown[:5])}{' …' if len(unknown) > 5 else ''} ({len(unknown)}): no prefix of the prefix "
                "map here (owners.toml)."
            )
        return [one for one in said if one.owner in OWNERS]

    def _read(self, owner: OwnerDigest, *, compare: bool) -> None:
        """Takes in one owner's log and holds it against ours."""
        self._tenures = self._here.tenures()
        alarms = len(self.report.alarms)
        try:
            self._follow(owner.owner, owner.epoch, owner.seq)
            self._hold_against(owner.owner, owner.epoch, owner.seq, owner.log_digest)
            if compare:
                self._compare(owner, alarmed=len(self.report.alarms) > alarms)
        except (SourceChanged, NotFound, FetchRefused) as error:
            # What is wrong with one owner's log at this member holds up no other owner.
            self.report.complete = False
            self.report.notes.append(f"{owner.owner}: {error.detail}")

    def _take_registry(self) -> None:
        shown = self._says.registry()
        found = weigh(shown.tenures, self._here.tenures(), self._here.member_keys(), OWNERS)
        for signed in found.new:
            self._here.put_tenure(signed, self._node)
        for theirs, ours in found.conflicts:
            said = theirs.tenure
            self._alarm(
                "tenure-conflict",
                f"{self._node} shows that {said.node} writes {said.owner} in epoch {said.epoch}; here it is "
                f"{ours.tenure.node}. Exactly one node may. Ours stands until a person has looked.",
                said.owner,
                {"theirs": theirs.document(), "ours": ours.document()},
            )
        for signed, why in found.refused:
            self.report.notes.append(f"The statement about {signed.tenure.owner}, epoch {signed.tenure.epoch}: {why}.")

    def _follow(self, owner: str, epoch: int, seq: int) -> None:
        """Takes in an owner's log up to where the member has it."""
        chain = self._tenures.get(owner, [])
        for said in [one.tenure for one in chain if one.tenure.epoch <= epoch]:
            after = next((one.tenure.after_seq for one in chain if one.tenure.epoch == said.epoch + 1), None)
            last = seq if said.epoch == epoch else after
            if last is None:
                return
            if not self._follow_epoch(owner, said.epoch, last if after is None else min(last, after)):
                return
        if len(chain) <= epoch:
            self.report.complete = False
            self.report.notes.append(f"No statement believed here says who writes {owner} in epoch {epoch}.")

    def _follow_epoch(self, owner: str, epoch: int, last: int) -> bool:
        """Whether the log of an epoch is here up to `last` now."""
        place = self._here.place(owner, epoch)
        while place.seq < last:
            told = self._told_of()
            arrivals = self._judged(owner, epoch, place, last)
            if not arrivals and told == self._told_of():
                self.report.notes.append(
                    f"{owner}: epoch {epoch} should go on to entry {last}; its page gives nothing after {place.seq}."
                )
            if arrivals and self._taken_in(arrivals):
                self._count(arrivals)
            before, place = place, self._here.place(owner, epoch)
            if place.seq <= before.seq:
                self.report.complete = False
                return False
        return True

    def _told_of(self) -> tuple[int, int, int]:
        return len(self.report.notes), len(self.report.alarms), sum(self.report.refused.values())

    def _taken_in(self, arrivals: Sequence[Arrival]) -> bool:
        try:
            self._here.take_in(arrivals, self._node)
        except Conflict:
            # Another pull brought the same meanwhile; what is here now says how to go on.
            return False
        return True

    def _count(self, arrivals: Sequence[Arrival]) -> None:
        self.report.applied += len(arrivals)
        self.report.absent += sum(1 for one in arrivals if not one.payload)
        self.report.recovered += sum(1 for one in arrivals if one.log.asserted_by == self._here.node)
        self._tell(self.report)

    def _judged(self, owner: str, epoch: int, place: OwnerPlace, last: int) -> list[Arrival]:
        """What the page after `place` gives up to `last`, in order, up to the first entry that may not be taken in."""
        known = _Ahead(self._here, place)
        arrivals: list[Arrival] = []
        frozen = self._here.frozen()
        for given in self._page(owner, epoch, page_number(place.seq + 1)):
            log = given.log
            if (log.owner, log.epoch) != (owner, epoch):
                self._refuse(log, "not-owner", f"{log.iri} stands in the log of {owner}, epoch {epoch}.", given.url)
                break
            if log.seq <= known.now.seq:
                continue
            if log.seq > last:
                break
            judgement = judge(log, given.signature, known, self._tenures, frozen)
            if judgement.verdict is not Verdict.APPLY:
                self._not_applied(log, given.signature, judgement, given.url)
                break
            arrivals.append(self._arrival(log, given.signature, given.payload, given.url, given.reason))
            known.now = OwnerPlace(owner, epoch, log.seq, log.digest)
        return arrivals

    def _page(self, owner: str, epoch: int, page: int) -> list[Any]:
        """The entries of a page; one by one where the page is too large, so that a huge record delays only itself."""
        address = f"federation/log/{owner}/{epoch}/{page}"
        try:
            answer = self._feed.get(f"{address}.json", PAGE_BYTES)
            return read_entries(answer)
        except FetchRefused as refusal:
            if refusal.members.get("rule") != "too-large":
                raise
        found = read_entries(self._feed.get(f"{address}.headers.json", PAGE_BYTES))
        return [self._alone(one) if one.size_bytes <= self._max_bytes else one.refused("too-large") for one in found]

    def _alone(self, given: Any) -> Any:
        log = given.log
        address = f"federation/entry/{log.owner}/{log.epoch}/{log.seq}.json"
        try:
            return read_entry(self._feed.get(address, self._max_bytes + _SLACK_BYTES))
        except FetchRefused as refusal:
            if refusal.members.get("rule") != "too-large":
                raise
            return given.refused("too-large")

    def _arrival(self, log: LogEntry, signature: str, payload: Any, url: str, reason: str) -> Arrival:
        if payload is None:
            detail = f"The payload of {log.iri} is larger than this node takes in." if reason else ""
            return Arrival(log, signature, b"", reason, detail, url)
        try:
            return Arrival(log, signature, self._checked(log, payload), "", "", url)
        except RecordRejected as rejection:
            return Arrival(log, signature, b"", rejection.reason, rejection.detail, url)

    def _checked(self, log: LogEntry, payload: Any) -> bytes:
        content = payload_bytes(log, payload)
        check_payload(log, content, self._max_bytes)
        for chunk in chunks_named(log, content):
            if not self._here.lacks(chunk):
                continue
            if not 0 < chunk.size_bytes <= _CHUNK_BYTES:
                raise RecordRejected(f"A chunk of {log.curie} is too large.", reason="too-large", identifier=log.curie)
            try:
                rows = self._feed.get(f"chunks/{chunk.digest}.parquet", chunk.size_bytes).content
            except (NotFound, FetchRefused, SourceChanged) as error:
                raise RecordRejected(
                    f"A chunk of {log.curie} cannot be had from {self._node}: {error.detail}",
                    reason="gap",
                    identifier=log.curie,
                ) from error
            if digest(rows) != chunk.digest:
                raise RecordRejected(
                    f"A chunk of {log.curie} does not have the digest that its manifest names.",
                    reason="not-parsable",
                    identifier=log.curie,
                )
            check_chunk(log, chunk, rows)
            self._here.keep_chunk(rows)
        return content

    def _not_applied(self, log: LogEntry, signature: str, judgement: Judgement, url: str) -> None:
        self.report.complete = False
        if judgement.verdict is Verdict.ALARM:
            mine = self._tenures[log.owner][log.epoch].tenure.node == self._here.node
            kind = "echo-mismatch" if mine else judgement.reason
            kept = self._here.digest_at(*log.key)
            evidence = {"entry": log.document(), "signature": signature, "digest_here": kept}
            self._alarm(kind, judgement.detail, log.owner, evidence)
        elif judgement.verdict is Verdict.REFUSE:
            self._refuse(log, judgement.reason, judgement.detail, url)
        elif judgement.detail:
            self.report.notes.append(judgement.detail)

    def _refuse(self, log: LogEntry, reason: str, detail: str, url: str) -> None:
        self.report.complete = False
        self.report.refused[reason] = self.report.refused.get(reason, 0) + 1
        self._here.refuse(log, reason, detail, url, self._node)

    def _alarm(self, kind: str, detail: str, owner: str, evidence: Mapping[str, object]) -> None:
        self.report.alarms.append(kind)
        self._here.raise_alarm(kind, detail, owner=owner, node=self._node, evidence=evidence)

    def _hold_against(self, owner: str, epoch: int, seq: int, log_digest: str) -> None:
        """Looks whether the member's log is a beginning of ours, or the same; else asks for the proof (P6, R18)."""
        kept = self._here.digest_at(owner, epoch, seq) if seq else None
        if kept is None or kept == log_digest:
            return
        self.report.complete = False
        try:
            given = read_entry(
                self._feed.get(f"federation/entry/{owner}/{epoch}/{seq}.json", self._max_bytes + _SLACK_BYTES)
            )
        except (NotFound, FetchRefused, SourceChanged) as error:
            self.report.notes.append(f"{owner}: another log than ours, without proof ({error.detail})")
            return
        if given.log.key == (owner, epoch, seq):
            judgement = judge(given.log, given.signature, self._here, self._tenures, {})
            if judgement.verdict is not Verdict.KNOWN:
                self._not_applied(given.log, given.signature, judgement, given.url)

    def _compare(self, said: OwnerDigest, *, alarmed: bool) -> None:
        """Notes how the log stands at both.

        Args:
            alarmed: this pull raised an alarm about it, such as a fork; that says why the digests differ.
        """
        ours, theirs = self._here.owner_digest(said.owner), (said.epoch, said.seq)
        place = (ours.epoch, ours.seq) if ours is not None else (-1, 0)
        equal = ours is not None and ours.digest == said.digest
        if not equal and place == theirs:
            equal, explained = self._repair(said.owner, said.digest)
            if not (equal or explained or alarmed):
                self.report.unexplained.append(said.owner)
        self.report.owners.append(OwnerStanding(said.owner, theirs, place, equal, said.count))

    def _repair(self, owner: str, said: str) -> tuple[bool, bool]:
        """Fills in what is missing, by bucket (R15).

        Returns:
            Whether the digests are equal afterwards, and whether each difference is explained.
        """
        theirs = {one.bucket: one.digest for one in self._says.buckets(owner)}
        ours = {one.bucket: one.digest for one in self._here.buckets(owner)}
        # Buckets that agree explain no difference: then what the member says does not fit together.
        differing, explained, left = False, True, _REPAIRS
        if invented := theirs.keys() - ours.keys():
            # Both logs are equally far, so that they make the same buckets: these are never asked for.
            differing, explained = True, False
            self.report.notes.append(f"{owner}: {len(invented)} buckets that no entry here makes.")
        for bucket in sorted(ours):
            if theirs.get(bucket) == ours.get(bucket):
                continue
            differing = True
            mine = {leaf.curie: leaf for leaf in self._here.leaves(owner, bucket)}
            for leaf in self._says.leaves(owner, bucket):
                if left and leaf != mine.get(leaf.curie):
                    left -= 1
                    explained = self._mend(owner, leaf, mine.get(leaf.curie)) and explained
            explained = explained and bucket in theirs
        now = self._here.owner_digest(owner)
        return now is not None and now.digest == said, differing and explained

    def _mend(self, owner: str, theirs: Leaf, mine: Leaf | None) -> bool:
        """Whether the difference in one record is mended or explained: a payload is missing on one side."""
        if theirs.status == ABSENT:
            return True
        if mine is None or mine.status != ABSENT or (mine.epoch, mine.seq) != (theirs.epoch, theirs.seq):
            return False
        address = f"federation/entry/{owner}/{theirs.epoch}/{theirs.seq}.json"
        try:
            given = read_entry(self._feed.get(address, self._max_bytes + _SLACK_BYTES))
            if given.payload is None or given.log.digest != self._here.digest_at(*given.log.key):
                return False
            self._here.fill(given.log, self._checked(given.log, given.payload))
        except (RecordRejected, NotFound, FetchRefused):
            # It stays quarantined with the reason that it got when it came.
            return True
        self.report.filled += 1
        return True


class _Ahead:
    """What is here, and what of the page under way will be."""

    def __init__(self, here: Holdings, now: OwnerPlace) -> None:
        self._here = here
        self.now = now

    def place(self, owner: str, epoch: int) -> OwnerPlace:
        """As `Known`."""
        return self.now if (owner, epoch) == (self.now.owner, self.now.epoch) else self._here.place(owner, epoch)

    def digest_at(self, owner: str, epoch: int, seq: int) -> str | None:
        """As `Known`."""
        # Logs have no gaps: what lies beyond the place is not here, which saves a question for each new entry.
        if (owner, epoch) == (self.now.owner, self.now.epoch) and seq > self.now.seq:
            return None
        return self._here.digest_at(owner, epoch, seq)
