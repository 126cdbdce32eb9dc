"""LinkML's own entity-relationship diagram in Mermaid, for whoever draws elsewhere; pages draw their own."""

from __future__ import annotations

from pathlib import Path

from linkml.generators.erdiagramgen import ERDiagramGenerator

from catalogue.model.compiler.table import NOTE


def compile_diagram(schema: Path) -> str:
    """The text of diagram.mmd."""
    made = ERDiagramGenerator(str(schema)).serialize()
    # The generator wraps the diagram for a Markdown page; a file of Mermaid begins with the diagram.
    lines = [line.rstrip() for line in made.splitlines() if not line.startswith("```")]
    return "\n".join([f"%% {NOTE}", *lines]).rstrip() + "\n"
