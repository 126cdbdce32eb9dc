"""image info, image open: pixels by identifier; image list: the image list of a study."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from catalogue.cli.lookup import find
from catalogue.cli.node import Node
from catalogue.cli.output import err, out, plain, print_json
from catalogue.exchange.image_rows import render_csv, write_parquet
from catalogue.problems import BadRequest, NotFound

Json = Annotated[bool, typer.Option("--json", help="JSON on standard output.")]


def register(app: typer.Typer) -> None:
    """Adds the commands of this file."""
    image = typer.Typer(help="Images by identifier.", no_args_is_help=True)
    image.command("info")(image_info)
    image.command("open")(image_open)
    image.command("list")(image_list)
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


def image_list(
    context: typer.Context,
    study: Annotated[str, typer.Argument(help="Identifier of the study.")],
    parquet: Annotated[Path | None, typer.Option(help="Write all rows to this Parquet file.")] = None,
    csv: Annotated[bool, typer.Option("--csv", help="All rows as CSV on standard output.")] = False,
    json_: Annotated[bool, typer.Option("--json", help="The manifest of the list, as JSON.")] = False,
) -> None:
    """The image list of a study: name and title of each image, or all rows as a file."""
    from catalogue.store.image_lists import list_curie

    node: Node = context.obj()
    curie = find(node.resolver, study, "study")[1].curie
    entry = node.ledger.head(list_curie(curie))
    if entry is None or entry.status != "public":
        raise NotFound(f"{curie} has no image list here; its images, if any, have entries of their own.")
    lists = node.ledger.image_lists
    if json_:
        print_json(entry.record)
    elif parquet is not None:
        if not parquet.parent.is_dir():
            raise BadRequest(f"There is no folder '{parquet.parent}'.")
        rows = write_parquet(lists.tables(curie), parquet)
        err.print(plain(f"Wrote {parquet}: {rows:,} rows, {parquet.stat().st_size:,} bytes."))
    elif csv:
        for piece in render_csv(lists.tables(curie)):
            sys.stdout.buffer.write(piece)
    else:
        after = ""
        while images := lists.listed(curie, after, 1000):
            for image in images:
                out.print(plain(f"{image.curie}  {image.record.get('title', '')}"))
            after = images[-1].curie


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
