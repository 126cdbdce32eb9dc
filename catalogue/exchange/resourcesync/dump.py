"""A package of the resource dump: a ZIP file of documents with their manifest."""

from __future__ import annotations

import zipfile
from typing import IO, Final

from catalogue.exchange.exposed import iter_rows
from catalogue.exchange.resourcesync.documents import ResourceSync
from catalogue.exchange.resourcesync.measures import SUFFIX, document_of

MANIFEST: Final = "manifest.xml"
# Records may have megabytes; few are held at a time.
_BATCH: Final = 20


def write_package(sync: ResourceSync, number: int, file: IO[bytes]) -> None:
    """Writes the package of a block of the log to `file`; equal states give equal documents and manifest.

    Raises:
        NotFound: the log has no such block.
    """
    horizon, start, end = sync.dump_bounds(number)
    exposed, described = sync.exposed, []
    rows = [row for row in iter_rows(exposed, start, end) if row.is_live]
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package:
        for begin in range(0, len(rows), _BATCH):
            part = rows[begin : begin + _BATCH]
            entries = exposed.timeline.at(row.position for row in part)
            measured = sync.measures.of([row.position for row in part])
            for row in part:
                content = document_of(entries[row.position])
                if content is None:
                    continue
                # Accessions have no slash; a colon cannot be in the names of files everywhere.
                path = f"resources/{row.curie.replace(':', '_')}{SUFFIX}"
                stamp = row.recorded_at.timetuple()[:6]
                package.writestr(zipfile.ZipInfo(path, stamp), content, zipfile.ZIP_DEFLATED, 1)
                said = measured[row.position]
                described.append(sync.manifest_entry(row.kind, row.curie, row.recorded_at, path=f"/{path}", **said))
        package.writestr(zipfile.ZipInfo(MANIFEST, horizon.moment.timetuple()[:6]), sync.manifest(horizon, described))
