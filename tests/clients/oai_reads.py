"""Reads all records of an OAI-PMH repository with oaipmh-scythe: `oai_reads.py BASE_URL PREFIX [SET]`."""

import json
import sys
from importlib.metadata import version

from oaipmh_scythe import Scythe


def main() -> None:
    """Prints what the client read, as JSON."""
    base, prefix, *rest = sys.argv[1:]
    arguments = {"set_": rest[0]} if rest else {}
    with Scythe(base) as scythe:
        records = list(scythe.list_records(metadata_prefix=prefix, ignore_deleted=False, **arguments))
        headers = list(scythe.list_identifiers(metadata_prefix=prefix, ignore_deleted=False, **arguments))
        said = {
            "client": f"oaipmh-scythe {version('oaipmh-scythe')}",
            "records": [
                [r.header.identifier, r.header.datestamp, r.header.deleted, None if r.deleted else r.metadata]
                for r in records
            ],
            "headers": [[h.identifier, h.datestamp, h.deleted] for h in headers],
            "sets": [found.setSpec for found in scythe.list_sets()],
            "formats": [found.metadataPrefix for found in scythe.list_metadata_formats()],
            "email": scythe.identify().adminEmail,
        }
        if not rest:
            one = scythe.get_record(identifier=records[0].header.identifier, metadata_prefix=prefix)
            said["one"] = one.header.identifier
    print(json.dumps(said))


main()
