"""Everything that is wrong with an endpoint, told to an operator before it joins.

What it says of itself and of its owners is looked at here, its log in check_log.py, its manners in check_manners.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median
from typing import Final
from urllib.parse import urlsplit

from catalogue.federation.belief import weigh
from catalogue.federation.check_log import check_owner
from catalogue.federation.check_manners import check_extras, check_manners
from catalogue.federation.feed import MemberSays, SaidNode, SaidRegistry
from catalogue.federation.findings import Finding, note, ok, problem, warning
from catalogue.federation.holdings import LedgerHoldings
from catalogue.federation.probe import Probe
from catalogue.model.namespaces import OWNERS
from catalogue.model.released import parse_version, released_versions
from catalogue.model.table import schema_version
from catalogue.model.tenure import SignedTenure
from catalogue.problems import FetchRefused, NotFound, Problem, SourceChanged, SourceUnavailable
from catalogue.store.digests import OwnerDigest
from catalogue.store.leaves import node_digest
from catalogue.store.ledger import Ledger

__all__ = ["Finding", "check_member"]

_SKEW_S: Final = 300.0
_SLOW_S: Final = 2.0
_LOOKS: Final = 3
_ONE_STATE: Final = 3


def check_member(ledger: Ledger, probe: Probe, max_bytes: int, *, whole: bool = False) -> Iterator[Finding]:
    """Findings in the order in which they are made; nothing is written and the member is not changed.

    Args:
        ledger: of this node, whose registry the member's is held against.
        max_bytes: of one payload that this node takes in.
        whole: every page, entry and chunk; else a sample.
    """
    yield from _check_address(probe.base)
    says = MemberSays(probe.feed(), "", "")
    try:
        first = probe.get("federation/node.json", 4 << 20)
    except FetchRefused as refusal:
        yield problem(
            "reachable", refusal.detail, "Nothing of it can be read.", "Do what the sentence says, then check again."
        )
        return
    except SourceUnavailable as error:
        yield problem(
            "reachable",
            error.detail,
            "A member that does not answer is never equal.",
            "Check address, name, certificate, firewall and whether its server runs.",
        )
        return
    try:
        said = says.node()
    except (NotFound, SourceChanged) as error:
        yield problem(
            "node.json",
            error.detail,
            "By this document a node is told from another, and its signature shows that it holds its key.",
            "Give the address under which /federation/node.json stands; its operator runs `ommatidia init` for a key, "
            "or publishes a folder with `ommatidia export --static`.",
        )
        return
    assert said is not None  # asked without an ETag
    yield ok("node.json", f"{says.node_name} ({said.name}) signs what it says with the key {says.key[:16]}….")
    yield from _check_identity(ledger, probe, says)
    yield from _check_times(probe, first.skew_s, first.seconds)
    yield from _check_said(probe.base, said)
    yield from _check_content(ledger, probe, says, said, max_bytes, whole)
    yield from check_manners(probe, says)
    yield from check_extras(probe)


def _check_content(
    ledger: Ledger, probe: Probe, says: MemberSays, said: SaidNode, max_bytes: int, whole: bool
) -> Iterator[Finding]:
    try:
        registry = says.registry()
        yield from _check_registry(ledger, says, said, registry)
        owners = list(_one_state(says, said))
        yield from _check_digests(owners, says, said)
        tenures: dict[str, list[SignedTenure]] = {}
        for signed in registry.tenures:
            tenures.setdefault(signed.tenure.owner, []).append(signed)
    except Problem as error:
        yield _unreadable(error)
        return
    for owner in owners:
        try:
            yield from check_owner(probe, says, owner, tenures.get(owner.owner, []), max_bytes, whole=whole)
        except Problem as error:
            yield _unreadable(error)


def _unreadable(error: Problem) -> Finding:
    return problem(
        "documents",
        error.detail,
        "A pull stops at the same place.",
        "Ask its operator to serve this document in the form of /docs/federation.",
    )


def _check_address(base: str) -> Iterator[Finding]:
    parts = urlsplit(base)
    if parts.query or parts.fragment or parts.username:
        yield problem(
            "address",
            f"{base} has a query, a fragment or a user name.",
            "Addresses of documents are made by adding a path to it.",
            "Give the plain address below which /federation/node.json stands.",
        )
    elif parts.scheme == "https":
        yield ok("address", "https; the certificate is checked with each request.")
    else:
        yield warning(
            "address",
            "http without TLS.",
            "Whoever stands between can withhold or delay entries; they cannot forge them, since entries are signed.",
            "Put TLS before the server and join under https.",
        )


def _check_identity(ledger: Ledger, probe: Probe, says: MemberSays) -> Iterator[Finding]:
    if ledger.key is not None and ledger.key.node == says.node_name:
        yield problem(
            "identity", "This is the node that you ask from.", "A node is no member of itself.", "Give another."
        )
        return
    known = next((one for one in ledger.registry.members() if one.node == says.node_name), None)
    if known is None or not known.key:
        yield note("identity", f"Not a member here yet. Key to compare by telephone: {says.key}.")
        return
    try:
        # Also finds whether each former key signed the one after it.
        MemberSays(probe.feed(), known.node, known.key).node()
        yield ok("identity", f"A member here already, called {known.name}, with the same key or its signed successor.")
    except SourceChanged:
        yield problem(
            "identity",
            f"{known.name} joined with the key {known.key[:16]}…, and this has {says.key[:16]}….",
            "Another key may be another node that pretends to be it.",
            "Ask its operator by another way whether the key was changed; then join it again with --key.",
        )


def _check_times(probe: Probe, skew_s: float | None, first_s: float) -> Iterator[Finding]:
    if skew_s is None:
        yield note("clock", "It says no time (no Date header), so its clock cannot be compared.")
    elif abs(skew_s) > _SKEW_S:
        yield warning(
            "clock",
            f"Its clock is {abs(skew_s) / 60:.0f} minutes {'ahead of' if skew_s > 0 else 'behind'} ours.",
            "Order does not depend on clocks, but dates of its entries mislead readers and caches.",
            "Let its machine keep time (NTP).",
        )
    else:
        yield ok("clock", f"Its clock is within {abs(skew_s):.0f} s of ours.")
    times = [first_s]
    for _ in range(_LOOKS - 1):
        times.append(probe.get("federation/node.json", 4 << 20).seconds)
    if median(times) > _SLOW_S:
        yield warning(
            "speed",
            f"One small document takes {median(times):.1f} s.",
            "A first copy asks for thousands of pages.",
            "Look at the server's load, or at what stands before it.",
        )
    else:
        yield ok("speed", f"A small document takes {median(times) * 1000:.0f} ms.")


def _check_said(base: str, said: SaidNode) -> Iterator[Finding]:
    if not said.url:
        yield warning(
            "base URL",
            "It names no public address of itself.",
            "Links in its feeds are relative, and others cannot be told where it is.",
            "Its operator sets web.base_url.",
        )
    elif said.url.rstrip("/") != base:
        yield warning(
            "base URL",
            f"It says that its address is {said.url}, and it was asked at {base}.",
            "Its links lead to the address that it names.",
            "Join it under that address, or let its operator correct web.base_url.",
        )
    else:
        yield ok("base URL", "The address that it names is the one asked.")
    here = schema_version()
    if said.schema_version in {*released_versions(), here}:
        yield ok("schema", f"It writes records of version {said.schema_version}; here it is {here}.")
    else:
        yield problem(
            "schema",
            f"It writes records of version {said.schema_version}, which this node ({here}) does not know.",
            "Its new records would be kept out (policy) until both know the version.",
            "Bring this node up to date." if _newer(said.schema_version, here) else "Ask its operator to update it.",
        )
    unknown = sorted(set(said.prefixes) - set(OWNERS))
    if unknown:
        yield problem(
            "prefixes",
            f"It writes records of {', '.join(unknown)}, which the prefix map here does not know.",
            "Statements about unknown owners are refused, and all their records with them.",
            "Describe the archive in DIR/owners.toml of this node, as its own node does.",
        )
    else:
        yield ok("prefixes", f"It writes records of {', '.join(said.prefixes) or 'no owner'}.")


def _newer(version: str, here: str) -> bool:
    try:
        return parse_version(version) > parse_version(here)
    except ValueError:
        return False


def _check_registry(ledger: Ledger, says: MemberSays, said: SaidNode, registry: SaidRegistry) -> Iterator[Finding]:
    here = LedgerHoldings(ledger, "", None) if ledger.key is not None else None
    kept = here.tenures() if here is not None else {}
    keys = here.member_keys() if here is not None else set()
    found = weigh(registry.tenures, kept, keys, OWNERS)
    for theirs, ours in found.conflicts:
        yield problem(
            "registry",
            f"It says that {theirs.tenure.node} writes {theirs.tenure.owner} in epoch {theirs.tenure.epoch}; here it "
            f"is {ours.tenure.node}.",
            "Exactly one node writes an owner; the other one's records of it are refused.",
            "Settle with both operators who records this archive before joining.",
        )
    for signed, why in found.refused:
        yield problem(
            "registry",
            f"Its statement about {signed.tenure.owner}, epoch {signed.tenure.epoch}, is not believed: {why}.",
            "Entries of this owner are refused as long as nobody shows who may write them.",
            "If the sentence names a fault, its operator mends it; if the owner is unknown here, add its prefix to "
            "owners.toml; if the node is, join it.",
        )
    stated = {one.tenure.owner for one in registry.tenures if one.tenure.node == says.node_name}
    for owner in sorted(set(said.prefixes) - stated):
        yield problem(
            "registry",
            f"It says that it writes {owner} and shows no statement of its own about it.",
            "Without a signed statement its entries are refused.",
            "Its operator looks at the registry (`ommatidia member owners`).",
        )
    if not found.conflicts and not found.refused and not set(said.prefixes) - stated:
        yield ok("registry", f"{len(registry.tenures)} statements, all valid; {len(found.new)} of them new here.")


def _one_state(says: MemberSays, said: SaidNode) -> list[OwnerDigest]:
    """Its digests at the position that node.json named, where it stands still for a moment."""
    found = says.owners()
    for _ in range(_ONE_STATE):
        if node_digest((one.owner, one.digest) for one in found) == said.digest:
            break
        again = says.node()
        assert again is not None  # asked without an ETag
        said, found = again, says.owners()
    return found


def _check_digests(owners: list[OwnerDigest], says: MemberSays, said: SaidNode) -> Iterator[Finding]:
    now = says.node()
    assert now is not None  # asked without an ETag
    fits = node_digest((one.owner, one.digest) for one in owners)
    if fits in (said.digest, now.digest):
        held = ", ".join(f"{one.live} of {one.owner}" for one in owners) or "nothing"
        yield ok("digests", f"What it signs fits the digests of its owners; it holds {held}.")
        return
    yield problem(
        "digests",
        "The digest that it signs is not that of its owners.",
        "Whether both hold the same could never be told.",
        "If it was written to meanwhile, check again; else its operator runs `ommatidia fsck`, or publishes its folder "
        "anew.",
    )
