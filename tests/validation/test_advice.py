"""Words of advice hold for every field of the model, not only for those of today's examples."""

from __future__ import annotations

import pytest

from catalogue.model.table import Slot, classes
from catalogue.validation import advice
from catalogue.validation.fitting import fits

SLOTS = sorted({slot.key: slot for kind in classes().values() for slot in kind.slots}.items())
WRONG = [None, [], {}, "", "x", 12, 1.5, True, ["x"], [{}]]


@pytest.mark.parametrize("slot", [slot for _, slot in SLOTS], ids=[key for key, _ in SLOTS])
def test_every_field_can_be_advised_on(slot: Slot) -> None:
    """Whatever is wrong with a field, the message names it and says in words what is needed."""
    for value in WRONG:
        said = advice.about_value(slot, value)
        assert not said.suggestion or fits(slot, said.suggestion)
        assert said.message.startswith(slot.key)
        assert "\\S" not in said.message and "^" not in said.message
    assert advice.about_missing_field(slot.key, slot).message.startswith(f"{slot.key} is missing; give ")
    listed = advice.about_list(slot, "a")
    assert listed.message.startswith(slot.key) and (not listed.suggestion or fits(slot, listed.suggestion))
    assert slot.description


@pytest.mark.parametrize(
    ("given", "known", "meant"),
    [
        ("licence", {"license", "title"}, "license"),
        ("datePublished", {"date_published"}, "date_published"),
        ("Date-Published", {"date_published"}, "date_published"),
        ("organism", {"organisms"}, "organisms"),
        ("open", {"PUBLIC", "RESTRICTED"}, ""),
        ("public", {"PUBLIC", "NON_PUBLIC"}, "PUBLIC"),
        ("x" * 100_000, {"license"}, ""),
        ("", {"license"}, ""),
    ],
)
def test_closest_word(given: str, known: set[str], meant: str) -> None:
    """A word close by is proposed, and none where none is close."""
    assert advice.closest(given, known) == meant


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("fbbi:00000246", "FBbi:00000246"),
        ("NCBI:txid9606", "NCBITaxon:9606"),
        ("FBbi_00000369", "FBbi:00000369"),
        ("ABC:1", ""),
        ("idr:idr0001", ""),
        ("no curie", ""),
    ],
)
def test_prefix_is_proposed_only_where_the_rest_fits(given: str, meant: str) -> None:
    """A term in another form is told as its CURIE; a prefix close by is no suggestion when its terms look different."""
    assert advice.about_prefix(given) == meant


def test_field_of_another_class_is_told() -> None:
    """A field in the wrong place is told to which class it belongs."""
    said = advice.about_unknown_field("orcid", classes()["Study"])
    assert "field of" in said.help and "Person" in said.help
