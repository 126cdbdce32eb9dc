"""The contract of a live check, and how checks are found; members lie beside this file, one each.

A check asks addresses and says what it saw; what that means for a study is its metric's, who may be asked world.py's.
"""

from __future__ import annotations

import hashlib
import pkgutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol
from urllib.parse import urlsplit

from catalogue.fair.outcomes import Outcome
from catalogue.model.namespaces import BASE

if TYPE_CHECKING:
    from catalogue.images.stores import Site
    from catalogue.store.entries import Entry

HERE: Final = "this node"
"""Where a check asks that looks at our own pages."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What an address answered.

    Args:
        url: that was asked; redirects are answers.
        headers: names in lower case.
        content: the body as far as it was asked for.
        took_ms: milliseconds until it was whole.
    """

    url: str
    status: int
    headers: Mapping[str, str]
    content: bytes
    took_ms: int

    @property
    def digest(self) -> str:
        """SHA-256 of the body."""
        return hashlib.sha256(self.content).hexdigest()

    @property
    def media_type(self) -> str:
        """Of the body, in lower case and without parameters; "" where none is told."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


class NoAnswer(Exception):
    """An address gave no answer that decides anything.

    Args:
        said: one sentence.
        status: that it answered all the same, such as 503.
        retry_after_s: seconds it asks to be left alone.
        rests: whoever answers there is to be left alone for now.
    """

    def __init__(
        self, said: str, url: str, status: int | None = None, *, retry_after_s: int = 0, rests: bool = False
    ) -> None:
        super().__init__(said)
        self.said, self.url, self.status = said, url, status
        self.retry_after_s, self.rests = retry_after_s, rests


class Unreachable(NoAnswer):
    """Time-out, cut connection, 429, 5xx: it may be otherwise the next time."""


class Blocked(NoAnswer):
    """A rule forbids the look: ours (private address), robots.txt, or a server that lets us not see (401, 403, 451)."""


class TooLarge(NoAnswer):
    """There is more than a look may read."""


class Visit(Protocol):
    """What a check may ask; the same question of several checks of one look is sent once.

    Each method raises Unreachable, Blocked or TooLarge where there is no answer to be judged.
    """

    @property
    def base(self) -> str:
        """Address of this node without a slash at its end; "" where it was not told."""
        ...

    def here(self, path: str, accept: str = "*/*") -> Answer:
        """What this node answers to a path."""
        ...

    def out(
        self,
        url: str,
        method: Literal["GET", "HEAD"] = "GET",
        *,
        accept: str = "*/*",
        byte_range: tuple[int, int] | None = None,
    ) -> Answer:
        """What an address of somebody else answers."""
        ...

    def site(self, endpoint: str, key: str) -> Site:
        """The objects of one store at somebody else's site, as images are opened."""
        ...

    def trouble(self) -> NoAnswer | None:
        """The last look that gave no answer, also one inside a store; None when every one did."""
        ...


@dataclass(frozen=True)
class Target:
    """What is looked at: a study with some of its images, or this node.

    Args:
        entry: newest version of the study; None for the node.
        images: records of the images that stand for all of the study's.
        withdrawn: names of withdrawn studies that stand for all; of the node only.
    """

    curie: str
    entry: Entry | None = None
    images: Sequence[Mapping[str, Any]] = ()
    withdrawn: Sequence[str] = ()

    @cached_property
    def record(self) -> Mapping[str, Any]:
        """The study's record; empty for the node."""
        return self.entry.record if self.entry is not None else {}

    @property
    def iri(self) -> str:
        """The persistent identifier."""
        return BASE + self.curie


@dataclass(frozen=True, slots=True)
class Seen:
    """What came out of a check.

    Args:
        said: one sentence: what was seen.
        url, status: of the answer that decided.
        add: header lines or other text that would make it pass.
        more: further evidence, small.
    """

    outcome: Outcome
    said: str
    url: str = ""
    status: int | None = None
    add: tuple[str, ...] = ()
    more: Mapping[str, Any] = field(default_factory=dict)


def fine(said: str, answer: Answer | None = None, **more: Any) -> Seen:
    """A PASS, by an answer."""
    return Seen(Outcome.PASS, said, *_place(answer), more=more)


def wrong(said: str, answer: Answer | None = None, *, add: tuple[str, ...] = (), **more: Any) -> Seen:
    """A FAIL, by an answer; never for silence."""
    return Seen(Outcome.FAIL, said, *_place(answer), add=add, more=more)


def unknown(said: str, answer: Answer | None = None, **more: Any) -> Seen:
    """An INDETERMINATE, by an answer that decides nothing."""
    return Seen(Outcome.INDETERMINATE, said, *_place(answer), more=more)


def silent(no: NoAnswer) -> Seen:
    """An INDETERMINATE, since there was no answer."""
    return Seen(Outcome.INDETERMINATE, no.said, no.url, no.status)


def nothing(said: str) -> Seen:
    """NOT APPLICABLE: there is nothing to be looked at."""
    return Seen(Outcome.NOT_APPLICABLE, said)


def _place(answer: Answer | None) -> tuple[str, int | None]:
    return (answer.url, answer.status) if answer is not None else ("", None)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that is looked at.

    Args:
        name: lower-case words joined by hyphens, the same as the file's name with `_` for `-`.
        asks: one sentence: who is asked for what.
        fresh_days: days after which it is looked at again.
        of: `study`, or `node` for what holds for all studies.
        images: how many images of a study it looks at.
        where: addresses that it asks first; none means this node. Those who answer there share one lane.
        look: what it saw; what it raises as NoAnswer is indeterminate.
    """

    name: str
    asks: str
    fresh_days: float
    look: Callable[[Target, Visit], Seen]
    of: Literal["study", "node"] = "study"
    images: int = 0
    where: Callable[[Target], Iterable[str]] = lambda target: ()

    def lane(self, target: Target) -> str:
        """The hosts that it asks, as one word; HERE for this node."""
        hosts = {host for url in self.where(target) if (host := _host(url))}
        return "+".join(sorted(hosts)) or HERE


def _host(url: str) -> str:
    """The host of an address; "" for one that cannot be taken apart, which nobody is asked for."""
    try:
        return urlsplit(url).netloc.lower()
    except ValueError:
        return ""


def folded(seen: Mapping[str, Seen]) -> Seen:
    """What several images or files say together: one that fails decides, then one that nobody can tell.

    Args:
        seen: what it is -> what was seen of it, in the order looked at; at least one.
    """
    order = (Outcome.FAIL, Outcome.INDETERMINATE, Outcome.PASS)
    worst = next(outcome for outcome in order if any(one.outcome is outcome for one in seen.values()))
    name, first = next((name, one) for name, one in seen.items() if one.outcome is worst)
    if len(seen) == 1:
        return first
    same = sum(one.outcome is worst for one in seen.values())
    which = f"{same} of {len(seen)}" if worst is Outcome.PASS else name[:200]
    said = f"{first.said.removesuffix('.')} ({which})."
    more = {"each": {name: {"outcome": one.outcome.value, "said": one.said} for name, one in seen.items()}}
    return Seen(worst, said, first.url, first.status, first.add, {**first.more, **more})


@cache
def checks() -> Mapping[str, Check]:
    """Name -> check, by name; every file beside this one that has CHECK."""
    package = import_module(__package__)
    found = {}
    for module in pkgutil.iter_modules(package.__path__):
        check = getattr(import_module(f"{__package__}.{module.name}"), "CHECK", None)
        if check is not None:
            found[check.name] = check
    return dict(sorted(found.items()))
