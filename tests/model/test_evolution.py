"""Every change of the model classifies itself, and asks for a version and a line in the change log."""

from __future__ import annotations

import copy
import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue import resources
from catalogue.model.compiler import __main__ as compiler
from catalogue.model.compiler import release as releasing
from catalogue.model.evolution import KINDS, Change, compare, fits, is_wider, smallest_version, unnamed
from catalogue.model.released import (
    CLASS_FACTS,
    SLOT_FACTS,
    SLOT_WORDS,
    Sheet,
    fact_sheet,
    parse_version,
    present,
    released,
    released_versions,
    render,
)
from catalogue.problems import NotFound

CHANGES = (resources.schema_dir().parent / "catalogue" / "docs" / "changes.md").read_text("utf-8")
# A released sheet is what later versions are held against: whoever alters one alters history.
DIGESTS = {
    "0.1.0": "9871ba5d01ea1cb48c8d368da561e0053ff893fbb7b0aedf6c165bbcaf473dec",
    "0.2.0": "52e6ced00855860906690e5e5204c94b03fcd2ba912946d9453ea0ae1671af7f",
    "0.3.0": "b6d54cee6b8f5b5a750f405dc38f9c020604a4228bf3c9352d758c31c6cc5c70",
}
NS = "http://example.org/"


def slot(name: str, kind: str = "text", **facts: Any) -> dict[str, Any]:
    row = {"predicate": NS + name, "kind": kind, "required": False, "many": False, "description": f"The {name}."}
    return {**row, **facts}


def small() -> Sheet:
    """A model with one of everything that can change."""
    values = {"live": NS + "live", "gone": NS + "gone"}
    record = {
        "title": slot("title", required=True, pattern=r"\S"),
        "code": slot("code", pattern="^(?:a|b)$"),
        "state": slot("state", "enum", values=values),
        "part": slot("part", "node", many=True, classes=["Part"], class_iri=NS + "Part", position=NS + "position"),
        "size": slot("size", "integer", datatype=NS + "integer", min=1, max=9),
        "made": slot("made", "lexical", forms=["year", "day"]),
        "name": slot("name", also={"key": "called", "predicate": NS + "called"}),
        "free": slot("free"),
        "leads": slot("leads", "ref", class_iri=NS + "Part"),
        "points": slot("points", "ref"),
    }
    return {
        "version": "0.1.0",
        "records": ["Record"],
        "identifier": "^(?:x|y)$",
        "prefixes": {"ex": NS},
        "rules": {NS + "rule": "1"},
        "classes": {
            "Record": class_of("Record", record, types=[NS + "Record", NS + "Dataset"]),
            "Part": class_of("Part", {"text": slot("text")}, designated=False),
            "Screw": class_of("Screw", {"text": slot("text")}, parents=["Part"], designated=False),
        },
    }


def class_of(name: str, slots: dict[str, Any], **facts: Any) -> dict[str, Any]:
    row = {
        "iri": NS + name,
        "types": [NS + name],
        "extra": [],
        "parents": [],
        "designated": True,
        "description": f"A {name}.",
    }
    return {**row, "slots": slots, **facts}


Edit = Callable[[dict[str, Any]], Any]


def at(key: str, **facts: Any) -> Edit:
    """An edit that sets facts of a slot of Record; None removes one."""

    def edit(sheet: Sheet) -> None:
        row = sheet["classes"]["Record"]["slots"][key]
        row.update(facts)
        for fact, value in facts.items():
            if value is None:
                del row[fact]

    return edit


def on(name: str, **facts: Any) -> Edit:
    """An edit that sets facts of a class."""
    return lambda sheet: sheet["classes"][name].update(facts)


def rename(table: Callable[[Sheet], dict[str, Any]], old: str, new: str) -> Edit:
    """An edit that gives a class or slot another name and nothing else."""
    return lambda sheet: table(sheet).update({new: table(sheet).pop(old)})


def classes(sheet: Sheet) -> dict[str, Any]:
    return dict.__getitem__(sheet, "classes")


def slots(sheet: Sheet) -> dict[str, Any]:
    return dict.__getitem__(sheet["classes"]["Record"], "slots")


EDITS: list[tuple[Edit, str, set[str]]] = [
    (lambda s: classes(s).update(New=class_of("New", {})), "New", {"class-added"}),
    (lambda s: classes(s).pop("Screw"), "Screw", {"class-removed"}),
    (rename(classes, "Screw", "Bolt"), "Bolt", {"class-renamed"}),
    (on("Part", iri=NS + "Piece", types=[NS + "Piece"]), "Part", {"class-iri-changed"}),
    (on("Part", types=[NS + "Part", NS + "Thing"]), "Part", {"class-type-added"}),
    (on("Record", types=[NS + "Record"]), "Record", {"class-type-removed"}),
    (on("Part", parents=["Record"]), "Part", {"parent-added"}),
    (on("Screw", parents=[]), "Screw", {"parent-removed"}),
    (on("Part", designated=True), "Part", {"type-key-changed"}),
    (on("Part", description="Other words."), "Part", {"described-anew"}),
    (lambda s: s.update(records=["Record", "Part"]), "Part", {"record-added"}),
    (lambda s: s.update(records=[]), "Record", {"record-removed"}),
    (lambda s: slots(s).update(new=slot("new")), "Record.new", {"slot-added"}),
    (lambda s: slots(s).update(new=slot("new", required=True)), "Record.new", {"required-slot-added"}),
    (lambda s: slots(s).pop("free"), "Record.free", {"slot-removed"}),
    (rename(slots, "free", "loose"), "Record.loose", {"slot-renamed"}),
    (at("free", predicate=NS + "loose"), "Record.free", {"predicate-changed"}),
    (at("free", required=True), "Record.free", {"required"}),
    (at("title", required=False), "Record.title", {"optional"}),
    (at("part", many=False), "Record.part", {"single"}),
    (at("free", many=True), "Record.free", {"list"}),
    (at("free", kind="iri"), "Record.free", {"range-changed"}),
    (at("size", datatype=NS + "double"), "Record.size", {"range-changed"}),
    (at("part", classes=["Part", "Screw"]), "Record.part", {"range-class-added", "range-type-key-changed"}),
    (at("part", classes=["Screw"]), "Record.part", {"range-class-added", "range-class-removed"}),
    (at("part", class_iri=NS + "Thing"), "Record.part", {"range-base-changed"}),
    (at("points", class_iri=NS + "Part"), "Record.points", {"reference-checked"}),
    (at("leads", class_iri=NS + "Screw"), "Record.leads", {"reference-checked"}),
    (at("leads", class_iri=None), "Record.leads", {"reference-free"}),
    (at("made", forms=["day", "year", "month"]), "Record.made", {"form-added"}),
    (at("made", forms=["day"]), "Record.made", {"form-removed"}),
    (lambda s: slots(s)["state"]["values"].update(held=NS + "held"), "Record.state", {"value-added"}),
    (lambda s: slots(s)["state"]["values"].pop("gone"), "Record.state", {"value-removed"}),
    (lambda s: slots(s)["state"]["values"].update(gone=NS + "away"), "Record.state", {"value-meaning-changed"}),
    (at("free", pattern="^a$"), "Record.free", {"pattern-narrowed"}),
    (at("code", pattern="^(?:a|c)$"), "Record.code", {"pattern-narrowed"}),
    (at("code", pattern="^(?:c|b|a)$"), "Record.code", {"pattern-relaxed"}),
    (at("code", pattern=None), "Record.code", {"pattern-relaxed"}),
    (at("size", min=2), "Record.size", {"minimum-raised"}),
    (at("free", min=2), "Record.free", {"minimum-raised"}),
    (at("size", min=0), "Record.size", {"minimum-lowered"}),
    (at("size", min=None), "Record.size", {"minimum-lowered"}),
    (at("size", max=8), "Record.size", {"maximum-lowered"}),
    (at("size", max=10), "Record.size", {"maximum-raised"}),
    (at("size", max=None), "Record.size", {"maximum-raised"}),
    (at("free", position=NS + "at"), "Record.free", {"order-added"}),
    (at("part", position=NS + "at"), "Record.part", {"order-removed"}),
    (at("part", position=None), "Record.part", {"order-removed"}),
    (at("free", also={"key": "x", "predicate": NS + "x"}), "Record.free", {"second-property-added"}),
    (at("name", also=None), "Record.name", {"second-property-removed"}),
    (at("free", description="Other words."), "Record.free", {"described-anew"}),
    (lambda s: s["prefixes"].update(new=NS + "new/"), "new:", {"prefix-added"}),
    (lambda s: s["prefixes"].pop("ex"), "ex:", {"prefix-removed"}),
    (lambda s: s["prefixes"].update(ex="http://example.com/"), "ex:", {"prefix-moved"}),
    (lambda s: s.update(identifier="^x$"), "identifier", {"identifier-pattern-narrowed"}),
    (lambda s: s.update(identifier="^(?:x|y|z)$"), "identifier", {"identifier-pattern-relaxed"}),
    (lambda s: s["rules"].update({NS + "new": "1"}), NS + "new", {"rule-added"}),
    (lambda s: s["rules"].pop(NS + "rule"), NS + "rule", {"rule-removed"}),
    (lambda s: s["rules"].update({NS + "rule": "2"}), NS + "rule", {"rule-changed"}),
]


@pytest.mark.parametrize(("edit", "where", "kinds"), EDITS, ids=["-".join(sorted(kinds)) for _, _, kinds in EDITS])
def test_each_change_is_told_for_what_it_is(edit: Edit, where: str, kinds: set[str]) -> None:
    """One edit of the model gives its own kind of change, at its own place, and nothing else."""
    new = small()
    edit(new)
    assert [(c.where, c.kind) for c in sorted(compare(small(), new), key=lambda c: c.kind)] == [
        (where, kind) for kind in sorted(kinds)
    ]


def test_every_kind_of_change_is_tried() -> None:
    """No kind of change stands in the list that no edit above gives."""
    assert set().union(*(kinds for _, _, kinds in EDITS)) == set(KINDS)


def test_nothing_changed_gives_no_change() -> None:
    """A model held against itself, in whatever order its parts stand, differs in nothing."""
    turned = small()
    turned["classes"] = {
        name: {**row, "slots": dict(reversed(row["slots"].items()))}
        for name, row in reversed(turned["classes"].items())
    }
    assert compare(small(), turned) == [] == compare(present(), present())


@given(st.lists(st.sampled_from(EDITS), max_size=6, unique_by=lambda step: id(step[0])))
def test_compatible_steps_make_a_compatible_way(steps: list[tuple[Edit, str, set[str]]]) -> None:
    """Versions that each follow compatibly on the last also follow compatibly on the first."""
    last = small()
    for edit, _, _ in steps:
        following = copy.deepcopy(last)
        edit(following)
        if all(change.compatible for change in compare(last, following)):
            last = following
    assert all(change.compatible for change in compare(small(), last))


def test_inherited_change_is_told_once() -> None:
    """A slot that changes in a class and in its subclasses is named where it comes from."""
    new = small()
    for name in ("Part", "Screw"):
        new["classes"][name]["slots"]["text"]["required"] = True
    assert compare(small(), new) == [Change("Part.text", "required")]


def test_incompatible_changes_come_first_and_speak() -> None:
    """The list begins with what can break, each with what was and what is, as a sentence and as JSON."""
    new = small()
    for edit in (at("free", description="Other words."), at("size", min=3), rename(slots, "name", "label")):
        edit(new)
    found = compare(small(), new)
    assert [change.compatible for change in found] == [False, False, True]
    assert found[0].sentence == "Record.label: slot renamed (name -> label)"
    assert found[1].as_dict() == {
        "where": "Record.size", "kind": "minimum-raised", "compatible": False, "before": "1", "after": "3",
        "says": "Record.size: values must be larger (1 -> 3)",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("before", "after", "wider"),
    [
        ("^a$", "", True),
        ("", "^a$", False),
        (r"^(?:\d|x)$", r"^(?:\d|x|y)$", True),
        ("^(a|b)$", "^(?:b|a|c)$", True),
        ("^a$", "^(?:a|b)$", True),
        ("a|b", "b|a", True),
        ("^(?:a|b)$", "^a$", False),
        ("^(?:a)(?:b|c)$", "^(?:a)(?:b|c|d)$", False),
        ("^(?:[|]|b)$", "^(?:[|]|b|c)$", True),
        (r"^(?:\||b)$", r"^(?:\||c|b)$", True),
        ("^(?:(?:a|b)|c)$", "^(?:(?:a|b)|c|d)$", True),
        ("^(?:a|b)$", "a|b", False),
    ],
)
def test_pattern_is_called_wider_only_where_its_form_shows_it(before: str, after: str, wider: bool) -> None:
    """Alternatives that were added make a pattern wider; all else counts as narrower, right or not."""
    assert is_wider(before, after) is wider
    if wider and after:
        texts = ["a", "b", "c", "x", "5", "|", "ab"]
        assert all(re.search(after, text) for text in texts if re.search(before, text))


@pytest.mark.parametrize(
    ("old", "kinds", "smallest"),
    [
        ("0.1.0", [], "0.1.0"),
        ("0.1.0", ["slot-added"], "0.1.1"),
        ("0.1.4", ["slot-added", "slot-removed"], "0.2.0"),
        ("1.2.3", ["value-added"], "1.2.4"),
        ("1.2.3", ["required"], "2.0.0"),
    ],
)
def test_changes_ask_for_a_version(old: str, kinds: list[str], smallest: str) -> None:
    """Compatible changes ask for a patch, others for the next minor version before 1.0.0 and the next major after."""
    changes = [Change("A.b", kind) for kind in kinds]
    assert smallest_version(old, changes) == smallest
    assert fits(old, smallest, changes) and fits(old, "99.0.0", changes)
    assert fits(old, old, changes) is not bool(kinds)
    assert not fits("9.0.0", old, changes)


@pytest.mark.parametrize("text", ["0.1", "v0.1.0", "0.1.0-dev", "01.0.0", "0.1.0\n", "٠.1.0", ""])
def test_odd_versions_are_refused(text: str) -> None:
    """A version is three plain numbers."""
    with pytest.raises(ValueError, match="three numbers"):
        parse_version(text)


def test_present_model_fits_its_version_and_its_change_log() -> None:
    """Since the last release the version says enough, and the change log's newest section names what can break."""
    last, now = released(released_versions()[-1]), present()
    changes = compare(last, now)
    told = "\n".join(change.sentence for change in changes)
    assert fits(last["version"], now["version"], changes), (
        f"schema/ommatidia.yaml must say {smallest_version(last['version'], changes)} or later:\n{told}"
    )
    newest = re.split(r"^## ", CHANGES, flags=re.MULTILINE)[1]
    missing = "\n".join(f"`{change.where}`: {change.sentence}" for change in unnamed(changes, newest))
    assert not missing, f"catalogue/docs/changes.md must name, under its newest version:\n{missing}"


def test_change_log_must_name_each_place_that_can_break() -> None:
    """A place is named in backquotes, whole; compatible changes need no line."""
    changes = [Change("A.b", "required"), Change("A.bc", "slot-added"), Change("A", "class-removed")]
    assert unnamed(changes, "- `A.b` is required, `A.c` went") == [changes[2]]
    assert unnamed(changes, "- `A.b` is required, `A` went") == []


def test_sheet_holds_every_fact_of_the_table() -> None:
    """No fact that the compiler writes down escapes comparison: a new one must be given its rules here first."""
    table = json.loads(resources.model_file("table.json").read_text("utf-8"))
    assert {key for row in table["classes"].values() for key in row} <= {*CLASS_FACTS, "slots"}
    found = {key for row in table["classes"].values() for slot in row["slots"] for key in slot}
    assert found <= {*SLOT_FACTS, *SLOT_WORDS}
    assert present()["classes"].keys() == table["classes"].keys()


def test_released_sheets_are_never_edited() -> None:
    """Each released sheet is listed here with its digest, and its file still is that."""
    folder = resources.schema_dir() / "released"
    found = {p.stem: hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.glob("*.json")}
    assert found == DIGESTS
    for version in released_versions():
        sheet = released(version)
        note = sheet.pop("_comment")
        assert (sheet["version"], version in note) == (version, True)
        assert render(sheet) == (folder / f"{version}.json").read_text("utf-8")


def test_unknown_release_is_named() -> None:
    """Asking for a version that was never released lists those that were."""
    with pytest.raises(NotFound, match=r"0\.1\.0"):
        released("0.0.1")


def test_words_of_a_hard_rule_do_not_count_and_its_demand_does() -> None:
    """Another message leaves a hand-written rule what it was; another bound or a lost list member does not."""
    table = json.loads(resources.model_file("table.json").read_text("utf-8"))
    schema = json.loads(resources.model_file("records.schema.json").read_text("utf-8"))
    turtle = (
        "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ex: <http://example.org/> .\n"
        'ex:rule sh:path ex:p ; sh:minCount 1 ; sh:in ( "a" "b" ) ; sh:message "m" .'
    )

    def rules(text: str) -> dict[str, str]:
        return dict(fact_sheet(table, schema, text, {})["rules"])

    assert rules(turtle) == rules(turtle.replace('"m"', '"other"')) != {}
    assert rules(turtle)[NS + "rule"] != rules(turtle.replace("minCount 1", "minCount 2"))[NS + "rule"]
    assert rules(turtle)[NS + "rule"] != rules(turtle.replace('"b"', ""))[NS + "rule"]


@pytest.fixture
def node_of_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of releases of our own, and the small model as the present one."""
    monkeypatch.setattr(resources, "schema_dir", lambda: tmp_path)
    monkeypatch.setattr(releasing, "present", small)
    return tmp_path / "released"


def test_release_is_written_once(
    node_of_models: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A version is released once: again without a change it stays, with one it is refused and the next number named."""
    path = releasing.release()
    assert path == node_of_models / "0.1.0.json" and released("0.1.0")["classes"] == small()["classes"]
    assert releasing.release() == path
    changed = small()
    at("free", required=True)(changed)
    monkeypatch.setattr(releasing, "present", lambda: changed)
    with pytest.raises(releasing.Refused, match=r"0\.2\.0"):
        releasing.release()
    assert compiler._release() == 1 and "0.2.0" in capsys.readouterr().err
    changed["version"] = "0.2.0"
    assert releasing.release().name == "0.2.0.json"
    assert released_versions() == ["0.1.0", "0.2.0"]
    monkeypatch.setattr(releasing, "present", small)
    with pytest.raises(releasing.Refused):
        releasing.release()
