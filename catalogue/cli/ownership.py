"""member hand-over, take-over and their kin: who writes whose records."""

from __future__ import annotations

from typing import Annotated

import typer

from catalogue.cli.harvest import Json
from catalogue.cli.node import Node
from catalogue.cli.output import out, plain, print_json, print_rows
from catalogue.problems import Conflict

Owner = Annotated[str, typer.Argument(help="Prefix of the archive, such as idr.")]


def add_to(group: typer.Typer) -> None:
    """Adds the verbs of this file to the group `member`."""
    group.command("owners")(owners)
    group.command("hand-over")(hand_over)
    group.command("take-over")(take_over)
    group.command("cancel")(cancel)
    group.command("propose")(propose)
    group.command("vote")(vote)
    group.command("rotate-key")(rotate_key)
    group.command("recover")(recover)


def owners(context: typer.Context, json_: Json = False) -> None:
    """Which node writes which archive's records, since when, and what is under way."""
    node: Node = context.obj()
    registry, key = node.ledger.registry, node.ledger.key
    names = {member.node: member.name for member in registry.members()}
    if key is not None:
        names[key.node] = "this node"
    last = {said.tenure.owner: said.tenure for said in registry.tenures()}
    offers = {said.tenure.owner: said.tenure for said in registry.offers()}
    frozen = registry.frozen()
    rows = [
        {
            "owner": owner,
            "epoch": tenure.epoch,
            "writer": names.get(tenure.node, tenure.node),
            "node": tenure.node,
            "reason": tenure.reason,
            "issued_at": tenure.issued_at,
            "under_way": names.get(offers[owner].node, offers[owner].node) if owner in offers else "",
            "stopped": frozen.get(owner, ""),
        }
        for owner, tenure in sorted(last.items())
    ]
    if json_:
        print_json(rows)
        return
    columns = ["owner", "epoch", "writer", "reason", "issued_at", "under_way", "stopped"]
    print_rows(
        columns, [tuple(row[name] for name in columns) for row in rows], empty="Nobody writes anything here yet."
    )


def hand_over(
    context: typer.Context, owner: Owner, to: Annotated[str, typer.Option(help="The member that takes over.")]
) -> None:
    """Let another node write an archive's records; this one stops at once, the other one begins with `take-over`."""
    node: Node = context.obj()
    said = node.ownership.hand_over(owner, to).tenure
    out.print(
        plain(
            f"{owner} is handed over to {to} after entry {said.after_seq} of epoch {said.epoch - 1}. There: "
            f"`ommatidia member take-over {owner}`. To take it back before that: `ommatidia member cancel {owner}`."
        )
    )


def take_over(context: typer.Context, owner: Owner) -> None:
    """Begin to write an archive's records that were handed over to this node, or that members voted it to write."""
    node: Node = context.obj()
    said = node.ownership.take_over(owner)
    out.print(plain(f"This node writes {owner} from epoch {said.epoch} on; members learn it with their next pull."))


def cancel(context: typer.Context, owner: Owner) -> None:
    """Take back a hand-over or a proposal that did not come into force."""
    node: Node = context.obj()
    node.ownership.cancel(owner)
    out.print(plain(f"{owner} stays as it is."))


def propose(context: typer.Context, owner: Owner) -> None:
    """Propose that this node writes an archive's records because their writer is gone; more than half must vote."""
    node: Node = context.obj()
    said = node.ownership.propose(owner).tenure
    assert node.ledger.key is not None
    out.print(
        plain(
            f"Proposed: {owner} from epoch {said.epoch} on, after entry {said.after_seq}. At the other members: "
            f"`ommatidia member vote {owner} --for {node.ledger.key.node}`, then here "
            f"`ommatidia member take-over {owner}`."
        )
    )


def vote(
    context: typer.Context,
    owner: Owner,
    node_: Annotated[str, typer.Option("--for", help="The member that proposes itself.")],
) -> None:
    """Sign a member's proposal to write an archive's records."""
    node: Node = context.obj()
    node.ownership.vote(owner, node_)
    out.print(plain(f"Signed; {node_} finds it here with `ommatidia member take-over {owner}`."))


def rotate_key(context: typer.Context) -> None:
    """Give this node another key; its name, its members and its archives stay. The node must not be running."""
    node: Node = context.obj()
    if node.worker() is not None:
        raise Conflict("The worker of this node runs and holds the present key. Stop the node first, then try again.")
    key = node.ownership.rotate_key()
    out.print(plain(f"{key.node} has the key {key.public} from now on; members learn it with their next pull."))


def recover(
    context: typer.Context,
    owner: Owner,
    from_: Annotated[str, typer.Option("--from", help="A member that has what this node lost.")],
) -> None:
    """Begin a new epoch after this node wrote on from an old backup; nothing acknowledged is lost."""
    node: Node = context.obj()
    done = node.ownership.recover(owner, from_)
    out.print(
        plain(
            f"{owner}: epoch {done.tenure.epoch} after entry {done.common}; {done.adopted} records written anew as "
            f"{from_} has them, {done.kept} as this node has them."
        )
    )
