from __future__ import annotations

import html
import json
import re
from functools import cache
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import unquote, urlsplit

import pyoxigraph
import pytest
import yaml
from flask.testing import FlaskClient
from pyoxigraph import CanonicalizationAlgorithm, Dataset, RdfFormat
from typer.testing import CliRunner

from app import open_node
from catalogue.cli.main import build_cli
from catalogue.model.crosswalks import crosswalk_names, load_crosswalk
from catalogue.model.documentation import documentation
from catalogue.model.examples import valid_examples
from catalogue.model.profiles import Subject, profiles
from catalogue.model.rdf import triples
from catalogue.model.table import classes, record_classes
from catalogue.validation.results import Kind, Result
from catalogue.validation.service import Validator
from catalogue.web.schema.places import anchor, rules_of
from harvesters.base import members

MODEL = documentation()
CODE = re.compile(r'<pre class="code"[^>]*aria-label="([^"]*)"><code>(.*?)</code></pre>', re.DOTALL)
LINK = re.compile(r'\b(?:href|src)="([^"]*)"')
IDENTIFIER = re.compile(r'\bid="([^"]*)"')


def pages_of_the_model() -> list[str]:
    """Path of every page below /schema."""
    return [
        "/schema",
        "/schema/rules",
        *(f"/schema/{name}" for name in MODEL["classes"]),
        *(f"/schema/{kind}" for kind in ("slots", "enums", "types")),
        *(f"/schema/{kind}/{name}" for kind in ("slots", "enums", "types") for name in MODEL[kind]),
        "/schema/profiles",
        *(f"/schema/profiles/{name}" for name in profiles()),
        "/schema/crosswalks",
        *(f"/schema/crosswalks/{name}" for name in crosswalk_names()),
    ]


@pytest.fixture(scope="module")
def page(client: FlaskClient) -> Any:
    """A page by its path, fetched once."""

    @cache
    def get(path: str) -> str:
        answer = client.get(path, headers={"Accept": "text/html"})
        assert answer.status_code == 200 and answer.mimetype == "text/html", path
        return answer.text

    return get


def bare(description: str) -> str:
    """A description as its page shows it, without the marks of code."""
    return description.replace("`", "")


def plain(text: str) -> str:
    """A page without the marks of code."""
    return re.sub(r"</?code>", "", text)


def codes(text: str) -> dict[str, str]:
    """Label -> text of each block of code on a page."""
    return {html.unescape(label): html.unescape(code) for label, code in CODE.findall(text)}


def no_crate(*_: object) -> NoReturn:
    """These tests check records only."""
    raise AssertionError("no crate")


def judge(text: str, class_name: str) -> list[Result]:
    """What `ommatidia validate` finds wrong in a text; a part of a record is of the class named."""
    part = None if class_name in record_classes() else class_name
    return list(Validator((), no_crate).check("shown.yaml", text.encode(), Kind.RECORDS, part).results)


@pytest.mark.parametrize("kind", ["classes", "slots", "enums", "types"])
def test_everything_in_the_model_has_a_page(page: Any, kind: str) -> None:
    """Each class, field, enumeration and type has a page under its name that says what it means."""
    folder = "" if kind == "classes" else f"{kind}/"
    for name, row in MODEL[kind].items():
        text = html.unescape(page(f"/schema/{folder}{name}"))
        assert re.search(rf"<h1[^>]*>{name}\b", text)
        assert bare(row["description"]) in plain(text)


def test_class_page_explains_each_of_its_fields(page: Any) -> None:
    """Under its anchor each field has its description, its rule and a link to what its values are."""
    for name, row in MODEL["classes"].items():
        text = page(f"/schema/{name}")
        for slot in row["slots"]:
            cells = html.unescape(text.split(f'id="{slot["key"]}"', 1)[1].split("</tr>", 1)[0])
            assert bare(slot["description"]) in plain(cells) and slot["rule"] in cells, f"{name}.{slot['key']}"
            assert all(f"/{found['name']}" in cells for found in slot["ranges"])


def test_field_page_lists_every_class_that_has_it(page: Any) -> None:
    """A field's page leads to the field in each class."""
    for name, row in MODEL["slots"].items():
        text = page(f"/schema/slots/{name}")
        assert all(f'href="/schema/{owner}#{name}"' in text for owner in row["classes"])


def test_enumeration_page_has_each_value_with_its_iri(page: Any) -> None:
    """Every value stands there with what it becomes in RDF and what it means."""
    for name, row in MODEL["enums"].items():
        text = html.unescape(page(f"/schema/enums/{name}"))
        assert all(value["curie"] in text and bare(value["description"]) in plain(text) for value in row["values"])


def test_index_names_every_field_once(page: Any) -> None:
    """From A to Z, each field of the model leads to its page."""
    named = re.findall(r'<dt><a class="mono" href="/schema/slots/(\w+)">', page("/schema/slots"))
    assert named == sorted(MODEL["slots"], key=str.lower)


def test_overview_leads_to_every_class_and_enumeration(page: Any) -> None:
    """Nothing in the model can only be found by searching."""
    text = page("/schema")
    assert all(f'<dt><a href="/schema/{name}">' in text for name in MODEL["classes"])
    assert all(f'<dt><a href="/schema/enums/{name}">' in text for name in MODEL["enums"])


def test_each_concrete_class_shows_examples_that_pass(page: Any) -> None:
    """What a page offers for copying passes both gates, and each concrete class offers something."""
    for name in classes():
        shown = {label: text for label, text in codes(page(f"/schema/{name}")).items() if label.endswith(" as YAML")}
        good = {label: text for label, text in shown.items() if label.split("-")[0] == name and _is_good(label)}
        assert good, name
        assert all(judge(text, name) == [] for text in good.values()), name


def _is_good(label: str) -> bool:
    return label.removesuffix(" as YAML") in {example.name for example in valid_examples()}


def test_wrong_examples_stand_beside_what_the_gates_say(page: Any) -> None:
    """Each wrong example on a class page is followed by the very messages that the gates give for it."""
    for name in classes():
        text = html.unescape(page(f"/schema/{name}"))
        for label, code in codes(text).items():
            if label.endswith(" as YAML") and not _is_good(label):
                said = [found for found in judge(code, name) if found.severity == "violation"]
                assert said and all(" ".join(found.message.split()) in text for found in said), label


def test_turtle_and_jsonld_mean_the_yaml_beside_them(client: FlaskClient, page: Any) -> None:
    """The three forms of each example are one graph, with the context taken from the address that they name."""
    context = client.get("/schema/context.jsonld").json["@context"]
    for name in classes():
        shown = codes(page(f"/schema/{name}"))
        for label in [label.removesuffix(" as Turtle") for label in shown if label.endswith(" as Turtle")]:
            document = json.loads(shown[f"{label} as JSON-LD"])
            assert document["@context"] == "https://w3id.org/ommatidia/schema/context.jsonld"
            expected = graph(triples(yaml.safe_load(shown[f"{label} as YAML"]), name), RdfFormat.N_TRIPLES)
            assert graph(shown[f"{label} as Turtle"], RdfFormat.TURTLE) == expected
            assert graph(json.dumps({**document, "@context": context}), RdfFormat.JSON_LD) == expected


def graph(text: str | bytes, form: RdfFormat) -> Dataset:
    found = Dataset(pyoxigraph.parse(text, format=form))
    found.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return found


def validated(text: str, folder: Path) -> tuple[int, str]:
    """Exit code and words of `ommatidia validate` over a file with this text."""
    (folder / "first-study.yaml").write_text(text, "utf-8")
    done = CliRunner().invoke(build_cli(open_node), ["validate", str(folder / "first-study.yaml")])
    return done.exit_code, " ".join(done.output.split())


def test_the_study_of_the_tutorial_conforms(page: Any, tmp_path: Path) -> None:
    """A newcomer who saves the example and runs the command below it is told that it conforms."""
    text = page("/schema")
    assert codes(text)["Command that checks the file"] == "ommatidia validate first-study.yaml"
    code, said = validated(codes(text)["A complete small study"], tmp_path)
    assert code == 0 and "conforms" in said


@pytest.mark.parametrize(
    ("name", "asks_more"), [("Study-light-sheet", "rembi-1.5"), ("Study-human-restricted", "human-data-1")]
)
def test_the_tutorial_leads_on_to_larger_studies(client: FlaskClient, page: Any, name: str, asks_more: str) -> None:
    """After the first study come a usual and a restricted one, which conform as they are given out, with a profile."""
    assert f'href="/schema/examples/{name}.yaml"' in page("/schema").partition('id="at-next"')[2]
    text = client.get(f"/schema/examples/{name}.yaml").data
    report = Validator((asks_more,), no_crate).check(f"{name}.yaml", text, Kind.RECORDS, None)
    assert [result.message for result in report.results if result.severity == "violation"] == []


def test_the_usual_study_shows_how_two_authors_share_an_institute(page: Any) -> None:
    """Both authors carry one organisation with the same id and fields, and the tutorial says that this is the way."""
    authors = next(example for example in valid_examples() if example.name == "Study-light-sheet").record["authors"]
    first, second = (author["affiliations"] for author in authors)
    assert first == second and first[0]["id"]
    assert "same <span" in page("/schema").partition("Two authors of one institute")[2].partition("</li>")[0]


def test_the_tutorial_says_where_prefixes_and_files_go(page: Any) -> None:
    """Who has no prefix or has a finished file is told what to do; the harvesters named are there."""
    text = page("/schema").partition('id="at-write"')[2].partition("</section>")[0]
    assert "schema/prefixes.toml" in text and "ommatidia ontology suggest" in text
    named = re.findall(r'<span class="mono">(\w+)</span>\)', text.partition('id="at-enter"')[2])
    assert named == ["ro_crate", "ome_zarr", "table"] and set(named) <= set(members())
    assert 'href="/docs/harvesters"' in text


def test_the_mistakes_of_the_tutorial_are_three_and_answered(page: Any, tmp_path: Path) -> None:
    """The tutorial's wrong study breaks three rules, and the page has the messages that the command prints."""
    text = html.unescape(page("/schema"))
    code, said = validated(codes(page("/schema"))["The study with three mistakes"], tmp_path)
    messages = re.findall(r"violation: (.*?) -->", said)
    assert code == 3 and len(messages) == 3
    assert all(message in text for message in messages)
    assert "Did you mean" in text and "https://orcid.org/0000-0002-1439-5301" in text


def test_mending_the_mistakes_one_by_one_ends_well(page: Any, tmp_path: Path) -> None:
    """Each line that the messages point at, written as in the complete example, leaves one message less."""
    shown = codes(page("/schema"))
    wrong = shown["The study with three mistakes"].splitlines()
    right = [line.partition(" #")[0].rstrip() for line in shown["A complete small study"].splitlines()]
    for left in (3, 2, 1, 0):
        faults = judge("\n".join(wrong), "Study")
        assert len(faults) == left
        if faults:
            wrong[faults[0].place.line - 1] = right[faults[0].place.line - 1]


def test_profile_page_shows_every_rule(page: Any) -> None:
    """Each rule of a profile stands on its page with its message, under its own anchor."""
    for name in profiles():
        text = html.unescape(page(f"/schema/profiles/{name}"))
        assert profiles()[name].title in text and profiles()[name].version in text
        assert rules_of(name)
        for rule in rules_of(name):
            assert rule.message in text and f'id="{rule.shape.rpartition("/")[2]}"' in text


def test_obligations_of_profiles_carry_their_sentence(page: Any) -> None:
    """On a class page each rule of a profile of our records stands at its field with the sentence that says when."""
    for profile in (name for name, header in profiles().items() if Subject.RECORDS in header.applies_to):
        for rule in rules_of(profile):
            for owner in rule.classes:
                text = html.unescape(page(f"/schema/{owner}"))
                field = rule.field.partition(".")[0]
                assert f'id="{field}"' in text, rule.shape
                cells = text.split(f'id="{field}"', 1)[1].split("</tr>", 1)[0]
                line = cells.partition(f'/schema/profiles/{profile}#{rule.shape.rpartition("/")[2]}"')[2]
                assert rule.obligation in line and rule.message in line.partition("</li>")[0], rule.shape


def test_profile_page_says_what_its_sentences_are(page: Any) -> None:
    """The sentences of a profile are headed as messages, and what they are about is told in words."""
    for name in profiles():
        assert "Message when it is broken" in page(f"/schema/profiles/{name}")
    assert 'each value of <span class="mono">dcterms:creator</span>' in page("/schema/profiles/dcat-ap-3")


def test_profiles_page_says_what_a_broken_rule_does(page: Any) -> None:
    """No record is kept out by a profile, and a required rule that is broken is reported as a violation."""
    lead = page("/schema/profiles").partition('class="lead"')[2].partition("</p>")[0]
    assert "never keeps a record out" in lead and "required rules as violations" in lead


NOTES = re.compile(r"\b\w+\.md\b|DESIGN (?:§|section)|\bsection \d|catalogue\.model|metamodel")


def test_no_page_cites_what_its_reader_does_not_have(page: Any) -> None:
    """No page of the model names our notes, our modules or the language that the schema is written in."""
    for path in pages_of_the_model():
        assert NOTES.findall(re.sub(r"<[^>]*>", " ", page(path))) == [], path


def test_identifier_of_each_class_has_an_example_of_that_class(page: Any) -> None:
    """At the identifier stands one of an example of this very class."""
    for name in classes():
        cells = page(f"/schema/{name}").split('id="id"', 1)[1].split("</tr>", 1)[0]
        shown = re.search(r'such as <span class="mono">(.*?)</span>', cells)
        assert shown[1] in {example.record["id"] for example in valid_examples() if example.class_name == name}


def test_crosswalk_page_shows_every_field_with_its_places_or_the_reason(page: Any) -> None:
    """Each field of the other vocabulary has a row: links to its places here, or why it has none."""
    for name in crosswalk_names():
        crosswalk, text = load_crosswalk(name), page(f"/schema/crosswalks/{name}")
        assert f"<dt>mapped</dt><dd>{crosswalk.coverage.mapped}</dd>" in text
        assert f"<dt>deliberately not</dt><dd>{crosswalk.coverage.left_out}</dd>" in text
        for field, rows in crosswalk.by_field.items():
            cells = html.unescape(text.split(f'id="{anchor(field)}"', 1)[1].split("</tr>", 1)[0])
            assert cells.count("deliberately not") == sum(not row.is_mapped for row in rows), field
            assert cells.count('<a class="mono" href="/schema/') == sum(row.is_mapped for row in rows), field
            assert all(" ".join(row.comment.split()) in cells for row in rows), field


def test_class_page_counts_what_has_its_place_there(page: Any) -> None:
    """A class says how many fields of other vocabularies lead to it, and lists each."""
    rows = [row for name in crosswalk_names() for row in load_crosswalk(name).rows]
    for name in MODEL["classes"]:
        led = [row for row in rows if row.object_id.removeprefix("ommf:").partition("/")[0] == name]
        assert (f"{len(led)} fields of other vocabularies" in page(f"/schema/{name}")) is bool(led)


def test_every_internal_link_leads_somewhere(client: FlaskClient) -> None:
    """From the model and the documentation no link of this node is dead, and each anchor is on its page."""
    waiting, bodies, broken = ["/schema", "/docs"], {}, []
    while waiting:
        path = waiting.pop()
        if path in bodies:
            continue
        answer = client.get(path, headers={"Accept": "text/html, */*;q=0.1"}, follow_redirects=True)
        bodies[path] = answer.text if answer.mimetype == "text/html" else ""
        if answer.status_code != 200:
            broken.append(path)
        if path.startswith(("/schema", "/docs", "/terms", "/shapes")):
            links = [html.unescape(link) for link in LINK.findall(bodies[path])]
            paths = [urlsplit(link).path for link in links if link.startswith("/")]
            # Of the forms of one document the first is enough here; test_dereferencing asks for all.
            waiting += [path for path in paths if not path.endswith((".jsonld", ".nt", ".rdf"))]
    anchors = {path: set(map(html.unescape, IDENTIFIER.findall(text))) for path, text in bodies.items()}
    for path, text in bodies.items():
        for link in map(html.unescape, LINK.findall(text)):
            parts = urlsplit(link)
            if parts.fragment and not parts.scheme and unquote(parts.fragment) not in anchors[parts.path or path]:
                broken.append(f"{path} -> {link}")
    assert broken == []
    assert len(bodies) > len(pages_of_the_model())


def test_pages_are_whole_and_keep_to_this_host(page: Any) -> None:
    """One heading of the first rank, no identifier twice, no style or script inside, nothing loaded from elsewhere."""
    for path in pages_of_the_model():
        text = page(path)
        assert text.count("<h1") == 1, path
        names = IDENTIFIER.findall(text)
        assert len(names) == len(set(names)), path
        assert not re.search(r"<script(?! type=\"application/ld\+json\")|<style|\sstyle=|\son\w+=", text), path
        loaded = re.findall(r'<(?:img|script|iframe|source|use)[^>]+(?:src|href)="([^"]*)"', text)
        loaded += re.findall(r'<link rel="(?:stylesheet|icon)"[^>]+href="([^"]*)"', text)
        assert all(address.startswith("/static/") for address in loaded), path


def test_pages_state_what_they_are_about(page: Any) -> None:
    """Classes, fields and lists say in schema.org's words which IRI they explain, the overview which vocabulary."""
    for kind, folder in (("classes", ""), ("slots", "slots/"), ("enums", "enums/")):
        for name, row in MODEL[kind].items():
            found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page(f"/schema/{folder}{name}"))
            assert [json.loads(text)["@id"] for text in found] == [row["iri"]] * bool(row["iri"]), name
    stated = json.loads(re.search(r'ld\+json">(.*?)</script>', page("/schema"))[1])
    assert (stated["@type"], stated["version"]) == ("DefinedTermSet", MODEL["version"])


@pytest.mark.parametrize("folder", ["", "slots/", "enums/", "types/", "profiles/", "crosswalks/", "source/", "Study/"])
@pytest.mark.parametrize(
    "name",
    [
        "%3Cscript%3Ealert(1)%3C%2Fscript%3E",
        "%22%3E%3Cimg%20src=x%20onerror=alert(1)%3E",
        "..%2F..%2Fpyproject.toml",
        "a%0D%0ASet-Cookie:%20a=b",
        "%00",
        "%E2%80%AEnosliw",
        "x" * 5_000,
        "%F0%9F%94%AC",
    ],
)
def test_hostile_names_are_only_unknown_names(client: FlaskClient, folder: str, name: str) -> None:
    """Whatever is asked for below /schema that is not there gives a page that says so, with the name escaped."""
    answer = client.get(f"/schema/{folder}{name}", headers={"Accept": "text/html"})
    assert answer.status_code == 404
    assert "<script" not in answer.text and "<img src=x" not in answer.text and "\u202e" not in answer.text
    assert "Set-Cookie" not in answer.headers and len(answer.text) < 10_000


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("/schema/Stduy", "/schema/Study"),
        ("/schema/slots/orchid", "/schema/slots/orcid"),
        ("/schema/study/title", "/schema/Study#title"),
    ],
)
def test_misspelled_name_leads_to_the_right_one(client: FlaskClient, asked: str, meant: str) -> None:
    """A name that is nearly right is answered 404 with a link to what was probably meant."""
    answer = client.get(asked, headers={"Accept": "text/html"})
    assert answer.status_code == 404
    assert f'href="{meant}"' in answer.text


def test_a_field_in_a_class_is_reached_by_its_own_address(client: FlaskClient) -> None:
    """The object of a crosswalk row, schema/Class/field, leads to that row of the class page."""
    answer = client.get("/schema/Study/authors", headers={"Accept": "text/html"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/schema/Study#authors")


def test_pages_are_kept_by_caches(client: FlaskClient) -> None:
    """A page carries a validator and a lifetime; asked again with it, 304 without a body."""
    first = client.get("/schema/Study", headers={"Accept": "text/html"})
    assert "max-age" in first.headers["Cache-Control"] and "Accept" in first.headers["Vary"]
    again = client.get("/schema/Study", headers={"Accept": "text/html", "If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
