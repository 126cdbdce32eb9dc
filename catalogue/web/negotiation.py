"""Which form of a document a client asked for: by suffix of the address, else by Accept (RFC 9110, 12.5.1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from werkzeug.datastructures import MIMEAccept
from werkzeug.http import parse_options_header

from catalogue.exchange.base import Format, formats
from catalogue.problems import NotAcceptable

HTML = "text/html"
_MAX_RANGES = 50


@dataclass(frozen=True, slots=True)
class Offer:
    """One form that a document can take.

    Args:
        suffix: what its address ends with; "" for the page.
        profile: profile IRI that sets it apart from another offer of the same media type.
        also: further media types under which clients ask for it.
    """

    media_type: str
    suffix: str
    title: str
    profile: str | None = None
    also: tuple[str, ...] = ()
    member: Format | None = None


PAGE = Offer(HTML, "", "Web page", also=("application/xhtml+xml",))
_ALSO = {
    ".jsonld": ("application/json",),
    ".ttl": ("application/x-turtle",),
}
# Readers that keep one link a relation keep the last, so that this one is RDF.
_ORDER = (".jsonld", ".ttl", ".nt", ".nq", ".datacite.json", ".crate.json", ".croissant.json")


@cache
def offers(record_type: str) -> tuple[Offer, ...]:
    """All forms of a record of this type, the page first, then in order of preference."""
    found = [
        Offer(
            member.media_type,
            member.suffix,
            member.title,
            member.profile,
            _ALSO.get(member.suffix, ()),
            member,
        )
        for member in formats()
        if record_type in member.types
    ]
    rank = {suffix: place for place, suffix in enumerate(_ORDER)}
    return (PAGE, *sorted(found, key=lambda offer: (rank.get(offer.suffix, 99), offer.suffix)))


def choose(accept: MIMEAccept, available: Sequence[Offer]) -> Offer:
    """The offer that the Accept header likes best; of those the one it names most closely, then the earlier one.

    Raises:
        NotAcceptable: the header rules out every offer; `available` lists them.
    """
    ranges = [_range(value, quality) for value, quality in list(accept)[:_MAX_RANGES]]
    if not ranges:
        return available[0]
    scored = [(*_score(offer, ranges), -place, offer) for place, offer in enumerate(available)]
    quality, _, _, best = max(scored, key=lambda item: item[:3])
    if quality <= 0:
        known = [offer.media_type for offer in available]
        raise NotAcceptable(
            f"None of the media types asked for can be given here; ask for one of {', '.join(dict.fromkeys(known))}.",
            available=list(dict.fromkeys(known)),
        )
    return best


def _range(value: str, quality: float) -> tuple[str, str, float]:
    media_type, options = parse_options_header(value)
    return media_type.lower(), options.get("profile", "").strip(), quality


def _score(offer: Offer, ranges: Sequence[tuple[str, str, float]]) -> tuple[float, int]:
    """Quality given by the range that names the offer most closely, and how closely that is; 0 when none does."""
    best = (-1, 0.0)
    for media_type, profile, quality in ranges:
        specificity = _specificity(offer, media_type, profile)
        if specificity >= 0 and (specificity, quality) > best:
            best = (specificity, quality)
    return best[1], best[0]


def _specificity(offer: Offer, media_type: str, profile: str) -> int:
    """How closely a range names the offer: 3 profile, 2 type, 1 `type/*`, 0 `*/*`, -1 not at all."""
    if media_type == "*/*":
        return 0
    if media_type.endswith("/*"):
        return 1 if offer.media_type.startswith(media_type[:-1]) else -1
    if media_type != offer.media_type and media_type not in offer.also:
        return -1
    wanted = profile.split()
    if offer.profile is not None:
        # A crate is given to those who name its profile, not to whoever takes any JSON-LD.
        return 3 if any(name.startswith(offer.profile) for name in wanted) else -1
    return 2
