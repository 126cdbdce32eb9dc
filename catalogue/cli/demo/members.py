"""Writes the demo members' archives and runs each as a web server of its own."""

from __future__ import annotations

import contextlib
import csv
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final

from catalogue.cli.demo.crates import SUFFIX, Dialect, render_broken_crate, render_crate
from catalogue.cli.demo.stores import DemoImage, write_store
from catalogue.cli.demo.studies import BIA_STUDIES, IDR_STUDIES, SSBD_STUDIES, DemoStudy

START_S: Final = 20.0
_COLUMNS: Final = (
    "url",
    "origin",
    "name",
    "license",
    "organismId",
    "organism",
    "fbbiId",
    "method",
    "identifier",
    "written",
)
# Delivered cut off in the middle, so that the quarantine has something to show.
_BROKEN: Final = DemoStudy(
    "S-BIAD900005",
    "A crate whose transfer broke off",
    "It cannot be read.",
    "2026-07-01",
    BIA_STUDIES[0].license,
    ("Rosa Demo",),
    BIA_STUDIES[0].taxa,
    BIA_STUDIES[0].methods,
    "none",
    "none",
)


@dataclass(frozen=True, slots=True)
class Member:
    """One demo archive on disk.

    Args:
        key: short name, such as `bia`.
        owners: prefixes whose accessions it may speak for.
        crates_path: path of the index of its crates below its address.
        list_path: path of the list of its images below its address.
    """

    key: str
    name: str
    folder: Path
    owners: tuple[str, ...]
    crates_path: str = "crates/index.json"
    list_path: str = "images.csv"


@dataclass(slots=True)
class RunningMember:
    """A member being served; `url` ends in a slash. A context manager: leaving it stops the server."""

    member: Member
    url: str
    process: subprocess.Popen[str]

    def stop(self) -> None:
        """End the server and wait for it."""
        self.process.terminate()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()

    def __enter__(self) -> RunningMember:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


_MEMBERS: Final[tuple[tuple[str, str, Dialect, tuple[str, ...], tuple[DemoStudy, ...]], ...]] = (
    ("bia", "BioImage Archive (demo)", "bia", ("biostudies", "empiar"), BIA_STUDIES),
    ("idr", "IDR (demo)", "idr", ("idr",), IDR_STUDIES),
    ("ssbd", "SSBD (demo)", "ssbd", ("ssbd",), SSBD_STUDIES),
)


def write_members(folder: Path, progress: Callable[[str], None] = lambda line: None) -> list[Member]:
    """Write all members' crates, lists and images below `folder`; equal bytes on every run.

    Args:
        progress: told one line a member.
    """
    members = []
    for key, name, dialect, owners, studies in _MEMBERS:
        member = Member(key, name, folder / key, owners)
        written = _write(member, dialect, studies)
        images = sum(len(study.images) for study in studies)
        progress(f"{name}: {len(studies)} studies, {images} images, {written / 1e6:.1f} MB")
        members.append(member)
    return members


def _write(member: Member, dialect: Dialect, studies: tuple[DemoStudy, ...]) -> int:
    crates = member.folder / "crates"
    crates.mkdir(parents=True, exist_ok=True)
    sizes: dict[str, int] = {}
    rows = []
    for study in studies:
        for image in study.images:
            sizes[image.key] = write_store(image, member.folder)
            rows.append(_row(image, study, sizes[image.key]))
        total = sum(sizes[image.key] for image in study.images)
        files = sum(1 for image in study.images for file in (member.folder / image.key).rglob("*") if file.is_file())
        (crates / (study.accession + SUFFIX)).write_bytes(render_crate(study, dialect, total, files))
    if member.key == "bia":
        (crates / (_BROKEN.accession + SUFFIX)).write_bytes(render_broken_crate(_BROKEN, dialect))
    names = sorted(file.name for file in crates.glob("*" + SUFFIX))
    (crates / "index.json").write_text(json.dumps(names, indent=2), "utf-8")
    with (member.folder / member.list_path).open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, _COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    return sum(sizes.values())


def _row(image: DemoImage, study: DemoStudy, size_bytes: int) -> dict[str, str]:
    cells = (
        image.key,
        study.accession,
        image.title,
        study.license,
        image.organism,
        study.taxa[0][1],
        image.method,
        study.methods[0][1],
        image.identifier,
        str(size_bytes),
    )
    return dict(zip(_COLUMNS, cells, strict=True))


def start_member(member: Member, port: int = 0) -> RunningMember:
    """Serve a member from a process of its own on loopback; it ends with this process.

    Args:
        port: 0 picks a free one.
    Raises:
        RuntimeError: the server did not come up.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", "catalogue.cli.demo.member_server", str(member.folder), "--port", str(port)],
        stdout=subprocess.PIPE,
        text=True,
    )
    line = process.stdout.readline().strip() if process.stdout is not None else ""
    if not line.startswith("http://"):
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        process.wait()
        raise RuntimeError(f"The server of {member.name} did not start on port {port}.")
    return RunningMember(member, line, process)
