"""A transport over texts in memory, with addresses that fail on request."""

from __future__ import annotations

from dataclasses import dataclass, field

from catalogue.problems import FetchRefused, SourceUnavailable


@dataclass
class Answer:
    """Status and body."""

    status: int
    content: bytes


@dataclass
class MemorySite:
    """Answers for addresses it holds, 404 for others.

    Args:
        failing: address prefix -> HTTP status, 0 for no answer at all, -1 for a refusal by rule.
    """

    held: dict[str, bytes] = field(default_factory=dict)
    failing: dict[str, int] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def add(self, base: str, texts: dict[str, str]) -> None:
        """Serve texts below an address."""
        self.held |= {base + path: text.encode() for path, text in texts.items()}

    def get(self, url: str, *, max_bytes: int | None = None) -> Answer:
        """The answer to one GET."""
        self.asked.append(url)
        for prefix, status in self.failing.items():
            if url.startswith(prefix) and status <= 0:
                raise (FetchRefused("private address", rule="x") if status else SourceUnavailable("no answer"))
            if url.startswith(prefix):
                return Answer(status, b"")
        content = self.held.get(url)
        return Answer(404, b"") if content is None else Answer(200, content)
