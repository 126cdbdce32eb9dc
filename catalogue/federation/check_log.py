"""Whether one owner's log and digests at an endpoint fit each other, and whether its records could be taken in here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from catalogue.exchange.exchange_json import PAGE_ENTRIES, page_number
from catalogue.federation.feed import Given, MemberSays, read_entries, read_entry
from catalogue.federation.findings import Finding, counted, note, ok, problem, warning
from catalogue.federation.payloads import check_chunk, check_payload, chunks_named, payload_bytes
from catalogue.federation.probe import Probe
from catalogue.model.log_entry import LogEntry
from catalogue.model.payload import digest
from catalogue.model.signing import is_signed
from catalogue.model.tenure import SignedTenure, Tenure
from catalogue.problems import FetchRefused, NotFound, RecordRejected, SourceChanged
from catalogue.store.digests import OwnerDigest
from catalogue.store.leaves import ABSENT, BucketDigest, Leaf, bucket_digest, bucket_of, owner_digest

_PAGE_BYTES: Final = 32 << 20
_CHUNK_BYTES: Final = 64 << 20
_SAMPLED_BUCKETS: Final = 3
_SAMPLED_CHUNKS: Final = 2
_SHOWN_FAULTS: Final = 5


@dataclass(slots=True)
class _Walk:
    """What was seen of a log."""

    entries: int = 0
    rejected: Counter[str] = field(default_factory=Counter)
    first_rejected: dict[str, str] = field(default_factory=dict)
    heads: dict[str, Leaf] = field(default_factory=dict)
    chunks: int = 0
    lost_chunks: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    last: LogEntry | None = None


def check_owner(
    probe: Probe,
    says: MemberSays,
    owner: OwnerDigest,
    tenures: Sequence[SignedTenure],
    max_bytes: int,
    *,
    whole: bool,
) -> Iterator[Finding]:
    """Findings about one owner's log.

    Args:
        tenures: statements about the owner that the endpoint shows.
        max_bytes: of one payload that this node takes in.
        whole: all of it; else first, middle and last page, and a few buckets and chunks.
    """
    name = f"log of {owner.owner}"
    buckets = says.buckets(owner.owner)
    leaves, faults = _buckets(says, owner, buckets, whole)
    statements = {signed.tenure.epoch: signed.tenure for signed in tenures}
    walk = _Walk()
    for epoch in range(owner.epoch + 1):
        tenure = statements.get(epoch)
        if tenure is None:
            faults.append(f"no statement says who writes epoch {epoch}")
            continue
        _walk_epoch(probe, walk, owner, tenure, statements.get(epoch + 1), max_bytes, whole)
    faults += walk.faults
    last = walk.last
    at_end = last is not None and last.key == (owner.owner, owner.epoch, owner.seq)
    if last is not None and at_end and owner.log_digest not in ("", last.digest):
        faults.append(f"its last entry has the digest {last.digest[:16]}…, its digests say another")
    if whole and not faults:
        faults += _against_leaves(walk.heads, leaves)
    if faults:
        yield problem(
            name,
            _told(faults),
            "A pull stops at the first entry that does not follow the one before it, and digests would never be equal.",
            "Its operator runs `ommatidia fsck`; a folder of files is published anew, whole.",
        )
    else:
        looked = "all" if whole else "a sample of"
        yield ok(
            name, f"{looked} {owner.seq} entries: no gap, signatures, payloads and buckets fit ({walk.entries} read)."
        )
    yield from _records(name, walk, [curie for curie, leaf in leaves.items() if leaf.status == ABSENT])


def _told(faults: Sequence[str]) -> str:
    shown = "; ".join(fault.rstrip(".") for fault in faults[:_SHOWN_FAULTS])
    more = f"; and {len(faults) - _SHOWN_FAULTS} more" if len(faults) > _SHOWN_FAULTS else ""
    return f"{counted(len(faults), 'fault')}: {shown}{more}."


def _records(name: str, walk: _Walk, absent: Sequence[str]) -> Iterator[Finding]:
    for reason, count in walk.rejected.most_common():
        yield problem(
            name,
            f"{count} of {walk.entries} records would be quarantined here ({reason}): {walk.first_rejected[reason]}",
            "The entries would be taken in without what they say, and this node would not serve them.",
            "Its operator mends them at the source; each would be listed at /federation/quarantine here.",
        )
    if absent:
        yield warning(
            name,
            f"The content of {len(absent)} records is not there, first: {absent[0]}.",
            "The endpoint itself lacks what the owner wrote, or keeps it in quarantine.",
            "Join the owner's own node as well, or ask the endpoint's operator.",
        )
    if walk.lost_chunks:
        yield problem(
            name,
            f"{len(walk.lost_chunks)} of {walk.chunks} chunks of image rows are lost, first: {walk.lost_chunks[0]}.",
            "Image lists without their rows are not served here.",
            "Its operator runs `ommatidia fsck --repair`, or publishes the folder with its chunks.",
        )
    elif walk.chunks:
        yield note(name, f"{walk.chunks} chunks of image rows fetched and compared with their digests.")


def _buckets(
    says: MemberSays, owner: OwnerDigest, buckets: Sequence[BucketDigest], whole: bool
) -> tuple[dict[str, Leaf], list[str]]:
    """Leaves by curie, and where owner, buckets and leaves do not fit each other."""
    faults: list[str] = []
    if owner_digest(buckets) != owner.digest or owner_digest(buckets, live=True) != owner.live_digest:
        faults.append("its buckets do not make up the owner's digest")
    if (sum(b.count for b in buckets), sum(b.live for b in buckets)) != (owner.count, owner.live):
        faults.append("its buckets do not add up to the owner's number of records")
    leaves: dict[str, Leaf] = {}
    step = 1 if whole else max(1, len(buckets) // _SAMPLED_BUCKETS)
    for bucket in buckets[::step]:
        found = says.leaves(owner.owner, bucket.bucket)
        leaves |= {leaf.curie: leaf for leaf in found}
        if bucket_digest(bucket.bucket, found) != bucket:
            faults.append(f"the records of bucket {bucket.bucket} do not make up its digest")
        strays = [leaf.curie for leaf in found if bucket_of(leaf.curie) != bucket.bucket]
        if strays:
            faults.append(f"{strays[0]} stands in bucket {bucket.bucket} and belongs to {bucket_of(strays[0])}")
    return leaves, faults


def _walk_epoch(
    probe: Probe,
    walk: _Walk,
    owner: OwnerDigest,
    tenure: Tenure,
    successor: Tenure | None,
    max_bytes: int,
    whole: bool,
) -> None:
    last = owner.seq if tenure.epoch == owner.epoch else successor.after_seq if successor is not None else 0
    if not last:
        return
    if successor is not None:
        last = min(last, successor.after_seq) if tenure.epoch == owner.epoch else last
    pages = page_number(last)
    wanted = range(1, pages + 1) if whole else sorted({1, (pages + 1) // 2, pages})
    previous: LogEntry | None = None
    for page in wanted:
        first = (page - 1) * PAGE_ENTRIES + 1
        if previous is None or previous.seq != first - 1:
            previous = None
        try:
            entries = read_entries(
                probe.feed().get(f"federation/log/{owner.owner}/{tenure.epoch}/{page}.json", _PAGE_BYTES)
            )
        except (NotFound, SourceChanged, FetchRefused) as error:
            walk.faults.append(error.detail)
            continue
        previous = _check_page(
            probe, walk, entries, (first, min(last, page * PAGE_ENTRIES)), tenure, previous, max_bytes
        )
    walk.last = previous
    _check_single(probe, walk, owner.owner, tenure.epoch, last, whole)


def _check_page(
    probe: Probe,
    walk: _Walk,
    entries: Sequence[Given],
    span: tuple[int, int],
    tenure: Tenure,
    previous: LogEntry | None,
    max_bytes: int,
) -> LogEntry | None:
    seqs = [given.log.seq for given in entries if given.log.seq <= span[1]]
    if seqs != list(range(span[0], span[1] + 1)):
        walk.faults.append(f"a page should have entries {span[0]} to {span[1]} of epoch {tenure.epoch} and has others")
    for given in entries:
        log = given.log
        walk.entries += 1
        expected = previous.digest if previous is not None else tenure.after_digest if log.seq == 1 else log.previous
        if (log.owner, log.epoch) != (tenure.owner, tenure.epoch):
            walk.faults.append(f"{log.iri} stands in the log of {tenure.owner}, epoch {tenure.epoch}")
        elif log.asserted_by != tenure.node or not is_signed(tenure.key, log.message, given.signature):
            walk.faults.append(f"{log.iri} is not signed by {tenure.node}, who writes {log.owner} in epoch {log.epoch}")
        elif log.previous != expected:
            walk.faults.append(f"{log.iri} does not follow the entry before it")
        _check_content(probe, walk, given, max_bytes)
        previous = log
    return previous


def _check_content(probe: Probe, walk: _Walk, given: Given, max_bytes: int) -> None:
    log = given.log
    status = ABSENT if given.payload is None else log.status
    walk.heads[log.curie] = Leaf(log.curie, log.epoch, log.seq, status, log.payload_digest)
    if given.payload is None:
        return
    try:
        content = payload_bytes(log, given.payload)
        check_payload(log, content, max_bytes)
        _check_chunks(probe, walk, log, content)
    except RecordRejected as rejection:
        walk.rejected[rejection.reason] += 1
        walk.first_rejected.setdefault(rejection.reason, rejection.detail)


def _check_chunks(probe: Probe, walk: _Walk, log: LogEntry, content: bytes) -> None:
    chunks = chunks_named(log, content)
    for chunk in chunks[:_SAMPLED_CHUNKS]:
        walk.chunks += 1
        try:
            rows = probe.feed().get(f"chunks/{chunk.digest}.parquet", _CHUNK_BYTES).content
        except (NotFound, FetchRefused, SourceChanged) as error:
            walk.lost_chunks.append(error.detail)
            continue
        if digest(rows) != chunk.digest:
            walk.lost_chunks.append(f"{chunk.digest[:16]}… has another digest than its name")
            continue
        check_chunk(log, chunk, rows)


def _check_single(probe: Probe, walk: _Walk, owner: str, epoch: int, seq: int, whole: bool) -> None:
    """Whether an entry alone and a page of headers say the same as the page; a large record comes by these."""
    try:
        alone = read_entry(probe.feed().get(f"federation/entry/{owner}/{epoch}/{seq}.json", _PAGE_BYTES))
        page = f"federation/log/{owner}/{epoch}/{page_number(seq)}.headers.json"
        headers = read_entries(probe.feed().get(page, _PAGE_BYTES))
    except (NotFound, SourceChanged, FetchRefused) as error:
        walk.faults.append(error.detail)
        return
    told: list[Any] = [one.log for one in headers if one.log.seq == seq]
    if walk.last is not None and walk.last.seq == seq and (alone.log != walk.last or told != [walk.last]):
        walk.faults.append(f"entry {seq} of {owner} reads otherwise alone than on its page")


def _against_leaves(heads: dict[str, Leaf], leaves: dict[str, Leaf]) -> list[str]:
    """Records whose newest entry in the log is not what the digests were made over."""
    wrong = sorted(curie for curie in heads.keys() | leaves.keys() if heads.get(curie) != leaves.get(curie))
    return [f"{curie} is another in the log than in its bucket" for curie in wrong]
