"""image info, image open: pixels by identifier."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from catalogue.cli.lookup import find
from catalogue.cli.node import Node
from catalogue.cli.output import out, plain, print_json

Json = Annotated[bool, typer.Option("--json", help="JSON on standard output.")]


def register(app: typer.Typer) -> None:
    """Adds the commands of this file."""
    image = typer.Typer(help="Images by identifier.", no_args_is_help=True)
    image.command("info")(image_info)
    image.command("open")(image_open)
    app.add_typer(image, name="image")


def image_info(context: typer.Context, identifier: str, json_: Json = False) -> None:
    """Axes, shape, levels, sizes and where the pixels are; from the catalogue, no request."""
    node: Node = context.obj()
    record = find(node.resolver, identifier, "image")[1].record
    if json_:
        print_json(record)
        return
    out.print(plain(f"{record['id']}  {record.get('title', '')}"))
    for representation in record.get("representations", ()):
        axes = "".join(axis["name"] for axis in representation["axes"])
        out.print(
            plain(
                f"  {representation['format']} {representation.get('format_version', '')}: {axes} "
                f"{representation['shape']} {representation['data_type']}, {len(representation['levels'])} levels"
            )
        )
        for replica in representation.get("replicas", ()):
            out.print(plain(f"  at {replica['endpoint']}{replica['key']}"))


def image_open(
    context: typer.Context,
    identifier: str,
    level: Annotated[int, typer.Option(help="Pyramid level, 0 is the largest; -1 the smallest.")] = 0,
    save: Annotated[Path | None, typer.Option(help="Write the array to this .npy file.")] = None,
    json_: Json = False,
) -> None:
    """Open the array at a member site and tell what is in it."""
    import numpy as np  # loaded by this command alone

    node: Node = context.obj()
    curie = find(node.resolver, identifier, "image")[1].curie
    array = node.images.open(curie, level=level)
    corner = array[
        tuple(slice(0, min(size, 512)) if axis >= array.ndim - 2 else 0 for axis, size in enumerate(array.shape))
    ]
    facts = {
        "identifier": curie,
        "level": level,
        "shape": list(array.shape),
        "dtype": str(array.dtype),
        "chunks": list(array.chunks),
        "corner_min": np.asarray(corner).min().item(),
        "corner_max": np.asarray(corner).max().item(),
        "corner_mean": float(np.asarray(corner).mean()),
    }
    if save is not None:
        np.save(save, np.asarray(array[...]))
        facts["saved"] = str(save)
    if json_:
        print_json(facts)
    else:
        for name, value in facts.items():
            out.print(plain(f"{name}: {value}"))
