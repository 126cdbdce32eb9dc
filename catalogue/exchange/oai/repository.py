"""The repository: one request of OAI-PMH 2.0 to the bytes of its answer.

Source: OAI-PMH 2.0 (2015-01-08); federation.md section 4 (S2) and "OAI-PMH pitfalls".
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from catalogue.exchange.exposed import Exposed, Horizon, Row
from catalogue.exchange.moments import in_seconds
from catalogue.exchange.oai.arguments import Asked, read_arguments
from catalogue.exchange.oai.base import MetadataFormat, metadata_formats
from catalogue.exchange.oai.errors import OaiError
from catalogue.exchange.oai.kept import KeptRecords
from catalogue.exchange.oai.record import deleted, gone_header, header, is_deleted, record_xml
from catalogue.exchange.oai.tokens import Listing, seal, unseal
from catalogue.exchange.xml_text import DECLARATION, XSI, attribute, element, text
from catalogue.model.namespaces import BASE
from catalogue.problems import SettingsInvalid
from catalogue.store.entries import ABSENT
from catalogue.store.image_lists import LIST

if TYPE_CHECKING:
    from catalogue.store.entries import Entry

NAMESPACE: Final = "http://www.openarchives.org/OAI/2.0/"
_OPEN: Final = (
    f'{DECLARATION}<OAI-PMH xmlns="{NAMESPACE}" xmlns:xsi="{XSI}" '
    f'xsi:schemaLocation="{NAMESPACE} {NAMESPACE}OAI-PMH.xsd">'
)
PAGE_SIZE: Final = 100
# Characters after which a page ends: a hundred records of the largest size would not fit into memory.
_MOST: Final = 8 << 20
_AT_A_TIME: Final = 20
_SECOND: Final = timedelta(seconds=1)
_MARK: Final = 12


@dataclass(frozen=True, slots=True)
class Identity:
    """What the repository says of itself.

    Args:
        base_url: absolute address at which requests are answered.
        admin_email: of a person who answers; "" where the operator told none.
    """

    name: str
    base_url: str
    admin_email: str

    @property
    def place(self) -> str:
        """Address of the node, without a slash at its end."""
        return self.base_url.removesuffix("/oai")


class Repository:
    """Answers requests; safe to share between threads.

    Args:
        secret: signs resumptionTokens.
        kept: records written before; None keeps none.
        page_size: records an answer has at most.
    """

    def __init__(
        self,
        exposed: Exposed,
        identity: Identity,
        secret: bytes,
        kept: KeptRecords | None = None,
        page_size: int = PAGE_SIZE,
    ) -> None:
        self._exposed = exposed
        self._kept = kept or KeptRecords(0)
        self._identity = identity
        self._secret = secret
        self._page_size = page_size
        self._formats = {member.prefix: member for member in metadata_formats()}

    def answer(self, given: Sequence[tuple[str, str]]) -> bytes:
        """The XML document that answers a request, errors of the protocol included.

        Args:
            given: names and values of the request's arguments, in the order they came.
        Raises:
            ExchangeBusy: the node has to take in more than this request can wait for.
            SettingsInvalid: Identify was asked and no address of an administrator is set.
        """
        horizon = self._exposed.horizon()
        try:
            asked = read_arguments(given)
        except OaiError as error:
            # The request cannot be repeated in attributes that its schema would refuse.
            return self._document(horizon, {}, _error(error))
        try:
            inside = self._inside(asked, horizon)
        except OaiError as error:
            inside = _error(error)
        else:
            inside = f"<{asked.verb}>{inside}</{asked.verb}>"
        return self._document(horizon, {"verb": asked.verb, **asked.arguments}, inside)

    def _document(self, horizon: Horizon, attributes: dict[str, str], inside: str) -> bytes:
        # All that was recorded in this second or before is shown. Had the answer the second that still runs, a client
        # that asks for what came after it would lose the rest of that second.
        date = in_seconds(horizon.moment - _SECOND)
        said = "".join(f' {name}="{attribute(value)}"' for name, value in attributes.items())
        request = f"<request{said}>{text(self._identity.base_url)}</request>"
        return f"{_OPEN}<responseDate>{date}</responseDate>{request}{inside}</OAI-PMH>\n".encode()

    def _inside(self, asked: Asked, horizon: Horizon) -> str:
        if asked.verb == "Identify":
            return self._identify(horizon)
        if asked.verb == "ListMetadataFormats":
            return self._list_formats(asked, horizon)
        if asked.verb == "ListSets":
            return self._list_sets(asked)
        if asked.verb == "GetRecord":
            return self._get_record(asked, horizon)
        return self._list(asked, horizon)

    def _identify(self, horizon: Horizon) -> str:
        if not self._identity.admin_email:
            raise SettingsInvalid(
                "OAI-PMH demands the e-mail address of an administrator, and this node was told none. Its operator "
                "sets exchange.admin_email."
            )
        first = self._exposed.timeline.recorded_at(1)
        earliest = min(first, horizon.moment - _SECOND) if first is not None else horizon.moment - _SECOND
        return (
            element("repositoryName", self._identity.name)
            + element("baseURL", self._identity.base_url)
            + "<protocolVersion>2.0</protocolVersion>"
            + element("adminEmail", self._identity.admin_email)
            + element("earliestDatestamp", in_seconds(earliest))
            + "<deletedRecord>persistent</deletedRecord><granularity>YYYY-MM-DDThh:mm:ssZ</granularity>"
            + "<compression>gzip</compression>"
        )

    def _list_formats(self, asked: Asked, horizon: Horizon) -> str:
        offered = list(self._formats.values())
        if "identifier" in asked.arguments:
            entry = self._entry(asked.arguments["identifier"], horizon)
            if not is_deleted(entry):
                offered = [member for member in offered if member.covers(entry.record)]
        return "".join(
            "<metadataFormat>"
            + element("metadataPrefix", member.prefix)
            + element("schema", member.schema)
            + element("metadataNamespace", member.namespace)
            + "</metadataFormat>"
            for member in offered
        )

    def _list_sets(self, asked: Asked) -> str:
        if "resumptionToken" in asked.arguments:
            raise OaiError("badResumptionToken", "The list of sets is given whole; ask for it without a token.")
        sets = self._exposed.sets()
        if not sets:
            raise OaiError("noSetHierarchy", "There is no record yet, so there are no sets.")
        return "".join(f"<set>{element('setSpec', spec)}{element('setName', name)}</set>" for spec, name in sets)

    def _get_record(self, asked: Asked, horizon: Horizon) -> str:
        member = self._format(asked.arguments["metadataPrefix"])
        entry = self._entry(asked.arguments["identifier"], horizon)
        found = record_xml(entry, _sets_of(self._exposed, entry), member, self._identity.place)
        if found is None:
            raise OaiError(
                "cannotDisseminateFormat",
                f"{asked.arguments['identifier'][:200]} does not say all that {member.prefix} demands; "
                "ListMetadataFormats with its identifier names the formats it has.",
            )
        return found

    def _entry(self, identifier: str, horizon: Horizon) -> Entry:
        """The newest version of a record that is shown."""
        curie = identifier.removeprefix(BASE)
        entry = None
        if curie != identifier:
            entry = self._exposed.timeline.version_at(curie, horizon.position)
        if entry is None or entry.kind == LIST or (entry.status == ABSENT and not is_deleted(entry)):
            raise OaiError("idDoesNotExist", f"There is no record {identifier[:200]} here.")
        return entry

    def _format(self, prefix: str) -> MetadataFormat:
        if prefix not in self._formats:
            known = ", ".join(self._formats)
            raise OaiError("cannotDisseminateFormat", f"{prefix[:100]} is no format of this node; it has {known}.")
        return self._formats[prefix]

    def _list(self, asked: Asked, horizon: Horizon) -> str:
        listing, begun = self._listing(asked), "resumptionToken" not in asked.arguments
        up_to = horizon.position if listing.until is None else min(listing.until, horizon.position)
        form, within = listing.prefix, listing.within
        if begun:
            listing = replace(listing, size=self._exposed.count(listing.after, up_to, within=within, form=form))
        inside, more, start = "", True, listing.given
        while more and not inside:  # records that cannot be written are passed over
            rows = self._exposed.rows(listing.after, up_to, self._page_size + 1, within=within, form=form)
            inside, shown = self._written(asked.verb, rows[: self._page_size], form)
            more = len(rows) > shown
            if shown:
                listing = replace(listing, after=rows[shown - 1].position, given=listing.given + shown)
        if not inside and begun:
            raise OaiError("noRecordsMatch", "No record matches from, until, set and metadataPrefix together.")
        if not inside:
            inside = self._last_again(asked.verb, listing, horizon)
        return inside + self._token(listing, start, more, begun)

    def _written(self, verb: str, rows: Sequence[Row], prefix: str) -> tuple[str, int]:
        """The rows as they stand in an answer, and how many of them that are."""
        if verb == "ListIdentifiers":
            return "".join(map(_header_of, rows)), len(rows)
        parts, size, shown = [], 0, 0
        for part in self._records(rows, self._format(prefix)):
            parts.append(part)
            size, shown = size + len(part), shown + 1
            if size > _MOST:
                break
        return "".join(parts), shown

    def _last_again(self, verb: str, listing: Listing, horizon: Horizon) -> str:
        """The last record that was given, as it is now: all behind it changed while the list was read.

        What changed comes with the next `from`; a page of the protocol must not be empty.
        """
        given = self._exposed.timeline.at([listing.after]).get(listing.after)
        entry = self._exposed.timeline.version_at(given.curie, horizon.position) if given is not None else None
        if entry is not None:
            status = "withdrawn" if is_deleted(entry) else entry.status
            row = Row(entry.position, entry.curie, entry.kind, status, entry.recorded_at, (), ())
            if verb == "ListIdentifiers":
                return _header_of(row)
            inside = record_xml(entry, (), self._format(listing.prefix), self._identity.place)
            if inside:
                return inside
        raise OaiError("badResumptionToken", "The rest of the list changed while it was read. Begin the list anew.")

    def _listing(self, asked: Asked) -> Listing:
        """The list that is asked for, begun or gone on with."""
        log = self._exposed.timeline
        if "resumptionToken" in asked.arguments:
            listing = unseal(asked.arguments["resumptionToken"], self._secret, self._exposed.ledger.clock())
            if listing.verb != asked.verb:
                raise OaiError("badResumptionToken", f"The resumptionToken is of {listing.verb}, not {asked.verb}.")
            if (log.entry_hash(listing.after) or "")[:_MARK] != listing.mark:
                raise OaiError("badResumptionToken", "The node's log was restored from a copy. Begin the list anew.")
            return listing
        prefix, within = asked.arguments["metadataPrefix"], asked.arguments.get("set")
        self._format(prefix)
        after = log.position_before(asked.since) if asked.since is not None else 0
        until = log.position_before(asked.before) if asked.before is not None else None
        return Listing(asked.verb, prefix, within, after, until, 0, 0, "")

    def _records(self, rows: Sequence[Row], member: MetadataFormat) -> Iterator[str]:
        """A text for each row, empty for a record that cannot be written; read from the log as they are asked for."""
        for start in range(0, len(rows), _AT_A_TIME):
            part = rows[start : start + _AT_A_TIME]
            live = [(row.position, member.prefix) for row in part if not row.is_gone]
            kept = self._kept.find(live)
            entries = self._exposed.timeline.at(position for position, prefix in live if (position, prefix) not in kept)
            for row in part:
                if row.is_gone:
                    yield deleted(row)
                    continue
                key = row.position, member.prefix
                found = kept.get(key) or record_xml(entries[row.position], row.sets, member, self._identity.place) or ""
                self._kept.keep(key, found)
                yield found

    def _token(self, listing: Listing, start: int, more: bool, begun: bool) -> str:
        """The element resumptionToken.

        Args:
            listing: as it is after this page.
            start: records given before this page.
        """
        if begun and not more:
            return ""
        sizes = f'completeListSize="{max(listing.size, listing.given)}" cursor="{start}"'
        if not more:
            return f"<resumptionToken {sizes}/>"
        mark = (self._exposed.timeline.entry_hash(listing.after) or "")[:_MARK]
        token, expires = seal(replace(listing, mark=mark), self._secret, self._exposed.ledger.clock())
        return f'<resumptionToken expirationDate="{in_seconds(expires)}" {sizes}>{token}</resumptionToken>'


def _sets_of(exposed: Exposed, entry: Entry) -> Sequence[str]:
    rows = exposed.rows(entry.position - 1, entry.position, 1)
    return rows[0].sets if rows else ()


def _header_of(row: Row) -> str:
    return gone_header(row) if row.is_gone else header(row.curie, row.recorded_at, row.sets)


def _error(error: OaiError) -> str:
    return element("error", error.detail, code=error.code)
