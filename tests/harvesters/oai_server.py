"""A stateful OAI-PMH repository on loopback, with the faults of real ones at the turn of a switch."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from xml.sax.saxutils import escape

from tests.harvesters.dynamic_routes import DynamicRoutes
from tests.harvesters.loopback_server import Route, Server, answer, serving

NOW = datetime(2026, 3, 2, 12, 0, 0, tzinfo=UTC)
HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n'
)


def dc(number: int, title: str = "Cells") -> str:
    """oai_dc metadata of one study of the BioImage Archive."""
    return (
        '<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/" '
        f'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{escape(title)} {number}</dc:title>'
        f"<dc:creator>Ant, Ada</dc:creator><dc:identifier>https://doi.org/10.6019/S-BIAD{number}</dc:identifier>"
        "<dc:date>2024-02-03</dc:date><dc:type>Dataset</dc:type></oai_dc:dc>"
    )


@dataclass
class Kept:
    """One record: when it last changed, and its metadata; None once it was deleted."""

    moment: datetime
    metadata: str | None


@dataclass
class OaiServer:
    """The repository.

    Args:
        policy: deletedRecord; with `no`, `delete` makes records vanish.
        tokens_left: tokens that are honoured before one is forgotten; None for all.
        loops: every page gives the same token.
        faults: raw answers given before any other, one a request.
        days_only: `from` with seconds is a badArgument, whatever Identify says.
        order: how records of a list are ordered; OAI-PMH promises none.
    """

    server: Server
    now: datetime = NOW
    records: dict[str, Kept] = field(default_factory=dict)
    page: int = 3
    granularity: str = "YYYY-MM-DDThh:mm:ssZ"
    policy: str = "persistent"
    formats: tuple[str, ...] = ("mods", "oai_dc")
    tokens_left: int | None = None
    loops: bool = False
    days_only: bool = False
    faults: list[Route] = field(default_factory=list)
    order: Callable[[str], object] = str
    asked: list[dict[str, str]] = field(default_factory=list)
    empty_token: bool = True

    @property
    def base(self) -> str:
        """The base URL."""
        return f"{self.server.url}/oai"

    def put(self, number: int, title: str = "Cells", metadata: str | None = None) -> str:
        """A record made or changed now; gives its identifier."""
        name = f"oai:archive.example:{number}"
        self.records[name] = Kept(self.now, metadata or dc(number, title))
        return name

    def delete(self, number: int) -> str:
        """A record deleted now: a tombstone, or nothing at all where the repository keeps none."""
        name = f"oai:archive.example:{number}"
        if self.policy == "no":
            del self.records[name]
        else:
            self.records[name] = Kept(self.now, None)
        return name

    @property
    def verbs(self) -> list[str]:
        """What was asked, in order."""
        return [query.get("verb", "") for query in self.asked]

    def __call__(self, _path: str, query: dict[str, str]) -> Route:
        self.asked.append(query)
        if self.faults:
            return self.faults.pop(0)
        verb = query.get("verb", "")
        inner = {"Identify": self._identify, "ListMetadataFormats": self._formats}.get(verb)
        if inner is not None:
            return self._answer(f"<{verb}>{inner()}</{verb}>")
        if verb == "GetRecord":
            kept = self.records.get(query.get("identifier", ""))
            if kept is None:
                return self._error("idDoesNotExist")
            return self._answer(f"<GetRecord>{self._record(query['identifier'], kept)}</GetRecord>")
        return self._list(verb, query)

    def _list(self, verb: str, query: dict[str, str]) -> Route:
        after, start = query.get("from", ""), 0
        if "resumptionToken" in query:
            if self.tokens_left is not None and self.tokens_left <= 0:
                self.tokens_left = None
                return self._error("badResumptionToken")
            if self.tokens_left is not None:
                self.tokens_left -= 1
            after, _, number = query["resumptionToken"].partition("|")
            start = int(number)
        elif query.get("metadataPrefix") not in self.formats:
            return self._error("cannotDisseminateFormat")
        if "T" in after and (self.days_only or "h" not in self.granularity):
            return self._error("badArgument")
        names = [name for name in sorted(self.records, key=self.order) if self._stamp(self.records[name]) >= after]  # type: ignore[arg-type]
        if not names:
            return self._error("noRecordsMatch")
        rows = [(name, self.records[name]) for name in names[start : start + self.page]]
        inside = "".join(self._record(*row) if verb == "ListRecords" else self._header(*row) for row in rows)
        more = start + self.page < len(names)
        if more or self.loops:
            following = start if self.loops else start + self.page
            inside += (
                f'<resumptionToken completeListSize="{len(names)}">{escape(f"{after}|{following}")}</resumptionToken>'
            )
        elif start and self.empty_token:
            inside += "<resumptionToken/>"
        return self._answer(f"<{verb}>\n{inside}</{verb}>")

    def _identify(self) -> str:
        return (
            "<repositoryName>A test</repositoryName><protocolVersion>2.0</protocolVersion>"
            f"<earliestDatestamp>1970-01-01</earliestDatestamp><deletedRecord>{self.policy}</deletedRecord>"
            f"<granularity>{self.granularity}</granularity>"
        )

    def _formats(self) -> str:
        return "".join(
            f"<metadataFormat><metadataPrefix>{name}</metadataPrefix></metadataFormat>" for name in self.formats
        )

    def _record(self, name: str, kept: Kept) -> str:
        metadata = f"<metadata>{kept.metadata}</metadata>" if kept.metadata is not None else ""
        return f"<record>{self._header(name, kept)}{metadata}</record>\n"

    def _header(self, name: str, kept: Kept) -> str:
        status = "" if kept.metadata is not None else ' status="deleted"'
        stamp = self._stamp(kept)
        return f"<header{status}><identifier>{name}</identifier><datestamp>{stamp}</datestamp></header>"

    def _stamp(self, kept: Kept) -> str:
        text = kept.moment.strftime("%Y-%m-%dT%H:%M:%SZ")
        return text if "h" in self.granularity else text[:10]

    def _error(self, code: str) -> Route:
        return self._answer(f'<error code="{code}"/>')

    def _answer(self, inside: str) -> Route:
        moment = self.now.strftime("%Y-%m-%dT%H:%M:%SZ")
        text = f"{HEAD}<responseDate>{moment}</responseDate><request>{self.base}</request>{inside}</OAI-PMH>"
        return answer(text.encode("utf-8", "surrogateescape"), headers={"Content-Type": "text/xml"})

    def wait(self, **delta: float) -> None:
        """Let the repository's clock go on."""
        self.now += timedelta(**delta)


@contextmanager
def repository(records: int = 7) -> Iterator[OaiServer]:
    """A running repository with some records made three days ago."""
    with serving() as server:
        found = OaiServer(server, now=NOW - timedelta(days=3))
        server.routes = DynamicRoutes(found)
        for number in range(1, records + 1):
            found.put(number)
        found.now = NOW
        yield found
