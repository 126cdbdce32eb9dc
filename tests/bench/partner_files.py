"""Partner folders in the shapes in which they can be served: behind an index, a listing, a sitemap, OAI-PMH.

What bench_nochange.py measures; each function gives path -> (bytes, media type), or a function of the path.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from tests.bench.partner_server import Find, index_of, listing_of
from tests.e2e.hostile_listings import oai_formats, oai_identify, oai_none, oai_records

JSON = "application/json"
Files = dict[str, tuple[bytes, str]]


def below(folder: Path, suffix: str) -> dict[str, bytes]:
    """The files of a folder by their path on a server."""
    found = (path for path in sorted(folder.rglob("*" + suffix)) if path.is_file())
    return {"/" + path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def indexed(suffix: str, kind: str = JSON) -> Callable[[Path], Find]:
    """The documents of a folder behind a JSON index that states versions, `/index.json`."""

    def files(folder: Path) -> Find:
        return behind_index(below(folder, suffix), kind).get

    return files


def behind_index(documents: dict[str, bytes], kind: str = JSON) -> Files:
    """Documents and the index that lists them."""
    found = {path: (body, kind) for path, body in documents.items()}
    return found | {"/index.json": (index_of(documents), JSON)}


def listed(suffix: str) -> Callable[[Path], Find]:
    """The documents of a folder behind nginx's listing."""

    def files(folder: Path) -> Find:
        documents = {f"/{path.rpartition('/')[2]}": body for path, body in below(folder, suffix).items()}
        found = {path: (body, JSON) for path, body in documents.items()}
        return (found | {"/": (listing_of(documents), "text/html")}).get

    return files


def without_twins(folder: Path) -> Find:
    """Submissions as BioStudies has them, without the corrected copy that lies beside some."""
    submissions = {path: body for path, body in below(folder, ".json").items() if "/S-" in path}
    return behind_index({path: body for path, body in submissions.items() if "_override" not in path}).get


def stores(folder: Path) -> Find:
    """Recorded OME-Zarr stores behind a list."""
    roots = {path.parent for name in (".zattrs", "zarr.json") for path in folder.rglob(name)}
    outermost = sorted(root for root in roots if not any(parent in roots for parent in root.parents))
    rows = "url\n" + "".join(f'"{root.relative_to(folder).as_posix()}"\n' for root in outermost)
    found = {path: (body, JSON) for path, body in below(folder, "").items()}
    return (found | {"/list.csv": (rows.encode(), "text/csv")}).get


def pages(folder: Path) -> Find:
    """JSON-LD in pages that a sitemap lists with the day of their change; addresses are relative to the server."""
    documents = {path.removesuffix(".json") + ".html": body for path, body in below(folder, ".json").items()}
    found = {
        path: (b'<html><script type="application/ld+json">' + body + b"</script></html>", "text/html")
        for path, body in documents.items()
    }

    def find(path: str, host: str = "") -> tuple[bytes, str] | None:
        if path != "/sitemap.xml":
            return found.get(path)
        entries = "".join(f"<url><loc>http://{host}{name}</loc><lastmod>2024-01-02</lastmod></url>" for name in found)
        space = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
        return f"<urlset {space}>{entries}</urlset>".encode(), "text/xml"

    return find


def repository(count: int) -> Callable[[Path], Find]:
    """An OAI-PMH repository of made records in pages of a hundred, none of which changed since any `from`."""

    def files(_: Path) -> Find:
        def find(path: str) -> tuple[bytes, str]:
            given = {key: values[0] for key, values in parse_qs(urlsplit(path).query).items()}
            at = int(given.get("resumptionToken", "0"))
            if given.get("verb") == "Identify":
                body = oai_identify()
            elif given.get("verb") == "ListMetadataFormats":
                body = oai_formats()
            elif "from" in given:
                body = oai_none()
            else:
                body = oai_records(range(at + 1, min(at + 100, count) + 1), str(at + 100) if at + 100 < count else "")
            return body, "text/xml"

        return find

    return files
