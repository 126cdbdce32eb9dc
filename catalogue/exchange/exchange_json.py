"""The documents that members read of each other, as JSON: the same as files of a folder or as answers of a server.

Addresses, below a node's address: `federation/node.json`, `federation/registry.json`, `federation/digest.json`,
`federation/digest/OWNER.json`, `federation/digest/OWNER/BUCKET.json`, `federation/log/OWNER/EPOCH/PAGE.json` (and
`.headers.json`), `federation/entry/OWNER/EPOCH/SEQ.json`, `chunks/SHA256.parquet`. Forms: catalogue/docs/federation.md.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from catalogue.model.payload import canonical
from catalogue.model.signing import NodeKey
from catalogue.model.table import schema_version
from catalogue.model.tenure import SignedTenure
from catalogue.store.digests import NodeDigests, OwnerDigest
from catalogue.store.entries import stamp
from catalogue.store.exchange_log import Exchanged
from catalogue.store.leaves import BucketDigest, Leaf, node_digest
from catalogue.store.registry import Member

FORM: Final = "ommatidia-exchange/1"
PAGE_ENTRIES: Final = 100
PAGE_BYTES: Final = 32 << 20
"""A page that is larger is read as headers, and its entries one by one."""
_NODE_MAGIC: Final = b"ommatidia-node/1\n"


def node_document(
    key: NodeKey, name: str, url: str, digests: NodeDigests, tenures: Iterable[SignedTenure]
) -> dict[str, Any]:
    """What a node says of itself, signed with its key: `/federation/node.json`, `/.well-known/bioimage-node`.

    Args:
        url: public address; "" where none is configured.
        tenures: all that it believes, by owner and epoch; a change of them alone makes the document another one.
    """
    known = [one.tenure for one in tenures]
    last = {said.owner: said.node for said in known}
    said = {
        "form": FORM,
        "node": key.node,
        "key": key.public,
        "name": name,
        "url": url,
        "schema_version": schema_version(),
        "prefixes": sorted(owner for owner, node in last.items() if node == key.node),
        "registry": hashlib.sha256("".join(sorted(f"{said.digest}\n" for said in known)).encode()).hexdigest(),
        "former_keys": [{"key": old, "next": new, "signature": said} for old, new, said in key.former],
        "position": digests.position,
        "digest": node_digest((one.owner, one.digest) for one in digests.owners),
    }
    return {**said, "signature": key.sign(node_message(said))}


def node_message(document: Mapping[str, Any]) -> bytes:
    """What a node signs of what it says of itself: everything but the signature."""
    return _NODE_MAGIC + canonical({name: value for name, value in document.items() if name != "signature"})


def registry_document(
    tenures: Iterable[SignedTenure], members: Iterable[Member], offers: Iterable[SignedTenure] = ()
) -> dict[str, Any]:
    """Who may write what, with signatures, and the nodes that this one exchanges with.

    Args:
        offers: statements that still lack signatures.
    """
    return {
        "form": FORM,
        "tenures": [said.document() for said in tenures],
        "offers": [said.document() for said in offers],
        "members": [
            {"node": one.node, "name": one.name, "url": one.url, "key": one.key}
            for one in members
            if one.state in ("active", "paused")
        ],
    }


def digest_document(digests: NodeDigests) -> dict[str, Any]:
    """What is held of whom, in one document."""
    return {
        "form": FORM,
        "position": digests.position,
        "digest": node_digest((one.owner, one.digest) for one in digests.owners),
        "owners": [_owner(one) for one in digests.owners],
    }


def owner_document(owner: OwnerDigest, buckets: Iterable[BucketDigest]) -> dict[str, Any]:
    """What is held of one owner, by bucket."""
    return {
        "form": FORM,
        **_owner(owner),
        "buckets": [
            {"bucket": b.bucket, "count": b.count, "live": b.live, "digest": b.digest, "live_digest": b.live_digest}
            for b in buckets
        ],
    }


def bucket_document(owner: str, bucket: str, leaves: Iterable[Leaf]) -> dict[str, Any]:
    """The records of one bucket, by curie."""
    return {
        "form": FORM,
        "owner": owner,
        "bucket": bucket,
        "leaves": [
            {"curie": x.curie, "epoch": x.epoch, "seq": x.seq, "status": x.status, "payload_digest": x.payload_digest}
            for x in leaves
        ],
    }


def _owner(one: OwnerDigest) -> dict[str, Any]:
    return {
        "owner": one.owner,
        "epoch": one.epoch,
        "seq": one.seq,
        "log_digest": one.log_digest,
        "count": one.count,
        "live": one.live,
        "digest": one.digest,
        "live_digest": one.live_digest,
    }


def page_number(seq: int) -> int:
    """The page of an owner's log, from 1, on which an entry stands."""
    return (seq - 1) // PAGE_ENTRIES + 1


def render_page(owner: str, epoch: int, page: int, entries: Sequence[Exchanged], *, headers: bool = False) -> bytes:
    """A page of an owner's log; full pages change only when a payload goes or comes.

    Args:
        entries: those with the sequences (page - 1) * PAGE_ENTRIES + 1 to page * PAGE_ENTRIES that are here.
        headers: without payloads, for a reader to whom the page is too large.
    """
    return render_lines(owner, epoch, page, [render_entry(one, payload=not headers) for one in entries])


def render_lines(owner: str, epoch: int, page: int, lines: Sequence[bytes]) -> bytes:
    """A page of entries that are rendered already, see `render_page`."""
    said = {"form": FORM, "owner": owner, "epoch": epoch, "page": page, "full": len(lines) == PAGE_ENTRIES}
    return canonical(said)[:-1] + b',"entries":[\n' + b",\n".join(lines) + b"\n]}\n"


def render_entry(one: Exchanged, *, payload: bool = True) -> bytes:
    """One entry as a JSON object on one line, without a line end.

    `header` and `signature` are the owner's; `payload` is null where it is not here, and left out of a page of headers;
    `size_bytes` is its size; `position` and `published` are this node's.
    """
    said = {
        "header": one.log.document(),
        "signature": one.signature,
        "position": one.entry.position,
        "published": stamp(one.entry.recorded_at),
        "size_bytes": len(one.entry.payload),
    }
    text = canonical(said)
    if not payload:
        return text
    # The payload is canonical JSON already: its bytes go in as they are.
    return text[:-1] + b',"payload":' + (one.entry.payload or b"null") + b"}"


def render(document: Mapping[str, Any]) -> bytes:
    """A document as bytes; equal documents give equal bytes."""
    return json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n"
