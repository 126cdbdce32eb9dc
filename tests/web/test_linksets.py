from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from catalogue.exchange.base import PERSISTENCE
from catalogue.model.namespaces import BASE
from catalogue.resolver.service import Resolver
from catalogue.settings import WebSettings
from catalogue.store.ledger import Ledger
from catalogue.web import linksets
from catalogue.web.factory import Services, create_web
from catalogue.web.negotiation import offers
from catalogue.web.services import Links
from catalogue.web.signposting import INBOX, MOST_HEADER_BYTES, page_links
from tests.web.studies_for_pages import GONE, IMAGE, RENAMED, SECOND_IMAGE, STUDY, append, clock, image, seed, study

NODE = "http://127.0.0.1:8000"
PAGE = f"{NODE}/studies/{STUDY}"
LINK = re.compile(r"<([^>]*)>((?:;[a-z]+=\"[^\"]*\")+)")


def contexts(client: FlaskClient, path: str) -> dict[str, dict[str, list[dict[str, str]]]]:
    """A link set in JSON by anchor."""
    return {context.pop("anchor"): context for context in client.get(path).json["linkset"]}


def as_text(client: FlaskClient, path: str) -> set[tuple[str, str, str, str]]:
    """(anchor, rel, href, type) of a link set in text."""
    found = set()
    for href, rest in LINK.findall(client.get(path).text):
        attributes = dict(re.findall(r";([a-z]+)=\"([^\"]*)\"", rest))
        found.add((attributes["anchor"], attributes["rel"], href, attributes.get("type", "")))
    return found


def test_linkset_of_a_study_has_all_its_links(client: FlaskClient) -> None:
    """Identifier, every form with type and profile, licence, people, types, images: all start at the page."""
    page = contexts(client, f"/studies/{STUDY}/linkset.json")[PAGE]
    assert page["cite-as"] == [{"href": BASE + STUDY}]
    forms = {(link["href"].removeprefix(PAGE), link["type"], link.get("profile")) for link in page["describedby"]}
    assert forms == {(o.suffix, o.media_type, o.profile) for o in offers("Study") if o.suffix}
    assert page["license"] == [{"href": "https://spdx.org/licenses/CC-BY-4.0"}]
    assert [link["href"] for link in page["author"]] == [a["orcid"] for a in study()["authors"] if "orcid" in a]
    assert [link["href"] for link in page["item"]] == [f"{NODE}/images/{IMAGE}", f"{NODE}/images/{SECOND_IMAGE}"]
    assert {link["href"] for link in page["type"]} == {"https://schema.org/AboutPage", "https://schema.org/Dataset"}
    assert {link["type"] for link in page["linkset"]} == {"application/linkset+json", "application/linkset"}


def test_forms_and_images_lead_back(client: FlaskClient) -> None:
    """Level 2: every form says what it describes, every image of what it is part."""
    found = contexts(client, f"/studies/{STUDY}/linkset.json")
    back = [{"href": PAGE, "type": "text/html"}]
    for link in found[PAGE]["describedby"]:
        assert found[link["href"]] == {"describes": back}
    for link in found[PAGE]["item"]:
        assert found[link["href"]] == {"collection": back}


def test_linkset_of_an_image_leads_to_its_pixels(client: FlaskClient) -> None:
    """An image's items are the documents with which its copies open; its study is its collection."""
    found = contexts(client, f"/images/{IMAGE}/linkset.json")[f"{NODE}/images/{IMAGE}"]
    root = "https://images.example.org/zarr/S-BIAD90001.embryo-a.zarr"
    assert found["item"] == [{"href": f"{root}/.zattrs", "type": "application/json"}]
    assert found["collection"] == [{"href": PAGE, "type": "text/html"}]


@pytest.mark.parametrize("path", [f"/studies/{STUDY}", f"/images/{IMAGE}", f"/studies/{GONE}"])
def test_both_forms_of_a_linkset_say_the_same(client: FlaskClient, path: str) -> None:
    """JSON and text hold the same links, and the Link header of the page none that they lack."""
    told = {
        (anchor, rel, link["href"], link.get("type", ""))
        for anchor, relations in contexts(client, f"{path}/linkset.json").items()
        for rel, links in relations.items()
        for link in links
    }
    assert as_text(client, f"{path}/linkset") == told
    assert client.get(f"{path}/linkset.json").mimetype == "application/linkset+json"
    assert client.get(f"{path}/linkset").mimetype == "application/linkset"
    for href, rest in LINK.findall(client.get(path).headers["Link"]):
        attributes = dict(re.findall(r";([a-z]+)=\"([^\"]*)\"", rest))
        whole = href if ":" in href.split("/")[0] else NODE + href
        assert (NODE + path, attributes["rel"], whole, attributes.get("type", "")) in told


def test_linkset_of_a_withdrawn_study_is_410(client: FlaskClient) -> None:
    """A tombstone stays citable and described; nothing else of the study is linked."""
    answer = client.get(f"/studies/{GONE}/linkset.json")
    assert answer.status_code == 410
    (page, *forms) = answer.json["linkset"]
    assert set(page) == {"anchor", "cite-as", "linkset", "describedby", PERSISTENCE[0]}
    assert all(set(form) == {"anchor", "describes"} for form in forms)


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/studies/S-BIAD90001/linkset.json", f"/studies/{STUDY}/linkset.json"),
        (f"/studies/{RENAMED}/linkset", f"/studies/{STUDY}/linkset"),
        (f"/studies/{IMAGE}/linkset.json", f"/images/{IMAGE}/linkset.json"),
    ],
)
def test_other_names_lead_to_the_linkset(client: FlaskClient, path: str, target: str) -> None:
    """Another name, a former name and an image asked for as a study are 301 to the link set that is meant."""
    answer = client.get(path)
    assert (answer.status_code, answer.headers["Location"]) == (301, target)


def test_linkset_of_nothing_is_404(client: FlaskClient) -> None:
    """What is unknown has no link set."""
    assert client.get("/studies/biostudies:S-BIAD99999/linkset.json").status_code == 404


def test_public_address_stands_in_the_linkset(with_services: Callable[..., FlaskClient]) -> None:
    """With a public address configured, anchors and targets carry it."""
    client = with_services(web=WebSettings(base_url="https://catalogue.example/node/"))
    assert f"https://catalogue.example/node/studies/{STUDY}" in contexts(client, f"/studies/{STUDY}/linkset.json")


def test_linkset_without_any_address_is_refused(with_services: Callable[..., FlaskClient]) -> None:
    """Where neither a public address nor a port is configured the answer names the setting."""
    answer = with_services(web=WebSettings(port=0)).get(f"/studies/{STUDY}/linkset.json")
    assert answer.status_code == 500
    assert "web.base_url" in answer.json["detail"]


def test_inbox_is_named_where_there_is_one(client: FlaskClient, with_services: Callable[..., FlaskClient]) -> None:
    """The LDP inbox is linked from pages and link sets of a node that takes notifications, and from no other."""
    assert INBOX not in client.get(f"/studies/{STUDY}").headers["Link"]
    taking = with_services(inbox=object())
    assert f'</inbox>;rel="{INBOX}"' in taking.get(f"/studies/{STUDY}").headers["Link"]
    assert f'</inbox>;rel="{INBOX}"' in taking.get(f"/images/{IMAGE}").headers["Link"]
    assert contexts(taking, f"/studies/{STUDY}/linkset.json")[PAGE][INBOX] == [{"href": f"{NODE}/inbox"}]


@pytest.fixture
def many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FlaskClient]:
    """A node whose study has seven more images, with three of them in a link set."""
    monkeypatch.setattr(linksets, "MOST_ITEMS", 3)
    with Ledger(f"sqlite:///{tmp_path / 'ledger.db'}", clock) as ledger:
        seed(ledger)
        for number in range(7):
            append(ledger, image(f"biostudies:S-BIAD90001.more-{number}", STUDY), parent=STUDY)
        yield create_web(Services(ledger, Resolver(ledger))).test_client()


@pytest.mark.parametrize("end", ["linkset.json", "linkset"])
def test_linksets_of_many_images_name_the_next(many: FlaskClient, end: str) -> None:
    """Following `next` gives each image once and ends; a name of an image may hold any character of an accession."""
    items: list[str] = []
    path = f"/studies/{STUDY}/{end}"
    for _ in range(10):
        answer = many.get(path)
        if end.endswith("json"):
            found = answer.json["linkset"]
            items += [link["href"] for context in found for link in context.get("item", ())]
            following = [link["href"] for context in found for link in context.get("next", ())]
        else:
            found = [(href, rest) for href, rest in LINK.findall(answer.text)]
            items += [href for href, rest in found if 'rel="item"' in rest]
            following = [href for href, rest in found if 'rel="next"' in rest]
        if not following:
            break
        path = following[0].removeprefix(NODE)
    assert len(items) == len(set(items)) == 9
    assert items == sorted(items)


RECORDS = st.fixed_dictionaries(
    {
        "authors": st.lists(
            st.integers(0, 9999).map(lambda n: {"name": "A", "orcid": f"https://orcid.org/0000-0000-0000-{n:04}"}),
            max_size=400,
        ),
        "license": st.sampled_from(["https://creativecommons.org/licenses/by/4.0/", 'https://x/">,<y>', "x" * 3_000]),
    }
)


@given(RECORDS, st.lists(st.text("ab0-.", min_size=1, max_size=200), max_size=300))
def test_link_header_is_never_too_long(fields: dict[str, Any], images: list[str]) -> None:
    """However many authors and images a study has, its Link header stays within 4 KiB and keeps what matters."""
    record = {"type": "Study", "id": STUDY, **fields}
    header = page_links(Links(""), "study", record, offers("Study"), [f"biostudies:{name}" for name in images])
    assert len(header.encode()) <= MOST_HEADER_BYTES
    for rel in ("cite-as", "describedby", "linkset", "type"):
        assert f';rel="{rel}"' in header
    assert not re.search(r'type="[^"]*[;,]', header)


def test_media_types_with_parameters_lose_them(tmp_path: Path) -> None:
    """A file's `text/csv; charset=utf-8` is linked as text/csv, as clients throw away the whole header otherwise."""
    record = study() | {
        "files": [{"id": f"{STUDY}/file/1", "url": "https://x.example/a.csv", "media_type": "text/csv; charset=utf-8"}]
    }
    with Ledger(f"sqlite:///{tmp_path / 'ledger.db'}", clock) as ledger:
        append(ledger, record)
        client = create_web(Services(ledger, Resolver(ledger))).test_client()
        page = contexts(client, f"/studies/{STUDY}/linkset.json")[PAGE]
        assert page["item"] == [{"href": "https://x.example/a.csv", "type": "text/csv"}]
        assert '<https://x.example/a.csv>;rel="item";type="text/csv"' in client.get(f"/studies/{STUDY}").headers["Link"]


def test_a_link_set_is_json_as_the_standard_has_it(many: FlaskClient) -> None:
    """A link set is JSON by RFC 9264: one member `linkset`, contexts with an anchor, targets with an href."""
    document = json.loads(many.get(f"/studies/{STUDY}/linkset.json").text)
    assert set(document) == {"linkset"}
    for context in document["linkset"]:
        assert context["anchor"].startswith(NODE)
        assert all(target["href"] for rel, targets in context.items() if rel != "anchor" for target in targets)
