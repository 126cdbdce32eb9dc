"""What a member answers, read and held against its form before anything is made of it.

Forms: catalogue.exchange.exchange_json. A member is a stranger: sizes, types and names are checked (R11).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Protocol

from catalogue.exchange.exchange_json import FORM, PAGE_ENTRIES, node_message
from catalogue.model.log_entry import LogEntry, log_entry_from
from catalogue.model.signing import is_signed, succeeds
from catalogue.model.tenure import SignedTenure, signed_tenure_from
from catalogue.problems import FetchRefused, NotFound, SourceChanged
from catalogue.store.digests import OwnerDigest
from catalogue.store.leaves import BucketDigest, Leaf

_SMALL: Final = 4 << 20
_LARGE: Final = 64 << 20
_MOST: Final = 2_000_000
_MOST_OWNERS: Final = 2_000
_OWNER: Final = re.compile(r"[a-z][a-z0-9]{1,30}")
_HEX: Final = re.compile(r"[0-9a-f]{64}")
_BUCKET: Final = re.compile(r"[A-Za-z0-9._:()/+-]{0,80}")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came from an address of a member.

    Args:
        content: empty when `not_modified`.
        url: whole address.
    """

    content: bytes
    etag: str
    not_modified: bool
    url: str


class Feed(Protocol):
    """Reads addresses below a member's."""

    def get(self, path: str, max_bytes: int, etag: str = "") -> Answer:
        """The answer, whole.

        Raises:
            NotFound: the member has nothing there (404, 410).
            SourceUnavailable: it does not answer.
            FetchRefused: the answer breaks a rule of the one fetcher; `rule` is `too-large` beyond `max_bytes`.
        """
        ...


@dataclass(frozen=True, slots=True)
class Given:
    """An entry as a member gives it; nothing of it is believed yet.

    Args:
        payload: as parsed; None where it is not there.
        reason: why this node does not even ask for the payload; "" usually.
    """

    log: LogEntry
    signature: str
    payload: Any
    size_bytes: int
    url: str
    reason: str = ""

    def refused(self, reason: str) -> Given:
        """The entry without its payload."""
        return replace(self, payload=None, reason=reason)


@dataclass(frozen=True, slots=True)
class SaidNode:
    """What a member says of itself."""

    digest: str
    position: int
    schema_version: str
    name: str
    url: str
    prefixes: tuple[str, ...]
    etag: str


@dataclass(frozen=True, slots=True)
class SaidRegistry:
    """Whom a member believes; `members` are documents with node, name, url and key; `offers` lack signatures."""

    tenures: tuple[SignedTenure, ...]
    offers: tuple[SignedTenure, ...]
    members: tuple[Mapping[str, str], ...]

    @property
    def keys(self) -> set[str]:
        """Public keys of the nodes that it exchanges with."""
        return {one["key"] for one in self.members}


class MemberSays:
    """The documents of one member.

    Args:
        node, key: as it joined; "" for one that is looked at before it joins, whose word for itself is taken.
    """

    def __init__(self, feed: Feed, node: str, key: str) -> None:
        self._feed = feed
        self.node_name, self.key = node, key

    def node(self, etag: str = "") -> SaidNode | None:
        """What it says of itself; None when that is as it was under `etag`.

        Raises:
            SourceChanged: it is another node than the one that joined, or does not sign what it says.
        """
        answer = self._feed.get("federation/node.json", _SMALL, etag)
        if answer.not_modified:
            return None
        said = _document(answer)
        node, key = _text(said, "node", answer), _matched(said, "key", _HEX, answer)
        if self.node_name and (node != self.node_name or not succeeds(self.key, key, said.get("former_keys"))):
            raise SourceChanged(
                f"{answer.url} is the node {node} with the key {key[:16]}…, not the member {self.node_name} that "
                "joined here. If it was moved or has another key on purpose, join it again (`ommatidia member join`)."
            )
        if not is_signed(key, node_message(said), str(said.get("signature", ""))):
            raise SourceChanged(f"What {answer.url} says is not signed with the key that it names.")
        self.node_name, self.key = node, key
        prefixes = said.get("prefixes")
        if not isinstance(prefixes, list) or not all(isinstance(p, str) and _OWNER.fullmatch(p) for p in prefixes):
            raise _formless(answer, "prefixes is no list of prefixes")
        return SaidNode(
            _matched(said, "digest", _HEX, answer),
            _count(said, "position", answer),
            _text(said, "schema_version", answer),
            _text(said, "name", answer),
            str(said.get("url", ""))[:2_000],
            tuple(prefixes),
            answer.etag,
        )

    def registry(self) -> SaidRegistry:
        """Whom it believes."""
        answer = self._feed.get("federation/registry.json", _LARGE)
        said = _document(answer)
        try:
            tenures = tuple(signed_tenure_from(one) for one in _list(said, "tenures", answer))
            offers = tuple(signed_tenure_from(one) for one in _list(said, "offers", answer))
        except ValueError as error:
            raise _formless(answer, str(error)) from error
        members = []
        for one in _list(said, "members", answer):
            if not isinstance(one, dict):
                raise _formless(answer, "a member is no object")
            names = {name: _text(one, name, answer) for name in ("node", "name", "url")}
            members.append({**names, "key": _matched(one, "key", _HEX, answer)})
        return SaidRegistry(tenures, offers, tuple(members))

    def owners(self) -> list[OwnerDigest]:
        """What it holds of whom."""
        answer = self._feed.get("federation/digest.json", _LARGE)
        said = _list(_document(answer), "owners", answer)
        if len(said) > _MOST_OWNERS:
            raise _formless(answer, f"it names more than {_MOST_OWNERS} owners")
        found = {one.owner: one for one in (self._owner(each, answer) for each in said)}
        if len(found) < len(said):
            raise _formless(answer, "it names an owner twice")
        return list(found.values())

    def buckets(self, owner: str) -> list[BucketDigest]:
        """What it holds of one owner, by bucket."""
        answer = self._feed.get(f"federation/digest/{owner}.json", _LARGE)
        found = []
        for one in _list(_document(answer), "buckets", answer):
            digests = [_matched(one, name, _HEX, answer) for name in ("digest", "live_digest")]
            count, live = _count(one, "count", answer), _count(one, "live", answer)
            found.append(BucketDigest(_matched(one, "bucket", _BUCKET, answer), count, live, *digests))
        return found

    def leaves(self, owner: str, bucket: str) -> list[Leaf]:
        """Its records of one bucket."""
        answer = self._feed.get(f"federation/digest/{owner}/{bucket}.json", _LARGE)
        found = []
        for one in _list(_document(answer), "leaves", answer):
            curie = _text(one, "curie", answer)
            if not curie.startswith(f"{owner}:"):
                raise _formless(answer, f"{curie[:100]!r} is no record of {owner}")
            epoch, seq = _count(one, "epoch", answer), _count(one, "seq", answer)
            digest = _matched(one, "payload_digest", _HEX, answer)
            found.append(Leaf(curie, epoch, seq, _text(one, "status", answer), digest))
        return found

    def _owner(self, one: Any, answer: Answer) -> OwnerDigest:
        return OwnerDigest(
            _matched(one, "owner", _OWNER, answer),
            _count(one, "epoch", answer),
            _count(one, "seq", answer),
            _matched(one, "log_digest", re.compile(r"[0-9a-f]{64}|"), answer),
            _count(one, "count", answer),
            _count(one, "live", answer),
            _matched(one, "digest", _HEX, answer),
            _matched(one, "live_digest", _HEX, answer),
        )


def read_entries(answer: Answer) -> list[Given]:
    """The entries of a page, in order.

    Raises:
        SourceChanged: the page or one of its entries does not have the form.
    """
    found = _list(_document(answer), "entries", answer)
    if len(found) > PAGE_ENTRIES:
        raise _formless(answer, f"a page has at most {PAGE_ENTRIES} entries")
    return [_given(one, answer) for one in found]


def read_entry(answer: Answer) -> Given:
    """The entry that stands alone in a document."""
    return _given(_loaded(answer), answer)


def _given(one: Any, answer: Answer) -> Given:
    if not isinstance(one, dict) or not isinstance(one.get("header"), dict):
        raise _formless(answer, "an entry has no header")
    try:
        log = log_entry_from(one["header"])
    except ValueError as error:
        raise _formless(answer, str(error)) from error
    return Given(
        log, _text(one, "signature", answer), one.get("payload"), _count(one, "size_bytes", answer), answer.url
    )


def _document(answer: Answer) -> dict[str, Any]:
    found = _loaded(answer)
    if not isinstance(found, dict) or found.get("form") != FORM:
        raise _formless(answer, f"it is no document of the form {FORM}")
    return found


def _loaded(answer: Answer) -> Any:
    try:
        return json.loads(answer.content, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise _formless(answer, f"it is no JSON ({error})") from error


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no number")


def _list(said: Mapping[str, Any], name: str, answer: Answer) -> list[Any]:
    found = said.get(name)
    if not isinstance(found, list) or len(found) > _MOST:
        raise _formless(answer, f"{name} is no list")
    return found


def _text(said: Any, name: str, answer: Answer) -> str:
    found = said.get(name) if isinstance(said, dict) else None
    if not isinstance(found, str) or len(found) > 2_000:
        raise _formless(answer, f"{name} is no text")
    return found


def _matched(said: Any, name: str, pattern: re.Pattern[str], answer: Answer) -> str:
    found = _text(said, name, answer)
    if not pattern.fullmatch(found):
        raise _formless(answer, f"{name} does not have its form ({pattern.pattern})")
    return found


def _count(said: Any, name: str, answer: Answer) -> int:
    found = said.get(name) if isinstance(said, dict) else None
    if type(found) is not int or not 0 <= found < 1 << 53:
        raise _formless(answer, f"{name} is no whole number from 0 upwards")
    return found


def _formless(answer: Answer, why: str) -> SourceChanged:
    return SourceChanged(f"{answer.url} cannot be read: {why}. Ask the member's operator; nothing of it was taken in.")


class HttpFeed:
    """A member's addresses through the one fetcher.

    Args:
        fetch: (address, decoded bytes it may have, ETag of what is held) -> (status, content, ETag); raises
            SourceUnavailable and FetchRefused.
        base: address of the member.
    """

    def __init__(self, fetch: Callable[[str, int, str], tuple[int, bytes, str]], base: str) -> None:
        self._fetch = fetch
        self._base = base.rstrip("/")

    def get(self, path: str, max_bytes: int, etag: str = "") -> Answer:
        """As `Feed`; an answer that is neither 200, 304, 404 nor 410 is no answer of a member."""
        url = f"{self._base}/{path}"
        status, content, tag = self._fetch(url, max_bytes, etag)
        if status in (404, 410):
            raise NotFound(f"{url} is not there ({status}).")
        if status == 413:
            raise FetchRefused(f"{url} is too large for {self._base} to send at once.", rule="too-large")
        if status not in (200, 304):
            raise SourceChanged(f"{url} answers {status}. Check the member's address.")
        return Answer(content, tag, status == 304, url)
