"""What metrics say of studies, in little memory: outcomes as numbers, words and evidence packed study by study.

An audit has hundreds of thousands of judgements, most of which nobody looks at; as objects they took ten times more.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from catalogue.fair.outcomes import Evidence, Judgement, Mender, Outcome, Verdict
from catalogue.store.entries import compact_json
from catalogue.store.originals import Packer, decompress

_MENDERS: Final = (None, *Mender)
_VERDICTS: Final = tuple(Verdict(outcome, mender) for outcome in Outcome for mender in _MENDERS)
_NUMBERS: Final = {verdict: number for number, verdict in enumerate(_VERDICTS)}
_FIELDS: Final = ("text", "url", "status", "observed_at")


class Line(NamedTuple):
    """A judgement as text.

    Args:
        evidence: JSON, a list of objects in which fields that say nothing are left out; "" for none.
        add: JSON, a list of texts; "" for none.
    """

    verdict: Verdict
    said: str
    evidence: str = ""
    add: str = ""


def line_of(judgement: Judgement) -> Line:
    """The judgement as text."""
    add = compact_json(list(judgement.add)) if judgement.add else ""
    return Line(Verdict(judgement.outcome, judgement.mender), judgement.said, _written(judgement.evidence), add)


def _written(found: tuple[Evidence, ...]) -> str:
    if not found:
        return ""
    return compact_json(
        [
            {name: value for name in _FIELDS if (value := getattr(one, name)) is not None and value != ""}
            for one in found
        ]
    )


class Judged(Mapping[str, Mapping[str, Judgement]]):
    """CURIE -> metric -> judgement, unpacked when it is asked for; outcomes and menders are at hand.

    Args:
        metrics: identifiers; every study has a judgement of each.
        lines: (CURIE, its judgements in the order of the metrics).
    """

    def __init__(self, metrics: Iterable[str], lines: Iterable[tuple[str, Iterable[Line]]]) -> None:
        self._place = {name: place for place, name in enumerate(metrics)}
        pack = Packer().compress
        self._studies: dict[str, tuple[bytes, bytes]] = {}
        for curie, of_study in lines:
            verdicts, *texts = zip(*of_study, strict=True) if self._place else ((), (), (), ())
            numbers = bytes(map(_NUMBERS.__getitem__, verdicts))
            self._studies[curie] = numbers, pack(compact_json(texts).encode())

    @classmethod
    def of(cls, judgements: Mapping[str, Mapping[str, Judgement]]) -> Judged:
        """Judgements that are in memory."""
        names = next(iter(judgements.values()), {})
        return cls(names, ((curie, [line_of(of[name]) for name in names]) for curie, of in judgements.items()))

    def __getitem__(self, curie: str) -> Mapping[str, Judgement]:
        numbers, packed = self._studies[curie]
        said, evidence, add = json.loads(decompress(packed))
        told = zip(numbers, said, _parsed(evidence), _parsed(add), strict=True)
        return dict(zip(self._place, (_judgement(*one) for one in told), strict=True))

    def __iter__(self) -> Iterator[str]:
        return iter(self._studies)

    def __len__(self) -> int:
        return len(self._studies)

    def __contains__(self, curie: object) -> bool:
        return curie in self._studies

    def lines(self, curie: str) -> Iterator[Line]:
        """The judgements of a study as text, in the order of the metrics."""
        numbers, packed = self._studies[curie]
        said, evidence, add = json.loads(decompress(packed))
        return map(Line, (_VERDICTS[number] for number in numbers), said, evidence, add)

    def verdict(self, curie: str, metric: str) -> Verdict:
        """Outcome and mender of one judgement."""
        return _VERDICTS[self._studies[curie][0][self._place[metric]]]

    def verdicts(self, curie: str) -> dict[str, Verdict]:
        """Metric -> outcome and mender, of a study."""
        return dict(zip(self._place, map(_VERDICTS.__getitem__, self._studies[curie][0]), strict=True))


def _parsed(texts: Iterable[str]) -> list[Any]:
    """What each text says in JSON, an empty one nothing; read at once, which takes a third of the time."""
    found: list[Any] = json.loads(f"[{','.join(text or '[]' for text in texts)}]")
    return found


def _judgement(number: int, said: str, evidence: list[dict[str, Any]], add: list[str]) -> Judgement:
    verdict = _VERDICTS[number]
    return Judgement(verdict.outcome, said, tuple(map(_evidence, evidence)), tuple(add), verdict.mender)


def _evidence(said: dict[str, Any]) -> Evidence:
    return Evidence(said.get("text", ""), said.get("url", ""), said.get("status"), said.get("observed_at", ""))
