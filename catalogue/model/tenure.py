"""Who may write an owner's records: one signed statement an epoch, which together are the registry of ownership.

Epoch 0 is the recorder, a node that writes on behalf of an archive; each later epoch names its successor and where it
takes over, so that what the former writer adds after that is refused everywhere (fencing). Source: federation.md
section 3 (ownership registry), P11.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from functools import cached_property
from typing import Any, Final

from catalogue.model.log_entry import START
from catalogue.model.payload import canonical
from catalogue.model.signing import is_signed

REASONS: Final = frozenset({"recorder", "owner", "transfer", "key", "recovery"})
_MAGIC: Final = b"ommatidia-tenure/1\n"
_OWNER: Final = re.compile(r"[a-z][a-z0-9]{1,30}")
_HEX: Final = re.compile(r"[0-9a-f]{64}")
_NODE: Final = re.compile(r"n[0-9a-f]{16}")
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", re.ASCII)


@dataclass(frozen=True)
class Tenure:
    """The right to write an owner's log of one epoch.

    Args:
        key: public key (hex) with which the entries of the epoch are signed.
        after_seq, after_digest: last entry of the epoch before that stands; (0, START) of epoch 0.
        previous: digest of the statement of the epoch before; START of epoch 0.
        reason: 'recorder' (epoch 0), 'owner' (the archive itself joined), 'transfer', 'key' (the same node with another
            key), 'recovery' (the former writer is gone, or lost its log).
        issued_at: informative.
    """

    owner: str
    epoch: int
    node: str
    key: str
    after_seq: int
    after_digest: str
    previous: str
    reason: str
    issued_at: str

    @cached_property
    def message(self) -> bytes:
        """What is signed and hashed."""
        return _MAGIC + canonical({part.name: getattr(self, part.name) for part in fields(self)})

    @cached_property
    def digest(self) -> str:
        """SHA-256 (hex) of `message`."""
        return hashlib.sha256(self.message).hexdigest()

    def document(self) -> dict[str, Any]:
        """The statement as JSON-ready values; `tenure_from` reads it."""
        return {part.name: getattr(self, part.name) for part in fields(self)}


@dataclass(frozen=True)
class SignedTenure:
    """A statement with signatures: public key (hex) -> signature (hex)."""

    tenure: Tenure
    signatures: Mapping[str, str]

    def document(self) -> dict[str, Any]:
        """As members exchange it; `signed_tenure_from` reads it."""
        return {"statement": self.tenure.document(), "signatures": dict(sorted(self.signatures.items()))}


def first_tenure(owner: str, node: str, key: str, issued_at: str) -> Tenure:
    """The statement with which a node begins to record an archive."""
    return Tenure(owner, 0, node, key, 0, START, START, "recorder", issued_at)


def next_tenure(before: Tenure, node: str, key: str, last: tuple[int, str], reason: str, issued_at: str) -> Tenure:
    """The statement that follows `before`.

    Args:
        last: sequence and digest of the last entry of the former epoch that stands; (0, `before.after_digest`) when
            nothing was written in it.
    """
    return Tenure(before.owner, before.epoch + 1, node, key, *last, before.digest, reason, issued_at)


def signed_tenure_from(document: Any) -> SignedTenure:
    """The signed statement that a document is; its form is checked, its signatures are not.

    Raises:
        ValueError: it does not have the form; the message names the field.
    """
    if not isinstance(document, dict) or document.keys() != {"statement", "signatures"}:
        raise ValueError("a signed statement has the fields statement and signatures")
    said, signatures = document["statement"], document["signatures"]
    if not isinstance(said, dict) or said.keys() != {part.name for part in fields(Tenure)}:
        raise ValueError("the statement lacks a field, or has one that no statement has")
    for name, form in (
        ("owner", _OWNER),
        ("node", _NODE),
        ("key", _HEX),
        ("after_digest", _HEX),
        ("previous", _HEX),
        ("issued_at", _MOMENT),
    ):
        if not isinstance(said[name], str) or not form.fullmatch(said[name]):
            raise ValueError(f"{name} does not have its form ({form.pattern})")
    for name in ("epoch", "after_seq"):
        if type(said[name]) is not int or not 0 <= said[name] < 1 << 53:
            raise ValueError(f"{name} is no whole number from 0 upwards")
    datetime.fromisoformat(said["issued_at"])
    if not isinstance(said["reason"], str) or said["reason"] not in REASONS:
        raise ValueError(f"reason {said['reason']!r:.40} is none of {', '.join(sorted(REASONS))}")
    if not isinstance(signatures, dict) or not 0 < len(signatures) <= 100:
        raise ValueError("signatures is no object of 1 to 100 entries")
    for key, value in signatures.items():
        if not _HEX.fullmatch(key) or not isinstance(value, str) or not re.fullmatch(r"[0-9a-f]{128}", value):
            raise ValueError("a signature is no hexadecimal text of its length")
    return SignedTenure(Tenure(**said), dict(signatures))


def tenure_fault(signed: SignedTenure, before: Tenure | None, members: Collection[str]) -> str | None:
    """Why a statement does not follow the one before it; None when it does.

    Signed by the key it names and, after epoch 0, by the key of the epoch before: or, where that is lost, by more than
    half of the members' keys.

    Args:
        before: the statement of the epoch before; None for epoch 0.
        members: public keys (hex) of the members that this node knows, its own included.
    """
    said = signed.tenure
    if not _signs(signed, said.key):
        return "it is not signed with the key that it names"
    if before is None:
        first = (said.epoch, said.after_seq, said.after_digest, said.previous, said.reason)
        if first == (0, 0, START, START, "recorder"):
            return None
        return (
            "none is before it, and a first statement has the epoch 0, after_seq 0, 64 zeros as after_digest and "
            "previous, and the reason recorder"
        )
    if said.epoch != before.epoch + 1 or said.previous != before.digest or said.owner != before.owner:
        return f"it does not follow the statement of epoch {before.epoch} that is known here"
    if _signs(signed, before.key):
        return None
    votes = sum(1 for key in set(members) if _signs(signed, key))
    if votes * 2 > len(set(members)) and len(set(members)) > 1:
        return None
    return f"neither the key of epoch {before.epoch} nor more than half of the {len(set(members))} members signed it"


def _signs(signed: SignedTenure, key: str) -> bool:
    return key in signed.signatures and is_signed(key, signed.tenure.message, signed.signatures[key])
