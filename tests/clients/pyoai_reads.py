"""Reads all records of an OAI-PMH repository with pyoai: `pyoai_reads.py BASE_URL`."""

import json
import sys
from importlib.metadata import version

from oaipmh.client import Client
from oaipmh.metadata import MetadataRegistry, oai_dc_reader


def main() -> None:
    """Prints what the client read, as JSON."""
    registry = MetadataRegistry()
    registry.registerReader("oai_dc", oai_dc_reader)
    client = Client(sys.argv[1], registry)
    identity = client.identify()
    client.updateGranularity()
    records = list(client.listRecords(metadataPrefix="oai_dc"))
    said = {
        "client": f"pyoai {version('pyoai')}",
        "records": [
            [header.identifier(), header.datestamp().isoformat() + "Z", header.isDeleted(),
             None if metadata is None else dict(metadata.getMap())]
            for header, metadata, _about in records
        ],
        "headers": [header.identifier() for header in client.listIdentifiers(metadataPrefix="oai_dc")],
        "sets": [spec for spec, _name, _description in client.listSets()],
        "formats": [prefix for prefix, _schema, _namespace in client.listMetadataFormats()],
        "email": identity.adminEmails()[0],
        "one": client.getRecord(metadataPrefix="oai_dc", identifier=records[0][0].identifier())[0].identifier(),
    }  # fmt: skip
    print(json.dumps(said))


main()
