"""What happens after the faults stopped: error-free rounds, replays, a newcomer, and rounds in which nothing is new."""

from __future__ import annotations

from collections.abc import Callable

from catalogue.problems import Problem
from tests.federation.simulation.history import Outcome
from tests.federation.simulation.memory import remembered
from tests.federation.simulation.node import Node
from tests.federation.simulation.plan import Plan, joined, plan
from tests.federation.simulation.statements import recover_log
from tests.federation.simulation.world import World

STEPS = 60
QUIET_ROUNDS = 50


def simulate(seed: int, trace: Callable[[str], None] = lambda _: None, *, steps: int = STEPS) -> Outcome:
    """What became of the world of a seed."""
    return run_plan(plan(seed), trace, steps=steps)


def run_plan(of: Plan, trace: Callable[[str], None] = lambda _: None, *, steps: int = STEPS) -> Outcome:
    """What became of a world."""
    world = World(of, trace)
    with remembered(lambda: world.at_work is not None and world.at_work.old):
        world.run(steps)
        _heal(world)
        outcome = Outcome(of.seed, steps=steps, diameter=of.diameter, relays=of.relays)
        _recover_logs(world, outcome.diameter)
        _rounds(world, outcome)
        outcome.events = list(world.events)
        world.network.down |= outcome.hostile
        for _ in range(outcome.rounds if outcome.hostile else 0):
            _round(world)
        outcome.later = {node.name: node.state() for node in _honest(world)}
        _replay(world, outcome)
        if of.relays:
            outcome.newcomer = _newcomer(world).state()
        _quiet(world, outcome, QUIET_ROUNDS if of.seed % 10 == 0 else 3)
    outcome.faults = dict(world.network.counts + world.counts)
    return outcome


def _heal(world: World) -> None:
    trace = world._trace
    trace("faults stop")
    world.network.likelihood = 0.0
    world.network.cut.clear()
    for node in world.nodes:
        node.holdings.full = False
        if not node.up:
            world.start(node)
    for task in list(world.tasks):
        task.kill()
        world.tasks.remove(task)
    for node in world.nodes:
        node.writing = False
        node.pulling.clear()


def _honest(world: World) -> list[Node]:
    return [node for node in world.nodes if not node.hostile and not node.dead]


def _recover_logs(world: World, rounds: int) -> None:
    """Writers whose own log came back to them other than it is here let it be recovered by their operators."""
    if not world.plan.restores:
        return
    for _ in range(rounds):
        _round(world)
    for node in _honest(world):
        for kind, owner, member in sorted(node.disk.alarms):
            if kind == "echo-mismatch" and owner in node.disk.frozen():
                recover_log(world, node, owner, world.by_name[member])


def _rounds(world: World, outcome: Outcome) -> None:
    nodes = _honest(world)
    outcome.rounds = outcome.diameter if not any(node.dead for node in world.nodes) else len(nodes) - 1
    for _ in range(outcome.rounds):
        _round(world)
    outcome.states = {node.name: node.state() for node in nodes}
    names = set(outcome.states)
    outcome.links = [(node.name, member) for node in nodes for member in node.members() if member in names]
    outcome.members = {node.name: node.members() for node in world.nodes}
    outcome.hostile = {node.name for node in world.nodes if node.hostile}


def _round(world: World, *, afresh: bool = False) -> None:
    pairs = [(node, member) for node in _honest(world) for member in node.members()]
    world.chance.shuffle(pairs)
    for node, member in pairs:
        _pull(world, node, member, afresh=afresh)


def _pull(world: World, node: Node, member: str, *, afresh: bool) -> None:
    other = world.by_name[member]
    if other.dead:
        return
    world.at_work = node
    try:
        report = node.pull(member, afresh=afresh)
        world._trace(f"{node.number} pulled from {other.number}: {report}")
    except Problem as problem:
        world._trace(f"{node.number} could not pull from {other.number}: {problem.detail}")
    finally:
        world.at_work = None


def _replay(world: World, outcome: Outcome) -> None:
    before = sum(len(node.disk.rows) for node in _honest(world))
    for _ in range(2):
        _round(world, afresh=True)
    outcome.replayed = before, sum(len(node.disk.rows) for node in _honest(world))


def _newcomer(world: World) -> Node:
    """A node that joins when all is over, and reads honest members in an order of its own."""
    from tests.federation.simulation import material

    fresh = Node(90, material.key(90), world, [])
    members = _honest(world)
    for node in members:
        joined(fresh, node)
    names = [node.name for node in members]
    world.by_name[fresh.name] = fresh
    world.network.likelihood = 0.05
    for _ in range(3):
        world.chance.shuffle(names)
        for name in names:
            _pull(world, fresh, name, afresh=False)
    world.network.likelihood = 0.0
    for name in names:
        _pull(world, fresh, name, afresh=True)
    return fresh


def _quiet(world: World, outcome: Outcome, rounds: int) -> None:
    before = sum(len(node.disk.rows) for node in _honest(world))
    _round(world)
    world.network.requests.clear()
    for _ in range(rounds):
        _round(world)
    outcome.quiet = dict(world.network.requests)
    outcome.grown = sum(len(node.disk.rows) for node in _honest(world)) - before
