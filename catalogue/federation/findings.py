"""What was found about an endpoint: what is wrong, why it matters, what to do."""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding.

    Args:
        level: `ok`; `note`; `warning`, somebody should mend it; `problem`, it keeps the endpoint or its records out.
        check: what was looked at.
        what: what is so.
        why, do: why it matters and what to do; "" where nothing is to be done.
    """

    level: str
    check: str
    what: str
    why: str = ""
    do: str = ""

    def document(self) -> dict[str, str]:
        """The finding as JSON-ready values."""
        return asdict(self)


def ok(check: str, what: str) -> Finding:
    """All is well."""
    return Finding("ok", check, what)


def note(check: str, what: str, why: str = "", do: str = "") -> Finding:
    """Worth knowing."""
    return Finding("note", check, what, why, do)


def warning(check: str, what: str, why: str, do: str) -> Finding:
    """Should be mended."""
    return Finding("warning", check, what, why, do)


def problem(check: str, what: str, why: str, do: str) -> Finding:
    """Keeps the endpoint, or records of it, out."""
    return Finding("problem", check, what, why, do)


def counted(number: int, word: str) -> str:
    """A number with its word: 1 problem, 2 problems."""
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
