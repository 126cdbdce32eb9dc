"""Arguments of a request: which verb takes which, how often, in which form (OAI-PMH 2.0, sections 3.1, 3.3 and 4)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from catalogue.exchange.oai.errors import OaiError
from catalogue.exchange.sets import SET_SPEC

_LIST: Final = ("from", "until", "set", "metadataPrefix", "resumptionToken")
# Verb -> arguments it requires, and those it may have.
_VERBS: Final[dict[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "Identify": ((), ()),
    "ListMetadataFormats": ((), ("identifier",)),
    "ListSets": ((), ("resumptionToken",)),
    "GetRecord": (("identifier", "metadataPrefix"), ()),
    "ListIdentifiers": (("metadataPrefix",), _LIST),
    "ListRecords": (("metadataPrefix",), _LIST),
}
_PREFIX: Final = re.compile(r"[A-Za-z0-9\-_.!~*'()]+")
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_SECOND: Final = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z", re.ASCII)
_MOST: Final = 2000


@dataclass(frozen=True, slots=True)
class Asked:
    """A request whose arguments fit its verb.

    Args:
        arguments: all but the verb, each once, as given.
        since, before: what `from` and `until` enclose: moments at or after `since` and earlier than `before`.
    """

    verb: str
    arguments: Mapping[str, str]
    since: datetime | None = None
    before: datetime | None = None


def read_arguments(given: Sequence[tuple[str, str]]) -> Asked:
    """The request that the arguments make.

    Args:
        given: names and values in the order they came, of the address and of a form.
    Raises:
        OaiError: `badVerb` or `badArgument`.
    """
    verb = _verb([value for name, value in given if name == "verb"])
    arguments: dict[str, str] = {}
    for name, value in given:
        if name == "verb":
            continue
        if name in arguments:
            raise OaiError("badArgument", f"The argument {name} is given more than once; give it once.")
        arguments[name] = value
    _check_names(verb, arguments)
    _check_forms(arguments)
    since, before = _period(arguments)
    return Asked(verb, arguments, since, before)


def _verb(given: Sequence[str]) -> str:
    verbs = ", ".join(_VERBS)
    if not given:
        raise OaiError("badVerb", f"The argument verb is missing; ask for one of {verbs}.")
    if len(given) > 1:
        raise OaiError("badVerb", "The argument verb is given more than once; give it once.")
    if given[0] not in _VERBS:
        raise OaiError("badVerb", f"{given[0][:100]!r} is no verb of OAI-PMH; ask for one of {verbs}.")
    return given[0]


def _check_names(verb: str, arguments: Mapping[str, str]) -> None:
    required, optional = _VERBS[verb]
    for name in arguments:
        if name not in (*required, *optional):
            allowed = ", ".join(dict.fromkeys((*required, *optional))) or "none"
            raise OaiError("badArgument", f"{verb} takes no argument {name[:100]!r}; it takes: {allowed}.")
    if "resumptionToken" in arguments:
        if len(arguments) > 1:
            raise OaiError("badArgument", "resumptionToken is exclusive: give it with the verb alone.")
        return
    for name in required:
        if name not in arguments:
            raise OaiError("badArgument", f"{verb} needs the argument {name}.")


def _check_forms(arguments: Mapping[str, str]) -> None:
    for name, value in arguments.items():
        if len(value) > _MOST:
            raise OaiError("badArgument", f"The argument {name} is longer than {_MOST} characters.")
    for name, form in (("metadataPrefix", _PREFIX), ("set", SET_SPEC)):
        if name in arguments and not form.fullmatch(arguments[name]):
            raise OaiError("badArgument", f"{arguments[name][:100]!r} cannot be a {name}.")


def _period(arguments: Mapping[str, str]) -> tuple[datetime | None, datetime | None]:
    start, end = arguments.get("from"), arguments.get("until")
    if start is not None and end is not None and len(start) != len(end):
        raise OaiError("badArgument", "from and until have different granularities; give both in days or in seconds.")
    since = _moment("from", start) if start is not None else None
    before = None
    if end is not None:
        last = _moment("until", end)
        granule = timedelta(days=1) if _DAY.fullmatch(end) else timedelta(seconds=1)
        # `until` is inclusive; the last day of the calendar has no day after it.
        before = last + granule if last < datetime(9999, 12, 31, tzinfo=UTC) else datetime.max.replace(tzinfo=UTC)
    if since is not None and before is not None and since >= before:
        raise OaiError("badArgument", f"from {start} is later than until {end}.")
    return since, before


def _moment(name: str, text: str) -> datetime:
    if _DAY.fullmatch(text) or _SECOND.fullmatch(text):
        try:
            return datetime.fromisoformat(text).replace(tzinfo=UTC)
        except ValueError:
            pass  # such as 30 February, said below
    raise OaiError("badArgument", f"{name} {text[:100]!r} is no date; write YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ.")
