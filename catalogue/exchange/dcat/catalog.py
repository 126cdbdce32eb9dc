"""One page of the catalogue: the data sets in the order of their CURIEs, linked by hydra:next.

Pages are named by the CURIE they follow, so that a reader misses nothing when records come or go meanwhile.
Source: DCAT-AP 3.0.1, class Catalogue; Hydra core, PartialCollectionView.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import quote

import structlog

from catalogue.exchange.dcat.about import About, Service, write_about, write_services
from catalogue.exchange.dcat.dataset import dataset
from catalogue.exchange.dcat.forms import Form, render
from catalogue.exchange.dcat.place import Place
from catalogue.exchange.dcat.triples import Triples, moment, name, typed
from catalogue.model.namespaces import BASE
from catalogue.store.entries import Entry

log = structlog.get_logger(__name__)

PAGE_SIZE: Final = 100
"""Data sets on a page: 0.7 MB of Turtle where records are full; ckanext-dcat takes 50 MB."""


@dataclass(frozen=True, slots=True)
class Page:
    """What stands on one page.

    Args:
        entries: the data sets, by CURIE.
        after: CURIE that the page follows; "" for the first.
        more: whether another page follows.
        total: public studies in all; stated on the first page only, as `changed`, so that others stay as they were.
        changed: when the ledger last changed; None where nothing is in it.
    """

    entries: Sequence[Entry]
    after: str
    more: bool
    total: int
    changed: datetime | None


def render_page(page: Page, about: About, services: tuple[Service, ...], place: Place, form: Form) -> bytes:
    """The page in a form; equal arguments give equal bytes."""
    head, catalog = Triples(), place.at("/catalog")
    head.add(catalog, "rdf:type", name("dcat:Catalog"))
    write_about(head, catalog, about, place)
    head.add_typed(catalog, "foaf:homepage", place.at("/"), "foaf:Document")
    _write_view(head, catalog, page, place, form)
    if not page.after:
        write_services(head, catalog, services, place)
        if page.changed is not None:
            head.add(catalog, "dct:modified", moment(page.changed.isoformat().replace("+00:00", "Z")))
    blocks = []
    for entry in page.entries:
        try:
            blocks.append(dataset(entry, place, about.license))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            # One record of a form that nobody foresaw must not take the page from all others; the total still counts
            # it, so that no reader takes it for deleted.
            log.error("catalog.record_not_written", curie=entry.curie, error=repr(error))
            continue
        head.add(catalog, "dcat:dataset", name_of(entry))
        head.add(catalog, "dcat:record", f"{name_of(entry)[:-1]}/record>")
    return render([head, *blocks], form)


def name_of(entry: Entry) -> str:
    """The IRI term of a study."""
    return f"<{BASE}{entry.curie}>"


def page_path(after: str, form: Form) -> str:
    """Path of the page that follows a CURIE."""
    return f"/catalog{form.suffix}" + (f"?after={quote(after, safe=':')}" if after else "")


def _write_view(out: Triples, catalog: str, page: Page, place: Place, form: Form) -> None:
    view = place.at(page_path(page.after, form))
    out.add(view, "rdf:type", name("hydra:PartialCollectionView"))
    out.add(view, "hydra:first", place.at(page_path("", form)))
    out.add(catalog, "hydra:view", view)
    if page.more:
        out.add(view, "hydra:next", place.at(page_path(page.entries[-1].curie, form)))
    if not page.after:
        out.add(catalog, "rdf:type", name("hydra:Collection"))
        out.add(catalog, "hydra:totalItems", typed(page.total, "integer"))
