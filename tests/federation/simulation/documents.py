"""The documents of a simulated node, as catalogue.web.federation.exchange serves those of a real one."""

from __future__ import annotations

from catalogue.exchange import exchange_json as form
from catalogue.model.tenure import SignedTenure
from catalogue.problems import NotFound
from catalogue.store.digests import NodeDigests
from tests.federation.simulation.disk import Row
from tests.federation.simulation.memory_holdings import MemoryHoldings


def document(here: MemoryHoldings, name: str, path: str, relays: bool = True) -> bytes:
    """What stands at an address below the node's.

    Args:
        relays: shows also what other nodes wrote.
    Raises:
        NotFound: nothing does.
    """
    parts = path.removesuffix(".json").split("/")
    match parts:
        case ["federation", "node"]:
            said = form.node_document(here.key, name, f"http://{name}", _digests(here, relays), _tenures(here))
            return form.render(said)
        case ["federation", "registry"]:
            tenures = _tenures(here)
            return form.render(form.registry_document(tenures, here.disk.members.values(), here.disk.offers.values()))
        case ["federation", "digest"]:
            return form.render(form.digest_document(_digests(here, relays)))
        case ["federation", "digest", owner]:
            found = here.owner_digest(owner)
            if found is None or not _shown(here, owner, relays):
                raise NotFound(f"Nothing of {owner} is here.")
            return form.render(form.owner_document(found, here.buckets(owner)))
        case ["federation", "digest", owner, bucket]:
            leaves = here.leaves(owner, bucket)
            if not leaves or not _shown(here, owner, relays):
                raise NotFound(f"{owner} has no bucket {bucket}.")
            return form.render(form.bucket_document(owner, bucket, leaves))
        case ["federation", "log", owner, epoch, page]:
            return _page(here, owner, int(epoch), page, relays)
        case ["federation", "entry", owner, epoch, seq]:
            row = here.disk.find(owner, int(epoch), int(seq))
            if row is None or not _shown(here, owner, relays):
                raise NotFound(f"There is no entry {seq} of {owner}.")
            return form.render_entry(row) + b"\n"
        case ["chunks", file]:
            found_chunk = here.disk.chunks.get(file.removesuffix(".parquet"))
            if found_chunk is None:
                raise NotFound("No such chunk.")
            return found_chunk
    raise NotFound(f"Nothing is at {path}.")


def _page(here: MemoryHoldings, owner: str, epoch: int, page: str, relays: bool) -> bytes:
    number = int(page.removesuffix(".headers"))
    first = (max(number, 1) - 1) * form.PAGE_ENTRIES
    found: list[Row] = []
    if _shown(here, owner, relays):
        found = [here.disk.rows[index] for index in here.disk.logs.get((owner, epoch), ())]
    entries = found[first : first + form.PAGE_ENTRIES]
    if not entries:
        raise NotFound(f"The log of {owner}, epoch {epoch}, has no page {number}.")
    return form.render_page(owner, epoch, number, entries, headers=page.endswith(".headers"))  # type: ignore[arg-type]


def _digests(here: MemoryHoldings, relays: bool) -> NodeDigests:
    return NodeDigests(len(here.disk.rows), tuple(one for one in here.disk.owners() if _shown(here, one.owner, relays)))


def _tenures(here: MemoryHoldings) -> list[SignedTenure]:
    return [one for owner in sorted(here.disk.tenures) for one in here.disk.tenures[owner]]


def _shown(here: MemoryHoldings, owner: str, relays: bool) -> bool:
    return relays or any(one.tenure.node == here.node for one in here.disk.tenures.get(owner, ()))
