"""Which profile is tested by which module of cases."""

from __future__ import annotations

from collections.abc import Iterator
from types import ModuleType

from tests.model.profiles import datacite, dcat, gide, human, mifa, ngff, reference, rembi

PROFILES: dict[str, ModuleType] = {
    "datacite-4.5": datacite,
    "dcat-ap-3": dcat,
    "gide-0.2": gide,
    "human-data-1": human,
    "mifa-1.0": mifa,
    "ngff-image-1": ngff,
    "reference-image-1": reference,
    "rembi-1.5": rembi,
}
# Its good and bad graphs are those of tests/validation/test_source_profiles.py.
ELSEWHERE = frozenset({"gide-0.2-crate"})


def bad_examples(name: str) -> Iterator[bytes]:
    """N-Triples of every faulty record of a profile, each about things of its own, so that they can stand together."""
    for number, case in enumerate(PROFILES[name].CASES if name in PROFILES else ()):
        yield case.data.replace(b"/ommatidia/biostudies:", b"/ommatidia/%d:" % number).replace(
            b"/ommatidia/idr:", b"/ommatidia/%d:" % number
        )
