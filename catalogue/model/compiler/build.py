"""Writes every generated file of the model below one root folder; the same schema gives the same bytes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from linkml.generators.pydanticgen import MetadataMode, PydanticGenerator
from linkml_runtime.utils.schemaview import SchemaView

from catalogue.model.compiler.context import compile_context
from catalogue.model.compiler.diagram import compile_diagram
from catalogue.model.compiler.documentation import compile_documentation
from catalogue.model.compiler.jsonschema import compile_json_schema
from catalogue.model.compiler.ontology import compile_ontology
from catalogue.model.compiler.shapes import compile_shapes
from catalogue.model.compiler.strictness import refuse_what_would_be_lost
from catalogue.model.compiler.table import NOTE, compile_table

GENERATED: Final = (
    "catalogue/model/table.json",
    "catalogue/model/context.jsonld",
    "catalogue/model/records.schema.json",
    "catalogue/model/records.py",
    "catalogue/model/ontology.ttl",
    "catalogue/model/documentation.json",
    "catalogue/model/diagram.mmd",
    "shapes/records.ttl",
)


def generate(schema: Path, root: Path) -> None:
    """Write the files of GENERATED.

    Args:
        schema: schema/ommatidia.yaml.
        root: folder that the names of GENERATED are relative to; folders are made as needed.

    Raises:
        SchemaRefused: the schema says what these files would not.
    """
    view = SchemaView(str(schema))
    refuse_what_would_be_lost(view)
    table = compile_table(view)
    contents = {
        "catalogue/model/table.json": _json(table),
        "catalogue/model/context.jsonld": _json(compile_context(table)),
        "catalogue/model/records.schema.json": _json(compile_json_schema(schema, table)),
        "catalogue/model/records.py": _records(schema),
        "catalogue/model/ontology.ttl": compile_ontology(view, table),
        "catalogue/model/documentation.json": _json(compile_documentation(view, table)),
        "catalogue/model/diagram.mmd": compile_diagram(schema),
        "shapes/records.ttl": compile_shapes(table),
    }
    for name in GENERATED:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(contents[name], encoding="utf-8", newline="\n")


def _records(schema: Path) -> str:
    # The default metadata writes the schema's path on the builder's disk into the module.
    made = PydanticGenerator(str(schema), metadata_mode=MetadataMode.NONE).serialize()
    text = "\n".join(line.rstrip() for line in made.splitlines()).strip()
    return f'"""Pydantic classes of the records; {NOTE}."""\n\n{text}\n'


def _json(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"
