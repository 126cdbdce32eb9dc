"""What the pages are handed: one frozen bundle of services, made by app.py, no globals."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from catalogue.model.namespaces import BASE
from catalogue.problems import SettingsInvalid
from catalogue.settings import ExchangeSettings, HarvestSettings, QuerySettings, UsageSettings, WebSettings
from catalogue.web.text import path_of

if TYPE_CHECKING:
    from catalogue.exchange.dumps.shelf import DumpShelf
    from catalogue.exchange.exposed import Exposed
    from catalogue.exchange.feeds.matching import FeedRules
    from catalogue.fair.assess.service import Assessor
    from catalogue.fair.history import History
    from catalogue.fair.service import Audits
    from catalogue.fair.usage.label import Labels
    from catalogue.fair.usage.recorder import Recorder
    from catalogue.federation.inbox import Inbox
    from catalogue.resolver.identities import Identities
    from catalogue.resolver.service import Resolver
    from catalogue.search.service import SearchService
    from catalogue.store.ledger import Ledger


class Thumbnail(Protocol):
    """A rendered preview."""

    @property
    def content(self) -> bytes:
        """The picture's bytes."""
        ...

    @property
    def media_type(self) -> str:
        """Of the bytes."""
        ...

    @property
    def etag(self) -> str:
        """Changes when the picture may."""
        ...


class Images(Protocol):
    """What the pages need of catalogue.images."""

    def thumbnail(self, curie: str) -> Thumbnail:
        """The preview of an image.

        Raises:
            NoPreview: it cannot be rendered within the limits.
            ImageUnreachable: no site answered.
        """
        ...


@dataclass(frozen=True)
class Services:
    """Everything a request may use.

    Args:
        pool: catalogue.query.pool.QueryPool, None where SPARQL is not offered.
        search: None where there is no text index.
        images: None where previews are not offered.
        identities: None where records of one study are not told.
        snapshot: the `current` link of the graph's snapshots, for /readyz; None where there is no graph.
        index: folder of the text index, for /readyz; None where it is not looked at.
        exposed: what harvesters are told of; None where nothing is offered to them.
        secret: signs what is handed to harvesters; with `exposed` only.
        ready: further checks of /readyz by name, each giving None when well, else what is wrong.
        dumps: the folder of dumps; None where none are offered.
        feeds: how parts of the log are told from the rest; None where no filtered feeds are offered.
        name: name of this node, shown on its pages.
        inbox: takes notifications; None where none are taken.
        audits: FAIR audits; None where none are shown.
        audit_history: those that are kept; None where none are shown.
        assessor: assesses what is not held here; None where that is not offered.
        counting: how uses of records are counted.
        usage: notes uses of records; None where they are not counted.
        labels: which studies are highly used; None where that is not told.
    """

    ledger: Ledger
    resolver: Resolver
    search: SearchService | None = None
    pool: Any = None
    images: Images | None = None
    identities: Identities | None = None
    snapshot: Path | None = None
    index: Path | None = None
    dumps: DumpShelf | None = None
    web: WebSettings = field(default_factory=lambda: WebSettings())
    query: QuerySettings = field(default_factory=lambda: QuerySettings())
    harvest: HarvestSettings = field(default_factory=lambda: HarvestSettings())
    exchange: ExchangeSettings = field(default_factory=lambda: ExchangeSettings())
    exposed: Exposed | None = None
    secret: bytes = field(default=b"", repr=False)
    feeds: FeedRules | None = None
    name: str = "Ommatidia node"
    ready: Mapping[str, Callable[[], str | None]] | None = None
    inbox: Inbox | None = None
    audits: Audits | None = None
    audit_history: History | None = None
    assessor: Assessor | None = None
    counting: UsageSettings = field(default_factory=lambda: UsageSettings())
    usage: Recorder | None = None
    labels: Labels | None = None

    @property
    def links(self) -> Links:
        """Addresses on this node."""
        return Links(self.web.base_url)

    def absolute(self, path: str) -> str:
        """The whole address of a path, for formats that have no relative ones.

        Raises:
            SettingsInvalid: neither the public address nor one to listen on is told.
        """
        return absolute_base(self.web) + path


def absolute_base(web: WebSettings) -> str:
    """The address of this node without a slash at its end, for formats that demand absolute addresses.

    Raises:
        SettingsInvalid: neither the public address nor one to listen on is told; a Host header is never trusted.
    """
    if web.base_url:
        return web.base_url.rstrip("/")
    if web.port == 0 or _is_any(web.host):
        raise SettingsInvalid(
            "This answer needs the node's own address, which it was not told. Its operator sets web.base_url."
        )
    host = f"[{web.host}]" if ":" in web.host else web.host
    return f"http://{host}:{web.port}"


def _is_any(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_unspecified
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class Links:
    """Addresses on this node; never made from what a request says about its host.

    Args:
        base_url: public address of the node; "" makes addresses relative to the host.
    """

    base_url: str

    def path(self, path: str) -> str:
        """A path of this node, below the path of its public address when it has one."""
        return urlsplit(self.base_url).path.rstrip("/") + path

    def full(self, path: str) -> str:
        """For headers and copying: with the public address when that is configured, else the path alone."""
        return self.base_url.rstrip("/") + path if self.base_url else path

    def document(self, kind: str, curie: str, suffix: str = "") -> str:
        """Path of the page (or of another form) that describes a record."""
        return f"/{'images' if kind == 'image' else 'studies'}/{path_of(curie)}{suffix}"

    def identifier(self, curie: str) -> str:
        """Path at which this node resolves a record."""
        return f"/id/{path_of(curie)}"

    def thumbnail(self, curie: str) -> str:
        """Path of an image's preview."""
        return f"/id/{path_of(curie)}/thumbnail"

    @staticmethod
    def iri(curie: str) -> str:
        """The persistent identifier, the same on every node."""
        return BASE + curie
