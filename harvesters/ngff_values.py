"""Single values of OME-Zarr attributes as writers give them, and the findings about odd ones; pure."""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from typing import Any, Final

from catalogue.model.documents import Finding, Severity

MAX_TEXT: Final = 2_000
# Controls that are no blanks, and halves of a surrogate pair, which no encoding can write.
_NO_CHARACTER: Final = re.compile(r"[\x00-\x08\x0e-\x1b\x7f\ud800-\udfff]")
# A plate of a thousand images says the same of each; the rest is counted in a last finding.
MAX_FINDINGS_PER_CODE: Final = 50


class Findings(list[Finding]):
    """Findings in the order they were met, fifty of a kind at most."""

    def __init__(self) -> None:
        super().__init__()
        self._counts: Counter[str] = Counter()

    def note(self, code: str, severity: Severity, path: str, value: object, message: str) -> None:
        """Add one; the value is cut to 500 characters."""
        self._counts[code] += 1
        if self._counts[code] <= MAX_FINDINGS_PER_CODE:
            self.append(Finding(code, severity, shown(path)[:200], shown(value), message))

    def closed(self) -> list[Finding]:
        """All that were kept, and for each kind with more than fifty how many there were."""
        return [
            *self,
            *(
                Finding(code, Severity.WARNING, "", str(times), f"{times} findings of this kind in all.")
                for code, times in self._counts.items()
                if times > MAX_FINDINGS_PER_CODE
            ),
        ]


def shown(value: object) -> str:
    """The value as a finding shows it: at most 500 characters that can be written as UTF-8."""
    return str(value)[:500].encode(errors="backslashreplace").decode()


def finite(value: object) -> float | None:
    """The number, None for anything that is no finite number (a 400-digit integer and a boolean among it)."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def whole(value: object) -> int | None:
    """The integer from 0 on that an index or a count is, else None."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53 else None


def text(value: object) -> str | None:
    """The text with its blanks tidied; None for what is none, says nothing, is very long or holds no characters."""
    if not isinstance(value, str) or len(value) > MAX_TEXT or _NO_CHARACTER.search(value):
        return None
    return " ".join(value.split()) or None


def json_text(value: Any) -> str | None:
    """The value as JSON in ASCII; None where it is too long or holds what JSON cannot say."""
    try:
        written = json.dumps(value, separators=(",", ":"), allow_nan=False)
    except (ValueError, RecursionError):
        return None
    return written if len(written) <= MAX_TEXT else None
