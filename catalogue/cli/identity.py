"""identity: which records are about one study, what is proposed, and what curators decide."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from catalogue.cli.harvest import publish
from catalogue.cli.lookup import find
from catalogue.cli.node import Node
from catalogue.cli.output import out, plain, print_json, print_rows

if TYPE_CHECKING:
    from catalogue.resolver.identities import Cluster, Link, Proposal
    from catalogue.store.decisions import Decision

Json = Annotated[bool, typer.Option("--json", help="JSON on standard output.")]
One = Annotated[str, typer.Argument(help="A study, by any of its names.")]
Two = Annotated[str, typer.Argument(help="The other study.")]
By = Annotated[str, typer.Option("--by", help="Who decides; kept and shown.")]
Note = Annotated[str, typer.Option(help="Why, for those who read it later.")]


def register(app: typer.Typer) -> None:
    """Adds the commands of this file."""
    identity = typer.Typer(help="Records of one study in several archives.", no_args_is_help=True)
    identity.command("list")(identity_list)
    identity.command("show")(identity_show)
    identity.command("accept")(identity_accept)
    identity.command("reject")(identity_reject)
    identity.command("undo")(identity_undo)
    app.add_typer(identity, name="identity")


def identity_list(
    context: typer.Context,
    proposals: Annotated[bool, typer.Option("--proposals", help="What to look at, instead of what is linked.")] = False,
    limit: Annotated[int, typer.Option(min=1, help="Rows at most.")] = 1000,
    json_: Json = False,
) -> None:
    """Records that are linked as one study, or pairs that may be."""
    node: Node = context.obj()
    if proposals:
        _show_proposals(node.identities.proposals()[:limit], json_)
        return
    clusters = node.identities.clusters()[:limit]
    if json_:
        print_json([_cluster_dict(cluster) for cluster in clusters])
        return
    print_rows(
        ["preferred", "members", "title"],
        [(c.preferred, ", ".join(m.curie for m in c.members if m.curie != c.preferred), _title(c)) for c in clusters],
        empty="No records are linked as one study.",
    )


def identity_show(context: typer.Context, identifier: One, json_: Json = False) -> None:
    """One study: its other records with evidence, what is proposed, what was decided."""
    node: Node = context.obj()
    curie = _study(node, identifier)
    cluster = node.identities.cluster(curie)
    proposals = node.identities.proposals(curie)
    history = node.identities.history(curie)
    if json_:
        print_json(
            {
                "identifier": curie,
                "cluster": _cluster_dict(cluster) if cluster is not None else None,
                "proposals": [_proposal_dict(proposal) for proposal in proposals],
                "decisions": [_decision_dict(decision) for decision in history],
            }
        )
        return
    out.print(plain(f"{curie} is in no cluster." if cluster is None else f"Preferred record: {cluster.preferred}"))
    for link in cluster.links if cluster is not None else ():
        out.print(plain(f"{link.curie} = {link.other}"))
        for row in _evidence_dicts(link):
            out.print(plain("  {kind}, stated by {stated_by} {stated_on}: {detail}".format_map(row)))
    _show_proposals(proposals, json_=False)
    for decision in history:
        row = _decision_dict(decision)
        out.print(plain("{decided_at}: {decided_by} {decision} {curie} = {other} {note}".format_map(row)))


def identity_accept(context: typer.Context, one: One, two: Two, by: By, note: Note = "", json_: Json = False) -> None:
    """Link two records as one study, in a curator's name."""
    from catalogue.store.decisions import ACCEPT

    _decide(context, (one, two), ACCEPT, by, note, json_)


def identity_reject(context: typer.Context, one: One, two: Two, by: By, note: Note = "", json_: Json = False) -> None:
    """Keep two records apart, whatever is stated or proposed."""
    from catalogue.store.decisions import REJECT

    _decide(context, (one, two), REJECT, by, note, json_)


def identity_undo(context: typer.Context, one: One, two: Two, by: By, note: Note = "", json_: Json = False) -> None:
    """Take back the last decision about two records; it stays readable."""
    from catalogue.store.decisions import UNDO

    _decide(context, (one, two), UNDO, by, note, json_)


def _decide(context: typer.Context, pair: tuple[str, str], decision: str, by: str, note: str, json_: bool) -> None:
    node: Node = context.obj()
    one, two = (_study(node, name) for name in pair)
    made = node.identities.decide(one, two, decision, by, note)
    publish(node)
    if json_:
        print_json(_decision_dict(made))
        return
    out.print(plain(f"Kept: {made.decided_by}, {decision} {made.curie} = {made.other}."))


def _study(node: Node, text: str) -> str:
    """CURIE of the live study that a name leads to; see catalogue.cli.lookup.find."""
    resolution, _ = find(node.resolver, text, "study")
    return str(resolution.curie)


def _show_proposals(proposals: list[Proposal], json_: bool) -> None:
    if json_:
        print_json([_proposal_dict(proposal) for proposal in proposals])
        return
    print_rows(
        ["one", "two", "reasons", "people", "title"],
        [(p.one.curie, p.two.curie, "; ".join(p.reasons), p.shared_people, p.one.title) for p in proposals],
        empty="Nothing is proposed.",
    )


def _title(cluster: Cluster) -> str:
    return next(member.title for member in cluster.members if member.curie == cluster.preferred)


def _cluster_dict(cluster: Cluster) -> dict[str, Any]:
    return {
        "preferred": cluster.preferred,
        "members": [{"identifier": m.curie, "owner": m.owner, "title": m.title} for m in cluster.members],
        "links": [{"one": link.curie, "two": link.other, "evidence": _evidence_dicts(link)} for link in cluster.links],
    }


def _evidence_dicts(link: Link) -> list[dict[str, Any]]:
    return [
        {"kind": e.kind, "detail": e.detail, "stated_by": e.stated_by, "stated_on": e.stated_on, "names": e.names}
        for e in link.evidence
    ]


def _proposal_dict(proposal: Proposal) -> dict[str, Any]:
    return {
        "one": proposal.one.curie,
        "two": proposal.two.curie,
        "reasons": list(proposal.reasons),
        "shared_people": proposal.shared_people,
        "titles": [proposal.one.title, proposal.two.title],
    }


def _decision_dict(decision: Decision) -> dict[str, Any]:
    return {
        "curie": decision.curie,
        "other": decision.other,
        "decision": decision.decision,
        "decided_by": decision.decided_by,
        "decided_at": decision.decided_at.isoformat(),
        "note": decision.note,
    }
