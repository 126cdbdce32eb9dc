"""Records: each fault with field, line, what is needed and what was meant; nothing where nothing is wrong."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from catalogue import resources
from catalogue.model.table import classes
from catalogue.validation.results import Kind
from tests.validation.checking import STUDY, check, only, places

EXAMPLES = resources.schema_dir() / "examples"
INVALID = sorted((EXAMPLES / "invalid").glob("*.yaml"))
VALID = sorted((EXAMPLES / "valid").glob("*.yaml"))


def name_of_class(path: Path) -> str | None:
    """The class an example is of; None where it says so itself."""
    name = path.stem.partition("-")[0]
    return name if name in classes() else None


@pytest.mark.parametrize("path", INVALID, ids=lambda path: path.stem)
def test_bad_example_is_found_in_its_line(path: Path) -> None:
    """Each invalid example gives the field of its name, in the lines of that field, or where it is missing."""
    text = path.read_text("utf-8")
    field = path.stem.split("-")[1]
    report = check(text, name=path.name, class_name=name_of_class(path))
    found = [one for one in report.results if one.severity == "violation"]
    assert {re.sub(r"\[\d+\]", "", one.path).rpartition(".")[2] for one in found} == {field}
    lines = text.splitlines()
    starts = [number for number, line in enumerate(lines, 1) if line.startswith(f"{field}:")]
    first = starts[0] if starts else 1
    after = (number for number, line in enumerate(lines, 1) if number > first and not line.startswith((" ", "-", "]")))
    last = next(after, len(lines) + 1) if starts else 2
    for one in found:
        assert one.place is not None and first <= one.place.line < last, one
        assert len(one.message) > 10 and one.rule.startswith("https://w3id.org/ommatidia/shapes/")


@pytest.mark.parametrize("path", VALID, ids=lambda path: path.stem)
def test_good_example_has_no_result(path: Path) -> None:
    """No valid example breaks a rule, whether as YAML or as JSON."""
    report = check(path.read_bytes(), name=path.name, class_name=name_of_class(path))
    assert report.results == () and report.records == 1


@pytest.mark.parametrize(
    ("line", "message", "suggestion"),
    [
        ("titel: x", "Study has no field 'titel'", "title"),
        ("datePublished: 2020-01-01", "Study has no field 'datePublished'", "date_published"),
        ("organism: [NCBITaxon:9606]", "Study has no field 'organism'", "organisms"),
        ("colour: blue", "Study has no field 'colour'", ""),
        ("date_published: March 2023", "date_published must be a day", ""),
        ("date_published: 2020", "date_published must be a day", ""),
        ("funding_statement: 12", "funding_statement must be text; put it into quotes", '"12"'),
        ("organisms: Danio rerio", "organisms takes a list", "[NCBITaxon:7955]"),
        ("organisms: our fish", "organisms takes a list", ""),
        ("organisms: ncbitaxon:7955", "organisms takes a list", ""),
        ("contributors: Bo", "contributors takes a list; begin each Person or Organization in it with '- '", ""),
        ("access: open", "access: write the Access with its fields (id, access_level), not as a word", ""),
        ("file_count: '12'", "file_count must be a whole number", "12"),
        ("file_count: many", "file_count must be a whole number", ""),
        ("keywords: cells", "keywords takes a list", "[cells]"),
        ("keywords: []", "keywords is an empty list", ""),
        ("description:", "description has no value", ""),
        ("publisher: IDR", "publisher: write the Organization with its fields (type, id, name)", ""),
        ("publisher: [IDR]", "publisher takes one value, not a list", ""),
        ("organisms: [NCBITaxon:9606]", "organisms: nothing in the record describes NCBITaxon:9606", ""),
    ],
)
def test_newcomer_is_told_what_is_meant(line: str, message: str, suggestion: str) -> None:
    """One mistake in a good study gives one message, and the word that was meant where that is clear."""
    found = only(check(f"{STUDY}{line}\n"))
    assert found.message.startswith(message)
    assert found.suggestion == suggestion
    assert found.place is not None and found.place.line == 7
    assert (found.focus, found.label, found.kind) == ("idr:idr0001", "A study", "Study")


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("0000-0002-1439-5301", "https://orcid.org/0000-0002-1439-5301"),
        ("http://orcid.org/0000-0002-1439-5301", "https://orcid.org/0000-0002-1439-5301"),
        ("https://orcid.org/0000-0002-1439-5301 ", "https://orcid.org/0000-0002-1439-5301"),
        ("0000000214395301", "https://orcid.org/0000-0002-1439-5301"),
        ("Ada", ""),
    ],
)
def test_identifier_is_suggested_in_the_form_its_pattern_asks(given: str, meant: str) -> None:
    """What a pattern lacks at the beginning, or does not allow, is mended in the suggestion."""
    author = f'authors: [{{type: Person, id: idr:idr0001/author/1, name: Ada, orcid: "{given}"}}]\n'
    found = only(check(STUDY + author))
    assert (found.path, found.suggestion) == ("authors[0].orcid", meant)
    assert (found.focus, found.label) == ("idr:idr0001/author/1", "Ada")


def test_misspelt_required_field_is_one_message() -> None:
    """A required field under a misspelt name is not also told to be missing."""
    found = only(check(STUDY.replace("license:", "licence:")))
    assert (found.suggestion, found.place.line if found.place else 0) == ("license", 6)


def test_all_faults_are_told_at_once() -> None:
    """Faults of form do not hide broken rules about the whole record."""
    text = STUDY.replace("license", "licence") + "organisms: [NCBITaxon:9606]\nfile_count: x\n"
    assert [(path, line) for path, line, _ in places(check(text))] == [
        ("licence", 6),
        ("organisms[0]", 7),
        ("file_count", 8),
    ]


def test_rules_of_the_whole_wait_for_type_and_id() -> None:
    """Where a record has no id, a note says that not everything could be checked."""
    report = check(STUDY.replace("id: idr:idr0001\n", "") + "organisms: [NCBITaxon:9606]\n")
    assert [one.severity for one in report.results] == ["violation", "info"]
    assert "were not checked" in report.results[1].message


@pytest.mark.parametrize(
    ("change", "path", "said"),
    [
        (("id: idr:idr0001", "id: idr:IDR0001"), "id", "canonical"),
        (("accession: idr0001", "accession: idr0002"), "accession", "by the id idr:idr0001 it is 'idr0001'"),
        (("owner: idr", "owner: ssbd"), "owner", "by the id idr:idr0001 it is 'idr'"),
        (("id: idr:idr0001", "id: https://a.org/1"), "id", "no name of a record .*idr:idr0001"),
        (("id: idr:idr0001", "id: ours:idr0001"), "id", "prefix 'ours' is not known"),
        (("type: Study", "type: Image\nstudy: idr:idr0002"), "id", "name of a study"),
        (("title: A study", "title: A study\ngrants: [{id: idr:idr0002/grant/1}]"), "grants[0].id", "not a part"),
    ],
)
def test_names_must_fit_together(change: tuple[str, str], path: str, said: str) -> None:
    """An id that ingest would reject is told here as well."""
    found = only(check(STUDY.replace(*change)))
    assert (found.path, bool(re.search(said, found.message))) == (path, True)
    assert found.place is not None


def test_value_in_a_list_is_marked_itself() -> None:
    """Of several references the one at fault is marked, in block and in flow lists."""
    terms = "terms: [{type: Taxon, id: NCBITaxon:10090, label: Mus musculus}]\n"
    listed = "organisms:\n  - NCBITaxon:10090\n  - NCBITaxon:9606\n"
    assert places(check(STUDY + terms + listed)) == [("organisms[1]", 10, 5)]


def test_same_records_in_json_and_yaml() -> None:
    """JSON gives the same results as YAML, with the places of the JSON."""
    value = {"type": "Study", "id": "idr:idr0001", "accession": "idr0001", "owner": "idr", "titel": "x"}
    report = check(json.dumps(value, indent=1), name="study.json")
    assert places(report) == [("license", 1, 1), ("titel", 6, 2)]
    assert report.kind is Kind.RECORDS


def test_several_records_in_one_file() -> None:
    """Lists, YAML documents and JSON lines hold several records; each is checked in its place."""
    bad = STUDY.replace("idr0001", "idr0002").replace("title: A study\n", "")
    report = check(f"{STUDY}---\n{bad}")
    assert (report.records, places(report)) == (2, [("title", 8, 1)])
    listed = "".join("- " + one.rstrip().replace("\n", "\n  ") + "\n" for one in (STUDY, bad))
    assert places(check(listed)) == [("title", 7, 3)]


def test_lines_of_a_dump_are_records() -> None:
    """What `dump --format jsonl` writes can be checked: the record and its provenance."""
    record = {"type": "Study", "id": "idr:idr0001", "accession": "idr0001", "owner": "idr", "title": "x"}
    provenance = {"type": "CatalogRecord", "id": "idr:idr0001/record", "primary_topic": "idr:idr0001", "owner": "idr"}
    line = json.dumps({"curie": "idr:idr0001", "record": record, "provenance": provenance})
    report = check(f"{line}\n{line}\n", name="dump.jsonl")
    assert report.records == 4
    assert {(path, line) for path, line, _ in places(report)} == {
        ("license", 1), ("status", 1), ("license", 2), ("status", 2),
    }  # fmt: skip


@pytest.mark.parametrize("text", ["just words\n", "- 1\n- 2\n", "42\n"])
def test_what_is_no_record_is_told(text: str) -> None:
    """Text that is YAML and no record gives a sentence and no traceback."""
    report = check(text)
    assert report.results and all("record is an object" in one.message for one in report.results)


def test_nothing_is_not_conformity() -> None:
    """A file without a record fails."""
    assert [one.message for one in check("---\n---\n").results] == ["There is no record in this file"]


def test_repeated_key_is_told_with_both_lines() -> None:
    """A field given twice is an error at the second place."""
    found = only(check(f"{STUDY}title: Another\n"))
    assert "line 5" in found.message and found.place is not None and found.place.line == 7


def test_profile_adds_its_rules() -> None:
    """A profile's gaps are told with its name; without it the study conforms."""
    assert check(STUDY).results == ()
    report = check(STUDY, "gide-0.2")
    assert {one.profile for one in report.results} == {"gide-0.2"}
    assert {one.path for one in report.results} >= {"description", "authors", "thumbnails"}


def test_profile_without_subject_says_so() -> None:
    """A profile about studies notes that a file of images has none."""
    image = "type: Image\nid: idr:6001240\naccession: '6001240'\nowner: idr\nstudy: idr:idr0062\n"
    (note,) = check(image, "gide-0.2").results
    assert note.severity == "info" and "no omm:Study" in note.message


def test_keys_with_dots_and_brackets_are_found() -> None:
    """A field whose name looks like a path is marked where it stands."""
    assert places(check(STUDY + '"authors[0].orcid": x\n"a.b": y\n')) == [
        ("authors[0].orcid", 7, 1),
        ("a.b", 8, 1),
    ]


def test_message_of_a_profile_keeps_its_beginning() -> None:
    """A field's name and a colon inside a profile's sentence do not cut off what stands before."""
    human = "terms: [{type: Taxon, id: NCBITaxon:9606, label: Homo sapiens}]\norganisms: [NCBITaxon:9606]\n"
    said = [one.message for one in check(STUDY + human, "human-data-1").results if one.path == "access"]
    assert said and said[0].startswith("The study shows human material")


ORGANIZATION = "{{type: Organization, id: idr:idr0001/organization/1, name: {}}}"
AUTHOR = "- {{type: Person, id: idr:idr0001/author/{}, name: Ada, affiliations: [{}]}}\n"


def test_one_id_for_two_things_is_one_message() -> None:
    """Two descriptions of one id that contradict each other are told once, with both lines and the fields."""
    component = "- type: Experiment\n  id: idr:idr0001/component/1\n  title: {}\n  description: {}\n"
    text = STUDY + "components:\n" + component.format("One", "First") + component.format("Two", "Second")
    found = only(check(text))
    assert "described twice (lines 9 and 13)" in found.message and "title, description" in found.message
    assert found.place is not None and found.place.line == 13


def test_one_organisation_may_be_described_at_every_author() -> None:
    """The same organisation twice is fine; with two spellings of its name the name is told."""
    for second, told in (("An Institute", []), ("The Institute", ["name"])):
        authors = "".join(
            AUTHOR.format(place, ORGANIZATION.format(name)) for place, name in enumerate(("An Institute", second), 1)
        )
        results = check(f"{STUDY}authors:\n{authors}").results
        assert [re.search("differs in ([^;]*);", one.message)[1] for one in results] == told  # type: ignore[index]


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("CC0", "publicdomain/zero/1.0/"),
        ("CC BY 4.0", "licenses/by/4.0/"),
        ("CC-BY", "licenses/by/4.0/"),
        ("cc by-sa", "licenses/by-sa/4.0/"),
        ("CC BY NC 3.0", "licenses/by-nc/3.0/"),
    ],
)
def test_licence_by_name_is_told_its_address(given: str, meant: str) -> None:
    """Whoever names a Creative Commons licence is told the address that is needed."""
    found = only(check(STUDY.replace("https://creativecommons.org/licenses/by/4.0/", given)))
    assert found.suggestion == f"https://creativecommons.org/{meant}"


def test_licence_of_another_name_has_no_suggestion() -> None:
    """No address is made up for what is no known licence."""
    assert not only(check(STUDY.replace("https://creativecommons.org/licenses/by/4.0/", "free for all"))).suggestion


def test_fields_in_place_of_text_are_told_as_such() -> None:
    """Fields below a text field are told, with the field of much the same name that takes them."""
    acquisition = "acquisitions:\n- id: idr:idr0001/acquisition/1\n  title: One\n"
    found = only(check(f"{STUDY}{acquisition}  instrument: {{manufacturer: Home-built, model: X}}\n"))
    assert found.message.startswith("instrument takes no fields below it") and found.suggestion == "instruments"


def test_number_is_read_as_it_was_written() -> None:
    """The leading zeros of an ORCID without quotes and hyphens are not lost in the suggestion."""
    author = "authors: [{type: Person, id: idr:idr0001/author/1, name: Ada, orcid: 0000000214395301}]\n"
    assert only(check(STUDY + author)).suggestion == "https://orcid.org/0000-0002-1439-5301"


def test_identifier_in_place_of_fields_is_told_as_one() -> None:
    """Whoever points at an organisation that was described before is told to repeat it with its fields."""
    authors = AUTHOR.format(1, ORGANIZATION.format("An Institute")) + AUTHOR.format(2, "idr:idr0001/organization/1")
    found = only(check(f"{STUDY}authors:\n{authors}"))
    assert "repeat the Organization here with the same id and its fields (type, id, name)" in found.message


def test_list_without_dashes_is_told_to_begin_its_items() -> None:
    """Fields right below the name of a list are told to need a dash, once."""
    author = "authors:\n  type: Person\n  id: idr:idr0001/author/1\n  name: Ada\n"
    found = only(check(STUDY + author))
    assert found.path == "authors" and "begin each Person or Organization in it with '- '" in found.message


PAPER = "publications:\n- id: idr:idr0001/publication/1\n  title: Hearts\n  venue: {}\n"
TAXON = "terms:\n- {{type: Taxon, id: NCBITaxon:7955, label: {}, vernacular_name: zebrafish}}\n"


@pytest.mark.parametrize("word", ["'null'", "n/a", "None", "Unknown", "'-'", "TBD", "not available"])
def test_word_for_nothing_is_a_warning(word: str) -> None:
    """A text that only says that there is none is told in a record that conforms."""
    found = only(check(STUDY + PAPER.format(word)))
    assert (found.severity, found.path) == ("warning", "publications[0].venue")
    assert found.rule.endswith("doubt-placeholder") and found.place is not None and found.place.line == 10


def test_word_for_nothing_inside_a_text_is_none() -> None:
    """A sentence with such a word in it, and a word of a list of keywords, are told apart."""
    assert check(STUDY + PAPER.format("Journal of None and Unknown")).results == ()
    assert only(check(STUDY + "keywords: [cells, n/a]\n")).path == "keywords[1]"


def test_orcid_with_a_wrong_check_digit_is_a_warning() -> None:
    """An ORCID that ISO 7064 rules out is told; the right one is not."""
    author = "authors: [{{type: Person, id: idr:idr0001/author/1, name: Ada, orcid: https://orcid.org/{}}}]\n"
    assert check(STUDY + author.format("0000-0002-1825-0097")).results == ()
    found = only(check(STUDY + author.format("0000-0002-1825-0098")))
    assert (found.severity, found.rule.rpartition("/")[2]) == ("warning", "doubt-orcid-check")


def test_label_of_another_term_is_a_warning() -> None:
    """A shipped term under the label of another one is told with both; its own names are not."""
    found = only(check(STUDY + TAXON.format("Homo sapiens")))
    assert found.severity == "warning" and "NCBITaxon:7955 is Danio rerio" in found.message
    assert "'Homo sapiens' is NCBITaxon:9606" in found.message
    for label in ("Danio rerio", "D. rerio", "Fish of our pond"):
        assert check(STUDY + TAXON.format(label)).results == ()


@pytest.mark.parametrize("terms", ["", TAXON.format("Danio rerio"), TAXON.format("Our fish")])
@pytest.mark.parametrize(("line", "meant"), [("[zebrafish]", "NCBITaxon:7955"), ("zebrafish", "[NCBITaxon:7955]")])
def test_term_called_by_its_name_is_told_its_identifier(terms: str, line: str, meant: str) -> None:
    """A name that the record's own terms or the shipped ones know gives the identifier."""
    assert only(check(f"{STUDY}{terms}organisms: {line}\n")).suggestion == meant


def test_name_of_a_term_of_another_class_is_no_suggestion() -> None:
    """A taxon is not proposed as an imaging method."""
    assert only(check(f"{STUDY}{TAXON.format('Danio rerio')}methods: [zebrafish]\n")).suggestion == ""


def test_term_without_description_is_to_be_added() -> None:
    """An organism that no term of the record tells is to be added to terms."""
    assert "; add it to terms, or give" in only(check(STUDY + "organisms: [NCBITaxon:9606]\n")).message


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("modalities: [light-sheet]", "light_sheet_microscopy"),
        ("modalities: [lightsheet]", "light_sheet_microscopy"),
        ("modalities: [light]", ""),
        ("biosamples: [{id: idr:idr0001/biosample/1, sex: F}]", "female"),
        ("biosamples: [{id: idr:idr0001/biosample/1, sex: M}]", ""),
    ],
)
def test_beginning_of_a_value_is_enough(line: str, meant: str) -> None:
    """The one value of an enumeration that begins so is told; none where several do."""
    told = [one.suggestion for one in check(f"{STUDY}{line}\n").results if one.path.endswith(("[0]", "sex"))]
    assert told == [meant]


def test_id_of_a_part_is_shown_below_that_of_its_record() -> None:
    """Whoever leaves out the id of a part is shown how one looks in this record."""
    found = only(check(f"{STUDY}grants: [{{title: Hearts}}]\n"))
    assert "such as idr:idr0001/grant/1" in found.message
