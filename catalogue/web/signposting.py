"""FAIR Signposting, levels 1 and 2: typed links in the Link header of pages and documents, and all as link sets.

Source: signposting.org/FAIR; RFC 9264; images.md section 3 (no `type` with parameters).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from catalogue.exchange.base import PERSISTENCE
from catalogue.exchange.image_places import places
from catalogue.web.licences import describe_licence
from catalogue.web.negotiation import HTML, Offer
from catalogue.web.services import Links
from catalogue.web.text import header_url

LINKSET_JSON = "application/linkset+json"
LINKSET = "application/linkset"
LINKSETS = ((LINKSET_JSON, "/linkset.json"), (LINKSET, "/linkset"))
INBOX = "http://www.w3.org/ns/ldp#inbox"
MOST_HEADER_BYTES = 4096
"""Of a Link header: 64 KiB of them made a page unreadable to an assessor (fair.md, section 1)."""
_MOST_AUTHORS = 20
_MOST_ITEMS = 8
_TYPES = {"Study": "https://schema.org/Dataset", "Image": "https://schema.org/ImageObject"}

Address = Callable[[str], str]
"""Path of this node -> the address that stands in a link."""


@dataclass(frozen=True, slots=True)
class TypedLink:
    """A link from a context to a target (RFC 8288).

    Args:
        type: media type of the target, bare.
        profile: IRI that sets the target apart from others of its media type.
    """

    rel: str
    href: str
    type: str | None = None
    profile: str | None = None

    def render(self, anchor: str = "") -> str:
        """The link as it stands in a header or in a link set as text: no blanks, `rel` before `type` (fair.md, 3)."""
        attributes = (("rel", self.rel), ("type", self.type), ("profile", self.profile), ("anchor", anchor))
        return f"<{self.href}>" + "".join(f';{name}="{value}"' for name, value in attributes if value)

    def target(self) -> dict[str, str]:
        """The link as a target object of a link set in JSON."""
        attributes = (("href", self.href), ("type", self.type), ("profile", self.profile))
        return {name: value for name, value in attributes if value}


def described_by(links: Links, to: Address, kind: str, curie: str, offers: Iterable[Offer]) -> Iterator[TypedLink]:
    """Links to every form of a record but its page."""
    for offer in offers:
        if offer.suffix:
            href = to(links.document(kind, curie, offer.suffix))
            yield TypedLink("describedby", href, offer.media_type, offer.profile)


def own_links(
    links: Links, to: Address, kind: str, record: Mapping[str, Any], offers: Sequence[Offer], inbox: str = ""
) -> Iterator[TypedLink]:
    """Links of the page of a study or image that are few and must be seen: identity, forms, types, licence.

    Args:
        inbox: path at which this node takes notifications, where it does.
    """
    curie = record["id"]
    yield TypedLink("cite-as", links.iri(curie))
    yield from linkset_links(links, to, kind, curie)
    yield from described_by(links, to, kind, curie, offers)
    yield TypedLink("type", "https://schema.org/AboutPage")
    yield TypedLink("type", _TYPES[record["type"]])
    licence = record.get("license")
    licence = header_url(describe_licence(licence).spdx or licence) if licence else None
    if licence:
        yield TypedLink("license", licence)
    if "study" in record:
        yield TypedLink("collection", to(links.document("study", record["study"])), HTML)
    else:
        yield TypedLink("collection", to("/catalog"), "text/turtle")
    yield policy_link()
    if inbox:
        yield TypedLink(INBOX, to(inbox))


def policy_link() -> TypedLink:
    """Link to what is promised of the metadata in the long run."""
    return TypedLink(*PERSISTENCE)


def linkset_links(links: Links, to: Address, kind: str, curie: str) -> Iterator[TypedLink]:
    """Links to the link sets of a page."""
    for media_type, end in LINKSETS:
        yield TypedLink("linkset", to(links.document(kind, curie, end)), media_type)


def authors(record: Mapping[str, Any]) -> list[TypedLink]:
    """Authors with an ORCID, each once, in their order."""
    orcids = [header_url(author.get("orcid")) for author in record.get("authors", ())]
    return [TypedLink("author", orcid) for orcid in dict.fromkeys(filter(None, orcids))]


def data_items(record: Mapping[str, Any]) -> list[TypedLink]:
    """Files of a record and the places at which its pixels open."""
    found = [
        TypedLink("item", url, _bare(file.get("media_type")))
        for file in record.get("files", ())
        if (url := header_url(file.get("url")))
    ]
    for place in places(record):
        url, media_type = place.fetched
        if header_url(url):
            found.append(TypedLink("item", url, _bare(media_type)))
    return found


def image_items(links: Links, to: Address, curies: Iterable[str]) -> list[TypedLink]:
    """Images of a study by their pages, which name the pixels in turn."""
    return [TypedLink("item", to(links.document("image", curie)), HTML) for curie in curies]


def _bare(media_type: str | None) -> str | None:
    """The media type without parameters, as clients throw away the whole header otherwise."""
    bare = (media_type or "").partition(";")[0].strip()
    return bare if bare.isascii() and bare.isprintable() and not set('", <>') & set(bare) else None


def header(essential: Iterable[TypedLink], more: Iterable[TypedLink] = ()) -> str:
    """Value of a Link header: all of the first, and of the others those that fit into MOST_HEADER_BYTES."""
    found = [link.render() for link in essential]
    size = len(", ".join(found))
    for link in more:
        text = link.render()
        size += len(text) + 2
        if size > MOST_HEADER_BYTES:
            break
        found.append(text)
    return ", ".join(found)


def page_links(
    links: Links,
    kind: str,
    record: Mapping[str, Any],
    offers: Sequence[Offer],
    items: Sequence[str] = (),
    inbox: str = "",
) -> str:
    """Link header of the page of a study or image.

    Args:
        items: CURIEs of images of the study; the first few are named, all of them in the link set.
    """
    data = [*image_items(links, links.full, items), *data_items(record)][:_MOST_ITEMS]
    essential = own_links(links, links.full, kind, record, offers, inbox)
    return header(essential, [*data, *authors(record)[:_MOST_AUTHORS]])


def head_links(
    links: Links, kind: str, record: Mapping[str, Any], offers: Sequence[Offer], inbox: str = ""
) -> list[TypedLink]:
    """Typed links for the head of a page, for clients that read no headers; its forms stand there as `alternate`."""
    return [link for link in own_links(links, links.full, kind, record, offers, inbox) if link.rel != "describedby"]


def tombstone_links(links: Links, kind: str, curie: str, offers: Sequence[Offer]) -> str:
    """Link header of a 410: the identifier stays citable and its tombstone machine-readable."""
    found = [TypedLink("cite-as", links.iri(curie)), *linkset_links(links, links.full, kind, curie), policy_link()]
    return header([*found, *described_by(links, links.full, kind, curie, offers)])


def document_links(links: Links, kind: str, curie: str) -> str:
    """Link header of a metadata document: back to the page it describes, and to the link set of both."""
    page = TypedLink("describes", links.full(links.document(kind, curie)), HTML)
    return header([page, *linkset_links(links, links.full, kind, curie)])
