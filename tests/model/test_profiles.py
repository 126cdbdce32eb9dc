"""Headers of profiles: every one present is complete, and an incomplete one is refused by what it lacks."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalogue import resources
from catalogue.model import validation
from catalogue.model.profiles import Subject, get_profile, profiles, read_profile
from catalogue.problems import BadRequest

HEADER = """\
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix omsh: <https://w3id.org/ommatidia/shapes/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix prof: <http://www.w3.org/ns/dx/prof/> .

omsh:test-1.0
    a prof:Profile ;
    dcterms:title "A test" ;
    dcterms:description "What it asks." ;
    owl:versionInfo "1.0" ;
    prof:hasToken "test-1.0" ;
    omsh:appliesTo omsh:Records , omsh:SourceGraphs .
"""


def written(folder: Path, text: str, name: str = "test-1.0.ttl") -> Path:
    """A profile file."""
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def test_every_profile_has_a_header() -> None:
    """Each file of shapes/profiles says title, version, what it is about, and carries its own name."""
    found = profiles()
    assert {"gide-0.2", "gide-0.2-crate"} <= set(found) == set(validation.profiles())
    for name, profile in found.items():
        assert profile.name == name and profile.iri.endswith(f"/{name}")
        assert profile.title and profile.description and profile.version and profile.applies_to
        assert profile.source == "" or profile.source.startswith(("http://", "https://"))
    assert found["gide-0.2"].applies_to == {Subject.RECORDS}
    assert found["gide-0.2-crate"].applies_to == {Subject.SOURCE_GRAPHS}


def test_header_is_read(tmp_path: Path) -> None:
    """What the header says is what the profile has; an address of the specification may be missing."""
    profile = read_profile(written(tmp_path, HEADER))
    assert (profile.name, profile.title, profile.version, profile.source) == ("test-1.0", "A test", "1.0", "")
    assert profile.applies_to == set(Subject)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("a prof:Profile", "a prof:Thing", "prof:Profile"),
        ('prof:hasToken "test-1.0"', 'prof:hasToken "test"', "hasToken"),
        ('dcterms:title "A test"', 'dcterms:title "A test", "Another"', "title"),
        ('owl:versionInfo "1.0"', 'owl:versionInfo " "', "versionInfo"),
        ("omsh:Records , omsh:SourceGraphs", "omsh:Everything", "appliesTo"),
        ("omsh:Records , omsh:SourceGraphs", "omsh:Records , omsh:Everything", "appliesTo"),
    ],
)
def test_incomplete_header_is_refused(old: str, new: str, said: str, tmp_path: Path) -> None:
    """A header that lacks a part is refused with the part and the file."""
    with pytest.raises(ValueError, match=f"test-1.0.ttl.*{said}"):
        read_profile(written(tmp_path, HEADER.replace(old, new)))


def test_unknown_profile_lists_those_present() -> None:
    """Asking for a profile that is not there names all that are."""
    with pytest.raises(BadRequest, match=r"gide-0\.3.*gide-0\.2, gide-0\.2-crate"):
        get_profile("gide-0.3")


def test_a_profile_is_one_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file laid beside the others is a profile at once: listed, and held against records."""
    from tests.validation.checking import STUDY, check

    shape = """
    @prefix sh: <http://www.w3.org/ns/shacl#> .
    omsh:test-1.0-Study a sh:NodeShape ; sh:targetClass <https://w3id.org/ommatidia/terms/Study> ;
        sh:property omsh:test-1.0-Study-keywords .
    omsh:test-1.0-Study-keywords a sh:PropertyShape ; sh:path <http://www.w3.org/ns/dcat#keyword> ;
        sh:name "keywords" ; sh:minCount 1 ; sh:message "Give keywords" ; sh:severity sh:Warning .
    """
    written(tmp_path, HEADER + shape)
    monkeypatch.setattr(resources, "profiles_dir", lambda: tmp_path)
    profiles.cache_clear()
    validation.profiles.cache_clear()
    try:
        assert list(profiles()) == ["test-1.0"]
        (found,) = check(STUDY, "test-1.0").results
        assert (found.severity, found.path, found.profile) == ("warning", "keywords", "test-1.0")
    finally:
        profiles.cache_clear()
        validation.profiles.cache_clear()


def test_readme_of_profiles_shows_a_header_that_is_one(tmp_path: Path) -> None:
    """The header in shapes/profiles/README.md is complete."""
    readme = (resources.profiles_dir() / "README.md").read_text("utf-8")
    block = readme.partition("## Header")[2].partition("`NAME` is")[0]
    prefixes = "\n".join(line for line in HEADER.splitlines() if line.startswith("@prefix"))
    text = prefixes + block.replace("NAME", "test-1.0")
    assert read_profile(written(tmp_path, text)).version == "1.5"
