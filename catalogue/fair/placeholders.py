"""What fills a field and says nothing: the name of a kind of protocol instead of its text, a term above all methods."""

from __future__ import annotations

import re
from typing import Final

from catalogue.model.namespaces import ONTOLOGIES

FBBI: Final = ONTOLOGIES["FBbi"]["namespace"]
# "imaging method" and "recorded image", which stands above all kinds of microscopy: the only one of 94 studies of SSBD.
_ABOVE_ALL: Final = frozenset({FBBI + "00000222", FBBI + "00000265"})
# idr0147 describes its growth protocol by "growth protocol"; misspelt as in idr0113 and idr0005.
_KINDS: Final = frozenset(
    {
        "hcs", "growth", "treatment", "library", "image", "acquisition", "acquistion", "aquistion", "and", "feature",
        "extraction", "data", "analysis", "protocol", "recorded", "imaging", "method",
    }
)  # fmt: skip
_WORD: Final = re.compile(r"\w+")


def says_nothing(text: str) -> bool:
    """Whether a text only repeats what kind of field it stands in, such as `growth protocol`, or has no words."""
    return _KINDS.issuperset(_WORD.findall(text.lower()))


def names_no_method(term: str) -> bool:
    """Whether a term (IRI) of FBbi stands above all methods, so that it tells none."""
    return term in _ABOVE_ALL
