"""Who may write an owner's log changes: handed over, another key, a writer that is lost, or its log.

What catalogue.federation.ownership does at a real node.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalogue.federation.feed import MemberSays
from catalogue.model.tenure import Tenure, next_tenure
from catalogue.problems import Conflict, Problem
from catalogue.store.entries import stamp
from tests.federation.simulation import material
from tests.federation.simulation.disk import Row
from tests.federation.simulation.node import Node

if TYPE_CHECKING:
    from tests.federation.simulation.world import World


def hand_over(world: World) -> None:
    """A node signs that one of its owners is its fellow's from here on."""
    giving = [node for node in world.living() if not node.hostile and node.members()]
    if not giving:
        return
    node = world.chance.choice(giving)
    heir = world.by_name[world.chance.choice(node.members())]
    owner = world.chance.choice(node.owners)
    if heir.hostile:
        return

    def work() -> None:
        node.take_back()
        joined = node.disk.members[heir.name]
        node.holdings.offer(owner, heir.name, joined.key, stamp(node.clock()))

    world.do(node, f"hand over {owner} to {heir.number}", work)


def take_over(world: World) -> None:
    """A node looks whether a fellow hands it an owner, and signs as well."""
    takers = [node for node in world.living() if not node.hostile and node.members()]
    if not takers:
        return
    node = world.chance.choice(takers)

    def work() -> None:
        for member in node.members():
            says = MemberSays(world.link(node, member), member, node.disk.members[member].key)
            for offered in says.registry().offers:
                said = offered.tenure
                if (said.node, said.key) != (node.name, node.key.public):
                    continue
                if node.holdings.take_over(offered):
                    note(world, said)
                    node.owners.append(said.owner)

    world.do(node, "take over", work)


def change_key(world: World) -> None:
    """A node takes another key; its fellows follow by the signature of the former one."""
    able = [node for node in world.living() if not node.hostile and node.turns < 2 and not node.holdings.full]
    if not able:
        return
    node = world.chance.choice(able)
    if any(task.node is node for task in world.tasks):
        return
    fresh = material.key(node.number, node.turns + 1)
    for signed in node.holdings.change_key(fresh, stamp(node.clock())):
        note(world, signed.tenure)
    world.kill(node)
    node.key, node.turns = fresh, node.turns + 1
    world.start(node)


def recover(world: World) -> None:
    """A node is lost, or taken for lost; its fellows, more than half of them, give its owners to another one."""
    if not world.plan.recovers or world.recovered or world.network.cut:
        return
    world.finish_tasks()
    world.recovered = True
    honest = [node for node in world.nodes if not node.hostile]
    lost = world.chance.choice(honest)
    rest = [node for node in honest if node is not lost]
    for node in rest:
        world.start(node)
    if world.chance.random() < 0.5:
        world.kill(lost)
        lost.dead = True
        # Its disk is gone: what only it held is at nobody's any more.
        world.note("restored", lost.name)
    else:
        world.network.cut |= {frozenset((lost.name, node.name)) for node in rest}
    for owner in sorted({owner for node in rest for owner in node.disk.tenures}):
        _recover_owner(world, owner, lost, rest)
    if not lost.dead:
        # It does not know that it is taken for lost, and goes on writing what counts no longer.
        for _ in range(4):
            world.change(lost)
            world.finish_tasks()


def recover_log(world: World, node: Node, owner: str, member: Node) -> None:
    """Begins a new epoch of a log whose writer came back from a backup and wrote on; writes both branches again."""
    said = node.disk.tenures[owner][-1].tenure
    if (said.node, said.key) != (node.name, node.key.public):
        return
    mine = [node.disk.rows[index] for index in node.disk.logs.get((owner, said.epoch), ())]
    theirs = [member.disk.rows[index] for index in member.disk.logs.get((owner, said.epoch), ())]
    common = 0
    while common < min(len(mine), len(theirs)) and mine[common].log.digest == theirs[common].log.digest:
        common += 1
    last = (common, mine[common - 1].log.digest) if common else (0, said.after_digest)
    statement = next_tenure(said, node.name, node.key.public, last, "recovery", stamp(node.clock()))
    node.holdings.put_tenure(node.holdings.signed(statement), "")
    note(world, statement)
    newest: dict[str, Row] = {row.log.curie: row for row in [*theirs[common:], *mine[common:]] if row.payload}
    for row in newest.values():
        log = row.log
        try:
            node.write_again(row)
        except (Conflict, Problem) as problem:
            world.note("not written again", node.name, curie=log.curie, detail=str(problem))


def note(world: World, said: Tenure) -> None:
    """Adds a statement to the history."""
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


def _recover_owner(world: World, owner: str, lost: Node, rest: list[Node]) -> None:
    chain = max((node.disk.tenures.get(owner, []) for node in rest), key=len)
    last = chain[-1].tenure
    if last.node != lost.name or any(owner in node.disk.frozen() for node in rest):
        return
    able = [
        node for node in rest if [one.tenure.digest for one in node.disk.tenures.get(owner, ())][-1:] == [last.digest]
    ]
    heir = max(able, key=lambda one: one.disk.place(owner, last.epoch).seq)
    place = heir.disk.place(owner, last.epoch)
    said = next_tenure(last, heir.name, heir.key.public, (place.seq, place.digest), "recovery", stamp(world.now()))
    signed = heir.holdings.signed(said, {node.key.public: node.key.sign(said.message) for node in rest})
    heir.holdings.put_tenure(signed, "")
    note(world, said)
    heir.owners.append(owner)
