"""Partner RDF through the confined parser."""

from __future__ import annotations

import pytest

from catalogue.problems import RecordRejected
from harvesters.rdf_documents import iter_quads

BASE = "https://example.org/d/"
EXPECTED = '<https://example.org/d/a> <https://example.org/p> "1.10"'
RDF = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="https://example.org/"'


@pytest.mark.parametrize(
    ("media_type", "text"),
    [
        ("text/turtle; charset=utf-8", '<a> <https://example.org/p> "1.10" .'),
        ("application/n-triples", '<https://example.org/d/a> <https://example.org/p> "1.10" .'),
        ("application/rdf+xml", f'<rdf:RDF {RDF}><rdf:Description rdf:about="a" e:p="1.10"/></rdf:RDF>'),
        ("application/ld+json", '{"@id": "a", "https://example.org/p": "1.10"}'),
    ],
)
def test_same_statement_in_every_format(media_type: str, text: str) -> None:
    """A statement reads alike in every format, relative IRIs resolved, literals as written."""
    (quad,) = iter_quads(text.encode(), media_type, base_iri=BASE)
    assert str(quad.triple) == EXPECTED


BOMB = (
    '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {chr(98 + i)} "{("&" + chr(97 + i) + ";") * 10}">' for i in range(9))
    + f']><rdf:RDF {RDF}><rdf:Description rdf:about="a"><e:p>&j;</e:p></rdf:Description></rdf:RDF>'
)
XXE = f'<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd">]><rdf:RDF {RDF}><rdf:Description e:p="&a;"/></rdf:RDF>'
DEEP = f"<rdf:RDF {RDF}>" + "<rdf:Description><e:p>" * 5000 + "</e:p></rdf:Description>" * 5000 + "</rdf:RDF>"


@pytest.mark.parametrize(
    ("media_type", "content", "reason"),
    [
        ("application/rdf+xml", BOMB.encode(), "not-parsable"),
        ("application/rdf+xml", XXE.encode(), "not-parsable"),
        ("application/rdf+xml", DEEP.encode(), "not-parsable"),
        # 20,000 levels end the JSON-LD parser of pyoxigraph 0.5.13 by SIGSEGV.
        ("application/ld+json", b'{"https://example.org/p":' * 20_000 + b"1" + b"}" * 20_000, "not-parsable"),
        ("application/ld+json", b'{"@context": "http://127.0.0.1:9/c", "@id": "a"}', "not-parsable"),
        ("text/turtle", b"<a> <b> ", "not-parsable"),
        ("text/turtle", b'<a> <b> "\xff" .', "bad-encoding"),
        ("text/html", b"<html>", "not-parsable"),
    ],
)
def test_hostile_rdf_is_rejected(media_type: str, content: bytes, reason: str) -> None:
    """R11: entities, nesting, remote contexts and damage reject the document and leave this process alone."""
    with pytest.raises(RecordRejected) as caught:
        list(iter_quads(content, media_type, base_iri=BASE))
    assert caught.value.reason == reason
