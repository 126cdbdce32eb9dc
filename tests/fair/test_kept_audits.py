"""Kept audits: the same basis gives the same bytes, they are read back whole, and no change of them goes unseen."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from itertools import cycle
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalogue.cli.audit_files import Addresses
from catalogue.fair.audit import Audit, judge_all, wanted_facts
from catalogue.fair.benchmark import Benchmark, shipped
from catalogue.fair.dataset import dataset_of
from catalogue.fair.forms.base import forms
from catalogue.fair.judged import Judged
from catalogue.fair.keeping import keep_audit, load_audit, write_audit
from catalogue.fair.metrics.base import metrics
from catalogue.fair.node_facts import NodeFacts
from catalogue.fair.outcomes import Evidence, Judgement, Mender, Outcome
from catalogue.fair.report import make_report
from catalogue.fair.scopes import federation_scope
from catalogue.fair.shelf import AuditShelf
from catalogue.model.signing import NodeKey
from catalogue.problems import Conflict, NotFound, StoreDamaged
from catalogue.store.folder_shelf import LATEST
from catalogue.store.purging import purge
from tests.fair.audited_node import KEY, TERMS, AuditedNode
from tests.fair.conftest import study
from tests.web.studies_for_pages import append, image

LINKS = Addresses("https://node.example")
# What is only about files is the same whatever the ledger lies in.
of_files = pytest.mark.parametrize("ledger_url", ["sqlite"], indirect=True)


@pytest.fixture
def node(tmp_path: Path, ledger_url: str) -> Iterator[AuditedNode]:
    """Three studies, nothing kept."""
    node = AuditedNode(tmp_path, ledger_url).fill()
    yield node
    node.ledger.close()


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def texts_of(folder: Path) -> list[str]:
    """The content of all files, tables as text."""
    tables = [json.dumps(pq.read_table(path).to_pylist()) for path in folder.glob("*.parquet")]
    return tables + [path.read_text("utf-8") for path in folder.iterdir() if path.suffix != ".parquet"]


def forms_of(audit: Audit, benchmark: Benchmark) -> dict[str, bytes]:
    report = make_report(audit, federation_scope(audit, "a test"), benchmark)
    return {suffix: form.render(report, LINKS) for suffix, form in forms().items()}


def test_the_same_position_gives_the_same_bytes(node: AuditedNode, tmp_path: Path) -> None:
    """Made again later, by another process, an audit of the same position has the same name and bytes in every file
    but the one that says when; its forms are byte for byte the same.
    """
    first = node.keep()
    here = bytes_of(first.path)
    before = forms_of(node.history.load(first.name).audit, shipped()["ommatidia-1.0"])
    node.later(50).put(study(4))
    node.reopen()
    node.history.shelf.remove(first.name)
    again = node.keep(position=3)
    assert again.name == first.name == f"2026-03-01-3-0-{again.manifest.basis.digest[:8]}"
    there = bytes_of(again.path)
    assert {name for name in here if here[name] != there[name]} == {"made.json"}
    assert forms_of(node.history.load(again.name).audit, shipped()["ommatidia-1.0"]) == before


@pytest.mark.parametrize("ledger_url", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)
def test_both_engines_give_the_same_bytes(node: AuditedNode, tmp_path: Path) -> None:
    """The same history in SQLite and in PostgreSQL gives an audit of the same name and bytes, in every file."""
    (tmp_path / "other").mkdir()
    kept = []
    for one in (node, AuditedNode(tmp_path / "other").fill()):
        one.keep()
        for number, outcome in ((3, "pass"), (1, "fail"), (3, "indeterminate"), (1, "fail")):
            one.see(number, outcome)
        one.later(1).put(study(4, title="日本語"))
        one.withdraw(2)
        for number in (2, 10, 1):
            curie = f"biostudies:S-BIAD1.{number}"
            append(one.ledger, image(curie, "biostudies:S-BIAD1"), parent="biostudies:S-BIAD1")
        kept.append(one.later(1).keep())
    assert kept[0].name == kept[1].name
    assert bytes_of(kept[0].path) == bytes_of(kept[1].path)


TEXT = st.text(st.characters(blacklist_categories=("Cs",)), max_size=30)
EVIDENCE = st.builds(
    Evidence, TEXT, TEXT, st.none() | st.integers(100, 599), st.sampled_from(["", "2026-01-02T03:04:05Z"])
)
JUDGEMENT = st.builds(
    Judgement,
    st.sampled_from(list(Outcome)),
    TEXT,
    st.lists(EVIDENCE, max_size=2).map(tuple),
    st.lists(TEXT, max_size=2).map(tuple),
    st.none() | st.sampled_from(list(Mender)),
)


@given(st.data())
@settings(max_examples=20)
def test_an_audit_is_read_back_without_the_code_that_judged(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """Whatever metrics said, all tables of the audit read back equal those of the original, byte for byte."""
    few = dict(list(metrics().items())[::20])
    dataset = dataset_of(
        [("study", "0" * 64, study(n, title=data.draw(TEXT) or "x")) for n in range(1, data.draw(st.integers(1, 4)))],
        wanted_facts(few.values()),
    )
    audit = judge_all(dataset, few, {}, NodeFacts(holders={"idr": 2}), software="1")
    drawn = cycle(data.draw(st.lists(JUDGEMENT, min_size=1, max_size=7)))
    said = {one.curie: {name: next(drawn) for name in few} for one in audit.studies}
    audit = replace(
        audit, judgements=Judged.of(said), observed={one.curie: {"identifier": 7} for one in audit.studies[:1]}
    )
    shelf = AuditShelf(tmp_path_factory.mktemp("shelf"))
    back = load_audit(keep_audit(shelf, audit, shipped().values(), KEY, "2026-01-01T00:00:00Z", 3))
    assert back.audit.basis == audit.basis
    assert (back.audit.studies, back.audit.observed) == (audit.studies, audit.observed)
    assert back.benchmarks == dict(shipped())
    bare = load_audit(back.kept, grounds=False).audit.judgements
    assert {curie: {name: (one.outcome, one.said) for name, one in of.items()} for curie, of in bare.items()} == {
        curie: {name: (one.outcome, one.said) for name, one in of.items()} for curie, of in said.items()
    }
    cheap = {".csv", ".wide.csv", ".json", ".jsonld"}
    for benchmark in list(shipped().values())[:2]:
        for one, two in zip(_rendered(audit, benchmark, cheap), _rendered(back.audit, benchmark, cheap), strict=True):
            assert one == two


def _rendered(audit: Audit, benchmark: Benchmark, wanted: set[str]) -> list[bytes]:
    report = make_report(audit, federation_scope(audit, "a test"), benchmark)
    return [form.render(report, LINKS) for suffix, form in forms().items() if suffix in wanted]


def _with_other_metrics(monkeypatch: pytest.MonkeyPatch) -> None:
    """Metrics as a later version of the software may have them: one is gone, one fails everybody."""
    later: dict[str, Any] = {name: one for name, one in metrics().items() if name != "metadata-cc0"}
    strict = replace(
        later["licence-standard"], version="2.0", title="Stricter", judge=lambda s: Judgement(Outcome.FAIL, "No.")
    )
    later["licence-standard"] = strict
    for module in ("catalogue.fair.service", "catalogue.fair.benchmark", "catalogue.fair.metrics.base"):
        monkeypatch.setattr(f"{module}.metrics", lambda: later)


def test_a_frozen_audit_outlives_its_metrics(node: AuditedNode, monkeypatch: pytest.MonkeyPatch) -> None:
    """With other metrics and benchmarks in the software a frozen audit says what it said, in the words of then, and
    stays when rolling ones go; an old position is judged anew under another name.
    """
    kept = node.history.freeze(node.keep().name, "end of project")
    before = node.history.report(kept.name)
    _with_other_metrics(monkeypatch)
    node.reopen("2.0.0")
    for number in range(4, 10):
        node.later(24).put(study(number))
        node.keep()
    assert len(node.history.shelf.names()) == 4
    after = node.history.report(kept.name)
    assert [(item.title, counted.counts) for item, counted in after.items] == [
        (item.title, counted.counts) for item, counted in before.items
    ]
    assert after.audit.metrics["licence-standard"].version == "1.0" and "metadata-cc0" in after.audit.metrics
    assert after.benchmark == before.benchmark
    anew = node.keep(position=3)
    assert anew.name != kept.name
    assert anew.manifest.totals["licence-standard"] == (0, 3, 0, 0)
    again = node.history.verify(kept.name)[-1]
    assert again.held is None and "version 1.2.3" in again.said


@of_files
@pytest.mark.parametrize(
    "name", ["results.parquet", "evidence.parquet", "studies.parquet", "metrics.json", "benchmarks.json"]
)
def test_a_changed_file_is_found(node: AuditedNode, name: str) -> None:
    """One flipped bit in any file, or a missing file, and the audit is neither read nor verified."""
    kept = node.keep()
    content = bytearray((kept.path / name).read_bytes())
    content[len(content) // 2] ^= 1
    (kept.path / name).write_bytes(content)
    with pytest.raises(StoreDamaged, match=name):
        node.history.load(kept.name)
    assert [check.held for check in node.history.verify(kept.name)] == [True, False, True]
    (kept.path / name).unlink()
    with pytest.raises(StoreDamaged, match="lost its file"):
        node.history.load(kept.name)


@of_files
def test_a_changed_manifest_is_found(node: AuditedNode) -> None:
    """Numbers in the manifest cannot be changed, nor signed with another key, without being told."""
    kept = node.keep()
    manifest = json.loads((kept.path / "manifest.json").read_bytes())
    manifest["counts"]["all"]["licence-standard"] = [0, 3, 0, 0]
    (kept.path / "manifest.json").write_bytes(json.dumps(manifest).encode())
    with pytest.raises(StoreDamaged, match="not what was signed"):
        node.history.load(kept.name)
    signature = json.loads((kept.path / "manifest.sig").read_bytes())
    other = NodeKey(b"x" * 32)
    audit = node.audits.make()
    folder = node.home / "elsewhere"
    folder.mkdir()
    content = write_audit(audit, node.audits.benchmarks.values(), folder)
    (kept.path / "manifest.json").write_bytes(content)
    node.ledger.key = other
    assert node.history.verify(kept.name)[0].held is None
    signature["node"] = other.node
    (kept.path / "manifest.sig").write_text(json.dumps(signature))
    assert node.history.verify(kept.name)[0].held is False
    (kept.path / "manifest.sig").write_text("{}")
    with pytest.raises(StoreDamaged, match="cannot be read"):
        node.history.load(kept.name)


@of_files
def test_a_folder_under_another_name_is_refused(node: AuditedNode) -> None:
    """An audit cannot be passed off as that of another position by renaming its folder; names lead nowhere else."""
    kept = node.keep()
    shutil.copytree(kept.path, kept.path.with_name("2026-03-01-9-0-00000000"))
    with pytest.raises(StoreDamaged, match="another audit"):
        node.history.shelf.find("2026-03-01-9-0-00000000")
    for name in ("..", "", "../audits", ".making-1", "2026-03-01-9-0-0000000g", "\x00", "past"):
        assert node.history.shelf.find(name) is None
        with pytest.raises(NotFound):
            node.history.shelf.remove(name)


def test_verifying_makes_the_audit_again(node: AuditedNode) -> None:
    """Signature, files, ledger and bytes hold; after a purge nobody can tell; with a fault in a metric it is told."""
    kept = node.keep()
    node.later(1).put(study(9))
    checks = node.history.verify(kept.name)
    assert [check.held for check in checks] == [True, True, True, True]
    assert checks[-1].said == "Made again from the ledger it has the same bytes."
    faulty = {
        **metrics(),
        "metadata-cc0": replace(metrics()["metadata-cc0"], judge=lambda s: Judgement(Outcome.PASS, "Yes.")),
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("catalogue.fair.service.metrics", lambda: faulty)
        told = node.history.verify(kept.name)[-1]
    assert told.held is False and "evidence.parquet, results.parquet" in told.said
    node.withdraw(2)
    purge(node.ledger, node.later(100).now)
    assert node.history.verify(kept.name)[-1].held is None
    node.ledger.observations.add([])


def test_rolling_ones_go_and_totals_stay(node: AuditedNode) -> None:
    """Of rolling audits the newest stay, `latest` is the newest, a frozen one needs a word more to be removed."""
    names = []
    for number in range(4, 9):
        node.later(24).put(study(number))
        names.append(node.keep().name)
    shelf = node.history.shelf
    assert shelf.names() == names[:1:-1]
    assert shelf.latest() == names[-1]
    assert sorted(name for name, _ in shelf.past()) == names[:2]
    assert shelf.past_manifest(names[0]).studies == 4
    node.history.freeze(names[2], "")
    with pytest.raises(Conflict, match="--frozen"):
        shelf.remove(names[2])
    shelf.remove(names[2], frozen=True)
    shelf.remove(names[-1])
    assert shelf.latest() == names[-2] == shelf.names()[0]
    old = node.keep(position=3)
    assert shelf.latest() == names[-2] and old.name in shelf.names()


def test_pages_show_the_newest_kept_audit(node: AuditedNode) -> None:
    """Without a kept audit one is made of the ledger as it is; with one, that is shown until the next is kept."""
    assert node.audits.newest().basis.position == 3
    node.put(study(4))
    assert node.audits.newest().basis.position == 4
    first = node.keep()
    node.put(study(5))
    shown = node.audits.newest()
    assert shown.basis == first.manifest.basis and node.audits.newest() is shown
    other = AuditedNode.__new__(AuditedNode)
    other.__dict__ |= node.__dict__
    other.reopen()
    other.keep()
    assert node.audits.newest().basis.position == 5


def test_withdrawn_records_leave_kept_audits(node: AuditedNode) -> None:
    """P18: rolling audits of before go; a frozen one keeps outcomes and signature and loses the words of the record."""
    node.put(study(2, license=TERMS))
    rolling = node.keep(position=3)
    frozen = node.history.freeze(node.later(1).keep().name, "cited")
    assert any(TERMS in text for text in texts_of(frozen.path))
    node.later(24).put(study(4))
    node.keep()
    curie = node.withdraw(2)
    purged = purge(node.ledger, node.later(48).now)
    node.history.withdrawn(purged.position)
    assert rolling.name not in node.history.shelf.names()
    loaded = node.history.load(frozen.name)
    assert loaded.kept.redacted == (curie,)
    assert {one.said for one in loaded.audit.judgements[curie].values()} == {
        "The record was withdrawn since; what was found in it is no longer kept."
    }
    assert all(one.evidence == () for one in loaded.audit.judgements[curie].values())
    assert loaded.audit.judgements["biostudies:S-BIAD1"]["licence-standard"].evidence
    assert not any(TERMS in text for text in texts_of(frozen.path))
    assert [check.held for check in node.history.verify(frozen.name)][:3] == [True, True, True]
    node.history.withdrawn(purged.position)
    assert [path.name for path in frozen.path.iterdir() if "evidence" in path.name] == ["evidence-left.parquet"]


@of_files
def test_what_a_killed_process_left_is_swept(node: AuditedNode) -> None:
    """Half a folder is never an audit and goes before the next one is made; two processes do not make at once."""
    kept = node.keep()
    (node.history.shelf.folder / ".making-1").mkdir()
    (node.history.shelf.folder / ".going-x").mkdir()
    node.put(study(4))
    assert node.history.changed()
    node.keep()
    assert not node.history.changed()
    assert sorted(path.name for path in node.history.shelf.folder.iterdir() if path.name.startswith(".")) == []
    assert kept.name in node.history.shelf.names()


def test_latest_leads_to_the_audit_of_now(node: AuditedNode) -> None:
    """A process that was killed before `latest` led to its audit, and a node that states again what it stated before,
    leave no audit that is taken for outdated for ever.
    """
    shelf, first = node.history.shelf, node.keep()
    node.put(study(4))
    second = node.later(1).keep()
    shelf.point(first.name)
    assert node.history.changed()
    assert node.later(1).keep().name == second.name == shelf.latest() and not node.history.changed()
    node.facts = NodeFacts(base_url="https://other.example")
    assert node.later(1).keep().name == shelf.latest() != second.name
    node.facts = NodeFacts()
    again = node.later(1).keep()
    assert again.name == second.name == shelf.latest() and not node.history.changed()
    assert again.made_at == "2026-03-01T16:00:00.000000Z"
    assert node.keep(position=3).name == first.name and shelf.latest() == second.name


@of_files
def test_no_key_no_audit(node: AuditedNode) -> None:
    """What cannot be signed is not kept."""
    node.ledger.key = None
    with pytest.raises(NotFound, match="no key"):
        node.keep()
    assert node.history.shelf.names() == [] and node.history.shelf.find(LATEST) is None
