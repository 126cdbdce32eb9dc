"""/images/{curie}: the page of an image and its other forms; /id/{curie}/thumbnail: its preview."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, render_template, request

from catalogue.exchange.schema_org import schema_org
from catalogue.model.identifiers import landing_page, owner_name
from catalogue.model.namespaces import OWNERS
from catalogue.problems import NoPreview
from catalogue.resolver.service import Resolution
from catalogue.store.graph_view import catalog_record
from catalogue.web.data_links import opening_sizes
from catalogue.web.documents import FOUND, answer, refuse, to
from catalogue.web.linksets import inbox_path
from catalogue.web.negotiation import offers
from catalogue.web.pictures import alternative_text, summary
from catalogue.web.services import Services
from catalogue.web.signposting import head_links, page_links
from catalogue.web.text import is_public, safe_url

# images.md section 9: viewers that take an address; each is on another site, so it is only linked.
VIEWERS = (
    ("Vizarr", "https://biongff.github.io/vizarr/?source={url}"),
    ("OME-NGFF validator", "https://ome.github.io/ome-ngff-validator/?source={url}"),
    ("itk-vtk viewer", "https://kitware.github.io/itk-vtk-viewer/app/?rotate=false&fileToLoad={url}"),
    ("Vol-E", "https://volumeviewer.allencell.org/viewer?url={url}"),
)
THUMBNAIL_CACHE = "public, max-age=3600"


@dataclass(frozen=True, slots=True)
class Copy:
    """One place at which the image's bytes lie.

    Args:
        url: address of the Zarr root; None when endpoint and key make no http(s) address.
        viewers: (name, address) of viewers that can be expected to reach it.
    """

    site: str
    url: str | None
    viewers: tuple[tuple[str, str], ...]


def copies(record: Mapping[str, Any]) -> list[Copy]:
    """Every replica of the first representation, in the order recorded."""
    representation: Mapping[str, Any] = next(iter(record.get("representations", ())), {})
    found = []
    for replica in representation.get("replicas", ()):
        url = safe_url(replica["endpoint"].rstrip("/") + "/" + replica["key"].lstrip("/"))
        viewers: tuple[tuple[str, str], ...] = ()
        # The viewers are https pages: a browser lets them read https addresses only.
        if url is not None and url.startswith("https://") and is_public(url):
            viewers = tuple((name, form.format(url=quote(url, safe=""))) for name, form in VIEWERS)
        site = replica["site"]
        found.append(Copy(owner_name(site) if site in OWNERS else site, url, viewers))
    return found


def snippet(record: Mapping[str, Any], url: str | None) -> str:
    """Python that opens the full-resolution level as a lazy array with zarr alone; "" without an address."""
    representation: Mapping[str, Any] = next(iter(record.get("representations", ())), {})
    levels = sorted(representation.get("levels", ()), key=lambda level: int(level["index"]))
    if url is None or not levels:
        return ""
    inside = [representation.get("multiscales_path", ""), levels[0]["path"]]
    store = "/".join([url.rstrip("/"), *(part.strip("/") for part in inside if part.strip("/"))])
    # json-like quoting: a partner's path can hold quotes.
    lines = ("# pip install zarr 'fsspec[http]'", "import zarr", "", f"array = zarr.open_array({store!r}, mode='r')")
    return "\n".join((*lines, "print(array.shape, array.dtype)", ""))


def _image_page(services: Services, resolution: Resolution) -> Response:
    entry, curie = resolution.entry, resolution.curie or ""
    assert entry is not None
    record, links, available = entry.record, services.links, offers("Image")
    study = services.ledger.head(record["study"]) if "study" in record else None
    found = copies(record)
    response = Response(
        render_template(
            "image.html",
            record=record,
            curie=curie,
            iri=links.iri(curie),
            archive=owner_name(entry.owner),
            archive_page=landing_page(entry.owner, record["accession"], "image"),
            state=resolution.state,
            terms={term["id"]: term for term in record.get("terms", ())},
            facts=summary(record),
            alt=alternative_text(record),
            thumbnail=links.path(links.thumbnail(curie)) if services.images is not None else "",
            study=study.record if study is not None else None,
            study_path=links.path(links.document("study", record["study"])) if study is not None else "",
            copies=found,
            snippet=snippet(record, next((copy.url for copy in found if copy.url), None)),
            path=links.path(links.document("image", curie)),
            offers=available,
            typed=head_links(links, "image", record, available, inbox_path(services)),
            description=schema_org(
                record,
                sizes=opening_sizes(services, [entry]),
                study=study.record if study is not None else None,
                metadata_license=services.exchange.metadata_license,
            ),
            provenance=catalog_record(entry),
            entry=entry,
        )
    )
    response.headers["Link"] = page_links(links, "image", record, available, inbox=inbox_path(services))
    return response


def _thumbnail(services: Services, name: str) -> Response:
    resolution = services.resolver.resolve(name)
    if resolution.state not in FOUND:
        refuse(services, resolution)
    curie, kind = resolution.curie or "", resolution.kind or ""
    if resolution.tombstone is not None:
        return answer(services, kind, curie, lambda found: _image_page(services, found))
    if kind != "image" or services.images is None:
        raise NoPreview(f"{curie} is a study; previews are of its images." if kind != "image" else "No previews here.")
    if name != curie:
        return to(services.links, services.links.thumbnail(curie), 301)
    made = services.images.thumbnail(curie)
    response = Response(made.content, content_type=made.media_type)
    response.set_etag(made.etag)
    response.headers["Cache-Control"] = THUMBNAIL_CACHE
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.make_conditional(request)
    return response


def images_blueprint(services: Services) -> Blueprint:
    """Routes of images."""
    blueprint = Blueprint("images", __name__)

    @blueprint.get("/images/<path:name>")
    def image(name: str) -> Response:
        return answer(services, "image", name, lambda found: _image_page(services, found))

    @blueprint.get("/id/<path:name>/thumbnail")
    def thumbnail(name: str) -> Response:
        return _thumbnail(services, name)

    return blueprint
