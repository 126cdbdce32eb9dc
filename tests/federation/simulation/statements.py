"""Who may write an owner's log changes: it is handed over, its writer takes another key, or its writer is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogue.model.tenure import SignedTenure, next_tenure
from catalogue.store.entries import stamp
from tests.federation.simulation import material
from tests.federation.simulation.node import Node

if TYPE_CHECKING:
    from tests.federation.simulation.world import World


def hand_over(world: World) -> None:
    """A node hands one of its owners to a fellow; both sign."""
    honest = [node for node in world.living() if not node.hostile and node.owners]
    if len(honest) < 2:
        return
    node, heir = world.chance.sample(honest, 2)
    owner = world.chance.choice(node.owners)

    def work() -> None:
        node.take_back()
        signed = node.holdings.pass_on(owner, heir.name, (node.key, heir.key), "transfer", stamp(node.clock()))
        if signed is not None:
            _moved(world, signed, node, heir)

    world.do(node, f"hand over {owner} to {heir.number}", work)


def change_key(world: World) -> None:
    """A node takes another key; its fellows join it again when their operators hear of it."""
    honest = [node for node in world.living() if not node.hostile and node.turns < 2 and not node.holdings.full]
    if not honest:
        return
    node = world.chance.choice(honest)
    if any(task.node is node for task in world.tasks):
        return
    fresh = material.key(node.number, node.turns + 1)
    for owner in list(node.disk.tenures):
        signed = node.holdings.pass_on(owner, node.name, (node.key, fresh), "key", stamp(node.clock()))
        if signed is not None:
            _note(world, signed)
    world.kill(node)
    node.key, node.turns = fresh, node.turns + 1
    world.start(node)


def recover(world: World) -> None:
    """A node is lost for good; its fellows, more than half of them, give its owners to another one."""
    if not world.plan.recovers or any(node.dead for node in world.nodes) or world.network.cut:
        return
    world.finish_tasks()
    honest = [node for node in world.nodes if not node.hostile]
    lost = world.chance.choice(honest)
    rest = [node for node in honest if node is not lost]
    world.kill(lost)
    lost.dead = True
    # Its disk is gone: what only it held is at nobody's any more.
    world.note("restored", lost.name)
    for node in rest:
        world.kill(node)
        world.start(node)
    heir = world.chance.choice(rest)
    for owner in sorted({owner for node in rest for owner in node.disk.tenures}):
        _recover_owner(world, owner, lost, heir, rest)


def _recover_owner(world: World, owner: str, lost: Node, heir: Node, rest: list[Node]) -> None:
    chain = max((node.disk.tenures.get(owner, []) for node in rest), key=len)
    last = chain[-1].tenure
    if last.node != lost.name or any(owner in node.disk.frozen() for node in rest):
        return
    place = max((node.disk.place(owner, last.epoch) for node in rest), key=lambda one: one.seq)
    said = next_tenure(last, heir.name, heir.key.public, (place.seq, place.digest), "recovery", stamp(world.now()))
    signed = SignedTenure(said, {node.key.public: node.key.sign(said.message) for node in rest})
    heir.disk.tenures[owner] = [*chain, signed]
    _moved(world, signed, lost, heir)


def _moved(world: World, signed: SignedTenure, node: Node, heir: Node) -> None:
    owner = signed.tenure.owner
    if owner in node.owners:
        node.owners.remove(owner)
    heir.owners.append(owner)
    _note(world, signed)


def _note(world: World, signed: SignedTenure) -> None:
    said = signed.tenure
    world.note(
        "tenure",
        said.node,
        owner=said.owner,
        epoch=said.epoch,
        seq=said.after_seq,
        digest=said.digest,
        previous=said.after_digest,
        other=said.node,
        detail=said.reason,
    )
