"""A member with a true name and key that lies about everything else; one attack each, by its name.

What it answers is made here by path, for a feed in the test process as well as for the server of
tests.bench.bench_hostile_member.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from catalogue.exchange.exchange_json import FORM, PAGE_ENTRIES, node_message
from catalogue.model.log_entry import START, LogEntry, log_entry_from
from catalogue.model.payload import canonical, digest
from catalogue.model.signing import NodeKey
from catalogue.model.tenure import SignedTenure, first_tenure, next_tenure, signed_tenure_from

OWN = "emdb"
NOW = "2026-03-01T00:00:00.000000Z"
ATTACKS = (
    "spoofed accessions",
    "forged signatures",
    "equivocation",
    "endless pages",
    "unknown owners",
    "one owner again and again",
    "endless leaves",
    "huge records",
    "deep JSON",
    "no numbers",
    "wrong digests",
    "false tenures",
)
_LOG = re.compile(r"federation/log/([a-z]+)/(\d+)/(\d+)\.(headers\.)?json")
_ENTRY = re.compile(r"federation/entry/([a-z]+)/(\d+)/(\d+)\.json")


class HostileMember:
    """What it answers.

    Args:
        ask: path -> document of the good node whose records it attacks; None where there is none.
        victim: owner of those records.
        record_bytes: of a huge record; `many` is how many owners, buckets and leaves it invents.
    """

    def __init__(
        self, attack: str, ask: Callable[[str], Any], victim: str, record_bytes: int = 10 << 20, many: int = 20_000
    ) -> None:
        assert attack in ATTACKS, attack
        self.attack, self._ask, self._victim = attack, ask, victim
        self.key = NodeKey(os.urandom(32))
        self._record_bytes, self._many = record_bytes, many
        self._turn = 0
        self.asked = 0

    def document(self, path: str) -> bytes | None:
        """The answer at a path; None for 404."""
        self.asked += 1
        if path == "federation/node.json":
            return self._node()
        if path == "federation/registry.json":
            return _render({"form": FORM, "tenures": self._tenures(), "offers": [], "members": []})
        if path == "federation/digest.json":
            return self._digests()
        if path.startswith("federation/digest/"):
            return self._buckets(path)
        if found := _LOG.fullmatch(path):
            return self._page(found[1], int(found[2]), int(found[3]), headers=bool(found[4]))
        if found := _ENTRY.fullmatch(path):
            return self._alone(found[1], int(found[3]))
        return None

    def _node(self) -> bytes:
        self._turn += 1
        said = {
            "form": FORM, "node": self.key.node, "key": self.key.public, "name": "Hostile", "url": "",
            "schema_version": "0.3.0", "prefixes": [OWN], "former_keys": [], "position": self._turn,
            "digest": digest(str(self._turn).encode()),
        }  # fmt: skip
        return _render({**said, "signature": self.key.sign(node_message(said))})

    def _tenures(self) -> list[dict[str, Any]]:
        own = first_tenure(OWN, self.key.node, self.key.public, NOW)
        found = [SignedTenure(own, {self.key.public: self.key.sign(own.message)}).document()]
        theirs = [signed_tenure_from(one) for one in self._ask("federation/registry.json")["tenures"]]
        found += [one.document() for one in theirs]
        if self.attack == "false tenures":
            for one in theirs:
                claim = next_tenure(one.tenure, self.key.node, self.key.public, (0, START), "owner", NOW)
                found.append(SignedTenure(claim, {self.key.public: self.key.sign(claim.message)}).document())
                other = first_tenure(one.tenure.owner, self.key.node, self.key.public, NOW)
                found.append(SignedTenure(other, {self.key.public: self.key.sign(other.message)}).document())
        return found

    def _digests(self) -> bytes | None:
        truth = self._ask("federation/digest.json")
        owners = [one for one in truth["owners"] if one["owner"] == self._victim]
        if not owners:
            return None
        made = {**owners[0], "owner": OWN, "epoch": 0, "seq": 3, "log_digest": digest(b"own"), "digest": digest(b"own")}
        if self.attack in ("spoofed accessions", "forged signatures"):
            owners[0]["seq"] += 5
        elif self.attack in ("endless pages", "huge records", "equivocation", "deep JSON", "no numbers"):
            owners.append({**made, "seq": 1 << 40} if self.attack == "endless pages" else made)
        elif self.attack == "unknown owners":
            owners += [{**made, "owner": f"archive{number}"} for number in range(self._many)]
        elif self.attack == "one owner again and again":
            owners *= self._many
        elif self.attack in ("endless leaves", "wrong digests"):
            owners[0] = {**owners[0], "digest": digest(b"wrong"), "log_digest": digest(b"wrong")}
        return _render({**truth, "owners": owners})

    def _buckets(self, path: str) -> bytes | None:
        truth = self._ask(path)
        if self.attack == "endless leaves" and path.count("/") == 2:
            made = {**truth["buckets"][0], "digest": digest(b"wrong")}
            truth["buckets"] += [{**made, "bucket": f"S-{number}"} for number in range(self._many)]
        elif self.attack == "endless leaves":
            leaf = {"epoch": 0, "seq": 1, "status": "public", "payload_digest": digest(b"")}
            leaves = [{"curie": f"{self._victim}:S-{number}", **leaf} for number in range(self._many)]
            return _render({"form": FORM, "owner": self._victim, "bucket": "", "leaves": leaves})
        return None if truth is None else _render(truth)

    def _page(self, owner: str, epoch: int, page: int, *, headers: bool) -> bytes | None:
        if owner == OWN:
            return self._own_page(page, headers=headers)
        truth = self._ask(f"federation/log/{owner}/{epoch}/{page}.json")
        if truth is not None and self.attack in ("spoofed accessions", "forged signatures"):
            last = truth["entries"][-1]
            truth["entries"].append(self._false(last))
        return None if truth is None else _render(truth)

    def _false(self, one: dict[str, Any]) -> dict[str, Any]:
        """The next entry of the victim's log, which its writer never wrote."""
        log = log_entry_from(one["header"])
        record = {**(one["payload"] or {}), "title": "Spoofed"}
        made = replace(log, seq=log.seq + 1, previous=log.digest, payload_digest=digest(canonical(record)))
        if self.attack == "spoofed accessions":
            made = replace(made, asserted_by=self.key.node)
        return self._written(made, record)

    def _own_page(self, page: int, *, headers: bool) -> bytes | None:
        if self.attack == "deep JSON":
            return b'{"form":' + b"[" * 100_000
        if self.attack == "no numbers":
            return b'{"form": "ommatidia-exchange/1", "entries": [{"header": {"seq": NaN}}]}'
        if page > 1 and self.attack != "endless pages":
            return None
        count = PAGE_ENTRIES if self.attack == "endless pages" else 3
        entries = [self._own(seq) for seq in range(1, count + 1)]
        if headers:
            entries = [{**one, "payload": None} for one in entries]
        return _render({"form": FORM, "owner": OWN, "epoch": 0, "page": page, "full": False, "entries": entries})

    def _own(self, seq: int) -> dict[str, Any]:
        """An entry of its own log, truly signed."""
        previous = START if seq == 1 else log_entry_from(self._own(seq - 1)["header"]).digest
        title = f"told in turn {self._turn}" if self.attack == "equivocation" else "an entry"
        record: dict[str, Any] = {"id": f"{OWN}:EMD-{1000 + seq}", "title": title}
        if self.attack == "huge records":
            record["description"] = "x" * self._record_bytes
        log = LogEntry(
            OWN, 0, seq, f"{OWN}:EMD-{1000 + seq}", "study", None, "create", "public", digest(canonical(record)),
            "0.3.0", NOW, (), self.key.node, previous,
        )  # fmt: skip
        return self._written(log, record)

    def _written(self, log: LogEntry, record: dict[str, Any]) -> dict[str, Any]:
        return {
            "header": log.document(),
            "signature": self.key.sign(log.message),
            "position": 1,
            "published": NOW,
            "size_bytes": len(canonical(record)),
            "payload": record,
        }

    def _alone(self, owner: str, seq: int) -> bytes | None:
        if owner == OWN:
            return _render(self._own(seq))
        if self.attack in ("wrong digests", "endless leaves"):
            truth = self._ask(f"federation/entry/{owner}/0/{seq}.json")
            log = replace(log_entry_from(truth["header"]), payload_digest=digest(b"other"))
            return _render(self._written(log, {"id": log.curie}))
        return None


def _render(document: dict[str, Any]) -> bytes:
    return json.dumps(document).encode()
