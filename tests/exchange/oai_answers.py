"""Asks a node's OAI-PMH repository in process and reads its answers as trees."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask.testing import FlaskClient
from lxml import etree

OAI = "{http://www.openarchives.org/OAI/2.0/}"


@dataclass(frozen=True)
class Header:
    """One header of a list."""

    identifier: str
    datestamp: str
    is_deleted: bool
    sets: tuple[str, ...]


@dataclass(frozen=True)
class Answer:
    """One answer of the protocol."""

    root: Any

    @property
    def date(self) -> str:
        """responseDate."""
        return str(self.root.findtext(f"{OAI}responseDate"))

    @property
    def errors(self) -> list[str]:
        """Codes of its errors."""
        return [error.get("code") for error in self.root.findall(f"{OAI}error")]

    @property
    def request(self) -> Any:
        """The element `request`."""
        return self.root.find(f"{OAI}request")

    @property
    def token(self) -> Any:
        """The element `resumptionToken`, or None."""
        return self.root.find(f".//{OAI}resumptionToken")

    @property
    def headers(self) -> list[Header]:
        """Headers in order."""
        return [
            Header(
                found.findtext(f"{OAI}identifier"),
                found.findtext(f"{OAI}datestamp"),
                found.get("status") == "deleted",
                tuple(spec.text for spec in found.findall(f"{OAI}setSpec")),
            )
            for found in self.root.iter(f"{OAI}header")
        ]

    def texts(self, name: str) -> list[str]:
        """Texts of all elements of the protocol that are called `name`."""
        return [found.text for found in self.root.iter(OAI + name)]


def ask(client: FlaskClient, verb: str | None = None, **arguments: str) -> Answer:
    """The answer to a request by GET; `from_` stands for `from`."""
    said = {"verb": verb, **{name.rstrip("_"): value for name, value in arguments.items()}}
    return read(client.get("/oai", query_string={name: value for name, value in said.items() if value is not None}))


def read(response: Any) -> Answer:
    """The answer in a response, which must be one of the protocol."""
    assert response.status_code == 200, response.text
    assert response.content_type == "text/xml; charset=utf-8"
    return Answer(etree.fromstring(response.data))


def pages(client: FlaskClient, verb: str = "ListIdentifiers", **arguments: str) -> Iterator[Answer]:
    """The answers that make a list; none where nothing matches."""
    answer = ask(client, verb, **{"metadataPrefix": "oai_dc", **arguments})
    if answer.errors == ["noRecordsMatch"]:
        return
    while True:
        assert not answer.errors, answer.errors
        yield answer
        if answer.token is None or not answer.token.text:
            return
        answer = ask(client, verb, resumptionToken=answer.token.text)
