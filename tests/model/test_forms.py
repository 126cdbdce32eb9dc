"""Values whose many forms mean one thing."""

from __future__ import annotations

import pytest

from catalogue.model.forms import (
    crossref_funder_iri,
    day,
    email,
    is_web_address,
    licence_iri,
    orcid_iri,
    paper_id,
    partial_date,
    ror_iri,
)

CC0 = "https://creativecommons.org/publicdomain/zero/1.0/"
BY = "https://creativecommons.org/licenses/by/4.0/"


@pytest.mark.parametrize(
    ("text", "iri"),
    [
        (CC0, CC0), ("http://creativecommons.org/publicdomain/zero/1.0", CC0), ("CC0", CC0), ("CC0-1.0", CC0),
        ("https://creativecommons.org/licenses/zero/1.0/", CC0),
        ("https://creativecommons.org/public-domain/cc0/", CC0),
        ("https://spdx.org/licenses/CC0-1.0.html", CC0),
        (BY, BY), ("https://creativecommons.org/licenses/by/4.0/legalcode", BY), ("CC BY 4.0", BY), ("CC-BY 4.0", BY),
        ("CC-BY-4.0", BY), ("https://www.creativecommons.org/licenses/by/4.0/deed.en", BY),
        ("CC BY-NC-ND 4.0", "https://creativecommons.org/licenses/by-nc-nd/4.0/"),
        ("https://creativecommons.org/licenses/by/3.0/us/", "https://creativecommons.org/licenses/by/3.0/us/"),
        ("https://opensource.org/license/mit", "https://opensource.org/license/mit"),
        ("Creative Commons Attribution 4.0 International", BY), ("Creative Commons Zero v1.0 Universal", CC0),
        ("Creative Commons Attribution Share Alike 4.0", "https://creativecommons.org/licenses/by-sa/4.0/"),
        ("Creative Commons Attribution-NonCommercial-NoDerivatives 4.0 International",
         "https://creativecommons.org/licenses/by-nc-nd/4.0/"),
        ("Creative Commons Attribution", None), ("CC BY", None), ("CC-BY", None), ("free", None), ("", None),
        ("https://creativecommons.org/licenses/by/", None),
    ],
)  # fmt: skip
def test_licence_is_canonical_where_certain(text: str, iri: str | None) -> None:
    """Pages and names of one licence give one address; a name without version gives none."""
    assert licence_iri(text) == iri
    assert iri is None or licence_iri(iri) == iri


def test_orcid_check_digit_is_checked() -> None:
    """ISO 7064 MOD 11-2, X for ten."""
    assert orcid_iri("http://orcid.org/0000-0002-1694-233x") == "https://orcid.org/0000-0002-1694-233X"
    assert orcid_iri("0000-0002-1439-5301") == "https://orcid.org/0000-0002-1439-5301"
    assert orcid_iri("https://orcid.org/0000-0002-1694-2331") is None
    assert orcid_iri("https://orcid.org/NA") is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("https://doi.org/10.1038/S41597-020-00608-W", ("doi", "10.1038/s41597-020-00608-w")),
        ("http://dx.doi.org/10.17867/10000104A", ("doi", "10.17867/10000104a")),
        ("https://doi.org/10.1002/%28SICI%291", ("doi", "10.1002/(sici)1")),
        ("10.1038/x", ("doi", "10.1038/x")), ("doi:10.1038/x", ("doi", "10.1038/x")),
        ("https://pubmed.ncbi.nlm.nih.gov/38052804/", ("pubmed_id", "38052804")),
        ("https://www.ncbi.nlm.nih.gov/pubmed/26711336", ("pubmed_id", "26711336")),
        ("https://www.ncbi.nlm.nih.gov/pmc/articles/PMC10697979/", ("pmc_id", "PMC10697979")),
        ("PMC7768981", ("pmc_id", "PMC7768981")),
        ("https://doi.org/0.1039/d3lc00768e", None), ("26711336", None), ("https://www.cell.com/x", None),
    ],
)  # fmt: skip
def test_paper_is_identified(text: str, found: tuple[str, str] | None) -> None:
    """DOIs folded, numbers bare; a bare number could be anything."""
    assert paper_id(text) == found


def test_dates_are_days_or_parts_of_them() -> None:
    """Calendar days only; instants give the day as written; papers may have less."""
    assert day("2024-02-29") == day("2024-02-29T23:30:00+09:00") == "2024-02-29"
    assert day("2023-02-29") is day("2023") is day("29.02.2024") is day("２０２４-02-29") is None
    assert [partial_date(text) for text in ("2020", "2020-07", "2020-07-14", "2020-13", "None")] == [
        "2020", "2020-07", "2020-07-14", None, None,
    ]  # fmt: skip


def test_web_addresses_are_absolute_and_safe_to_write() -> None:
    """What the graph engine would refuse, or a browser run, is no address."""
    assert is_web_address("https://ssbd.riken.jp/v1/project/47-Noguchi-CellDyn")
    for text in (
        "HTTP://x.org", "javascript:alert(1)", "//x.org", "https://", "https:// x.org", "https://x.org/a b",
        "https://x.org/<", 'https://x.org/"', "https://x.org/[", "https://x.org/%zz", "https://x.org/" + "a" * 2_000,
    ):  # fmt: skip
        assert not is_web_address(text), text


def test_email_and_ror() -> None:
    """Blanks inside one address are noise; two addresses never run together."""
    assert email("imayoshi@kyoto-u. ac.jp") == "imayoshi@kyoto-u.ac.jp"
    assert email("a@b.org c@d.org") is None
    assert email("a@b.org; c@d.org") == "a@b.org"
    assert ror_iri("http://ror.org/01sjwvz98/") == "https://ror.org/01sjwvz98"
    assert ror_iri("https://ror.org/1") is None


def test_funder_of_crossref_has_one_form() -> None:
    """A funder's DOI, with any resolver or none, is one address; another DOI is no funder."""
    for text in ("10.13039/501100000780", "http://dx.doi.org/10.13039/501100000780", "doi:10.13039/501100000780"):
        assert crossref_funder_iri(text) == "https://doi.org/10.13039/501100000780"
    assert crossref_funder_iri("https://doi.org/10.1000/182") is crossref_funder_iri("10.13039/x") is None
