"""The real history of the three GIDE members, harvested commit by commit (R14, R16, field.md section 5)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.bench.replay_history import MEMBERS, Replay, Repository, Step
from tests.conftest import PARTNERS

pytestmark = [pytest.mark.partners, pytest.mark.slow]


@dataclass
class Replayed:
    """One member, replayed to its end."""

    replay: Replay
    repository: Repository
    steps: list[Step]
    quarantined: dict[str, dict[str, str]]


@pytest.fixture(scope="module", params=sorted(MEMBERS))
def replayed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Replayed]:
    """Each member in a ledger of its own; what was in quarantine is noted snapshot by snapshot."""
    folder: Path = tmp_path_factory.mktemp(request.param)
    replay, repository = Replay(folder), Repository(folder / request.param, request.param)
    steps, quarantined = [], {}
    for step in replay.steps(request.param, repository):
        steps.append(step)
        quarantined[step.snapshot] = {row.item: row.detail for row in replay.ledger.quarantined(step.member)}
    yield Replayed(replay, repository, steps, quarantined)
    replay.ledger.close()


def told(member: str) -> list[dict[str, object]]:
    """What changes.json says of each snapshot."""
    found: list[dict[str, object]] = json.loads((PARTNERS / "gide-history" / member / "changes.json").read_text())
    return found


def test_live_set_equals_the_source_after_every_step(replayed: Replayed) -> None:
    """R16: once what was held is let pass, we hold what the source holds; before that, the old state and the growth."""
    for before, step in zip([None, *replayed.steps], replayed.steps, strict=False):
        assert step.ours_live == step.source_live, step
        if step.held:
            assert before is not None
            assert step.served_while_held == step.source_live + step.held, step


def test_end_state_is_the_sources(replayed: Replayed) -> None:
    """The records that are live at the end are those of the files that are there at the end, one for one."""
    member = replayed.steps[0].member
    names = {name.removesuffix("-ro-crate-metadata.json") for name in replayed.repository.files()}
    accessions = {curie.partition(":")[2] for curie in replayed.replay.live(member)}
    assert accessions == {name.removeprefix("EMPIAR-") for name in names}


def test_deletions_become_tombstones_and_mass_deletions_are_held(replayed: Replayed) -> None:
    """R14, R16: each file gone between two commits is one tombstone; more than max(5, 5 %) of them were held first."""
    deleted = {str(change["snapshot"]): len(change["deleted"]) for change in told(replayed.steps[0].member)}  # type: ignore[arg-type]
    for before, step in zip(replayed.steps, replayed.steps[1:], strict=False):
        assert step.withdrawn == deleted[step.snapshot], step
        too_many = step.withdrawn > max(5, before.ours_live // 20)
        assert step.held == (step.withdrawn if too_many else 0), step
    batches = replayed.replay.ledger.held_batches(replayed.steps[0].member)
    assert [(batch.state, batch.total) for batch in reversed(batches)] == [
        ("accepted", step.held) for step in replayed.steps if step.held
    ]


def test_records_under_a_new_root_are_the_same_records(replayed: Replayed) -> None:
    """A record that got another root @id is found under the old one, which it lists as former (252 of SSBD)."""
    ledger = replayed.replay.ledger
    changed = [root for change in told(replayed.steps[0].member) for root in change["root_id_changed"]]  # type: ignore[attr-defined]
    real = [root for root in changed if root["new"].startswith("http")]
    assert sum(step.renamed for step in replayed.steps) == len(real)
    for root in real:
        curie = ledger.find_alias(root["old"])
        head = ledger.head(curie or "")
        assert head is not None, root
        if head.status == "public":
            assert head.record["landing_page"] == root["new"]
            assert root["old"] in head.record["former_identifiers"]


def test_broken_root_is_quarantined_and_the_old_version_stays(replayed: Replayed) -> None:
    """R19: S-BSST1019 under the root @id `c` is in quarantine, its last good version served; no other is."""
    for step in replayed.steps:
        broken = {name.rpartition("/")[2]: detail for name, detail in replayed.quarantined[step.snapshot].items()}
        if (step.member, step.snapshot) == ("bia", "3"):
            assert set(broken) == {"S-BSST1019-ro-crate-metadata.json"} and "'c'" in next(iter(broken.values()))
        else:
            assert broken == {}, step


def test_second_reading_appends_nothing(replayed: Replayed) -> None:
    """R4: each snapshot harvested again, also whole, changes nothing; the ledger has no fault."""
    assert {step.again for step in replayed.steps} == {0}
    assert list(replayed.replay.ledger.fsck()) == []
