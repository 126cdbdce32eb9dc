from __future__ import annotations

import pytest

from catalogue.model.sizes import human_size
from catalogue.web.citation import cite, cite_bibtex, cite_ris
from catalogue.web.licences import describe_licence
from catalogue.web.text import header_url, is_public, plain, safe_url
from tests.web.studies_for_pages import bare_study, study


def test_citation_names_people_year_title_archive_and_identifier() -> None:
    """One line that can be pasted into a reference list."""
    assert str(cite(study())) == (
        "Ana Ruiz, Kenji Sato, מרים כהן (2024). "
        "Light-sheet imaging of the beating heart in zebrafish embryos [Data set]. "
        "BioImage Archive, S-BIAD90001. https://w3id.org/ommatidia/biostudies:S-BIAD90001"
    )


def test_citation_invents_nothing() -> None:
    """Without a date there is none; the archive is named by its prefix where the record does not name it."""
    text = str(cite(bare_study()))
    assert "(no date)" in text and "Image Data Resource, idr9001" in text


def test_empiar_is_cited_as_it_writes_itself() -> None:
    """An EMPIAR entry is cited EMPIAR-10311, although its identifier is empiar:10311."""
    record = bare_study() | {"id": "empiar:10311", "accession": "10311", "owner": "empiar"}
    assert "EMPIAR, EMPIAR-10311." in str(cite(record))


def test_long_author_lists_are_cut() -> None:
    """Of sixty authors nineteen are named."""
    people = [{"type": "Person", "id": f"x/author/{n}", "name": f"Author {n}"} for n in range(60)]
    cited = cite(bare_study() | {"authors": people})
    assert len(cited.authors) == 20 and cited.authors[-1] == "et al."


def test_bibtex_escapes_what_latex_would_take() -> None:
    """Characters that TeX interprets are written so that they print."""
    entry = cite_bibtex(bare_study() | {"title": "50% of {cells} & $more_#~^\\"})
    title = r"50\% of \{cells\} \& \$more\_\#\textasciitilde{}\textasciicircum{}\textbackslash{}"
    assert "title = {{" + title + "}}" in entry
    assert entry.startswith("@misc{idridr9001,\n")


def test_bibtex_keeps_a_name_it_cannot_take_apart_whole() -> None:
    """A name given in one piece is braced; one given in two is inverted."""
    assert "author = {Ruiz, Ana and {Kenji Sato} and {מרים כהן}}" in cite_bibtex(study())


def test_ris_has_one_field_a_line() -> None:
    """Type first, end last, CR LF between."""
    lines = cite_ris(study()).split("\r\n")
    assert lines[0] == "TY  - DATA" and lines[-2] == "ER  - "
    assert "DA  - 2024/05/17" in lines and lines.count("AU  - Ruiz, Ana") == 1


@pytest.mark.parametrize(
    ("url", "name", "spdx"),
    [
        ("https://creativecommons.org/licenses/by/4.0/", "CC BY 4.0", "CC-BY-4.0"),
        ("http://creativecommons.org/licenses/by-nc-sa/3.0", "CC BY-NC-SA 3.0", "CC-BY-NC-SA-3.0"),
        ("https://creativecommons.org/publicdomain/zero/1.0/", "CC0 1.0", "CC0-1.0"),
    ],
)
def test_known_licences_have_names(url: str, name: str, spdx: str) -> None:
    """Creative Commons addresses become names and SPDX identifiers."""
    found = describe_licence(url)
    assert (found.name, found.spdx) == (name, f"https://spdx.org/licenses/{spdx}")


def test_unknown_licence_is_only_its_address() -> None:
    """Nothing is said of a licence that is not known."""
    assert describe_licence("https://creativecommons.org/licenses/evil/4.0/").name is None


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "//host/",
        "https://",
        "https:///x",
        "https://u:p@host/",
        "https://host:port/",
        "ftp://host/",
        "https://a b/",
        "https://h/\n",
        None,
        7,
        "https://h/" + "x" * 3000,
    ],
)
def test_only_whole_web_addresses_are_links(url: object) -> None:
    """Everything that is not an absolute http(s) address without credentials is no link."""
    assert safe_url(url) is None


@pytest.mark.parametrize("url", ['https://h/">', "https://h/é", "https://h/a b", "https://h/,;\r\nX: y"])
def test_only_ascii_addresses_enter_headers(url: str) -> None:
    """What could end a Link header's target stays out of it."""
    assert header_url(url) is None


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:8001/",
        "http://localhost/",
        "http://10.1.2.3/",
        "http://[::1]/",
        "http://node/",
        "http://x.local/",
        "http://169.254.1.1/",
        "file:///etc",
    ],
)
def test_private_addresses_are_not_public(url: str) -> None:
    """Loopback, private and single-label hosts are not handed to public viewers."""
    assert not is_public(url)


def test_public_addresses_are_public() -> None:
    """A host with a name in the world is."""
    assert is_public("https://livingobjects.ebi.ac.uk/idr/zarr/v0.4/idr0062A/6001240.zarr")


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (1023, "1,023 bytes"),
        (1024, "1.00 KiB"),
        (41_234_567_890, "38.4 GiB"),
        (1 << 60, "1024 PiB"),
    ],
)
def test_sizes_read_well(size: int, words: str) -> None:
    """Sizes have three digits and a binary unit."""
    assert human_size(size) == words


def test_plain_text_is_one_visible_line() -> None:
    """Controls and overrides go, joiners that spelling needs stay, blanks become one."""
    assert plain(" a\x07\u202eb\n\tc\u200dd ") == "ab c\u200dd"
