"""Authors, organisations, papers, grants, licences and addresses of a crate."""

from __future__ import annotations

from typing import Any

import pytest
from gide_crates import codes, crate, map_crate, ref, study

ORCID = "https://orcid.org/0000-0002-1439-5301"


def person(iri: str = "#p", **fields: Any) -> dict[str, Any]:
    """A Person entity."""
    return {"@id": iri, "@type": "Person", "name": "Ada Ant", **fields}


def author(entity: dict[str, Any]) -> Any:
    """The mapping of a crate whose only author is this entity."""
    return map_crate(crate("S-BIAD7", entity, author=ref(entity["@id"])))


def paper(entity: dict[str, Any], **root: Any) -> Any:
    """The mapping of a crate with this paper."""
    return map_crate(
        crate("S-BIAD7", {"@type": "ScholarlyArticle", **entity}, **(root or {"seeAlso": ref(entity["@id"])}))
    )


def test_authors_follow_the_roots_list() -> None:
    """Ids count along the author list, whatever the order of the graph, and organisations may be authors."""
    people = [person("#auth-002", name="Bo Bee"), {"@id": "#auth-001", "@type": "Organization", "name": "A lab"}]
    record = study(crate("S-BIAD7", *people, author=ref("#auth-001", "#auth-002")))
    assert record["authors"] == [
        {"type": "Organization", "id": "biostudies:S-BIAD7/author/1", "name": "A lab"},
        {"type": "Person", "id": "biostudies:S-BIAD7/author/2", "name": "Bo Bee"},
    ]


def test_one_affiliation_of_two_people_is_one_organisation() -> None:
    """Within a study organisations are told apart by their @id; a ROR is a link (S-BIAD2313)."""
    lab = {"@id": "https://ror.org/04cvxnb49", "@type": "Organization", "name": "Goethe University"}
    people = [person(f"#{n}", name=n, affiliation=ref(lab["@id"])) for n in ("a1", "a2")]
    authors = study(crate("S-BIAD7", lab, *people, author=ref("#a1", "#a2")))["authors"]
    assert authors[0]["affiliations"] == authors[1]["affiliations"]
    assert authors[0]["affiliations"] == [
        {
            "type": "Organization", "id": "biostudies:S-BIAD7/organization/1",
            "name": "Goethe University", "ror": "https://ror.org/04cvxnb49",
        }
    ]  # fmt: skip


@pytest.mark.parametrize(
    "given", [ORCID, "http://orcid.org/0000-0002-1439-5301", "https://www.orcid.org/0000-0002-1439-5301/"]
)
def test_orcid_in_any_form_is_its_iri(given: str) -> None:
    """The canonical https IRI is kept; another form is a repair with a finding."""
    mapped = author(person(given))
    assert mapped.records[0]["authors"][0]["orcid"] == ORCID
    assert ("orcid-form" in codes(mapped)) is (given != ORCID)


@pytest.mark.parametrize("given", ["https://orcid.org/NA", "https://orcid.org/0000-0002-1439-5302"])
def test_false_orcid_is_left_out(given: str) -> None:
    """No digits (idr0048) or a wrong check digit: the person stays, the ORCID goes, with a warning."""
    mapped = author(person(given))
    assert mapped.records[0]["authors"] == [{"type": "Person", "id": "biostudies:S-BIAD7/author/1", "name": "Ada Ant"}]
    assert "orcid-form" in codes(mapped)


def test_two_people_under_one_orcid_stay_two() -> None:
    """Names are never merged, and nobody gets an ORCID that may be the other's (S-BIAD1027, February 2026)."""
    mapped = author(person(ORCID, name=["Nadia M", "Daniel D "], email=["n@x.org", "d@x.org"]))
    assert mapped.records[0]["authors"] == [
        {"type": "Person", "id": "biostudies:S-BIAD7/author/1", "name": "Nadia M"},
        {"type": "Person", "id": "biostudies:S-BIAD7/author/2", "name": "Daniel D"},
    ]
    assert "persons-share-id" in codes(mapped)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("y.okada@ riken.jp", "y.okada@riken.jp"),  # 163-Wang-MitochondrialDyn
        ("mailto:a@b.org", "a@b.org"),
        ("Olaia@unil.ch, olaia@epfl.ch", "Olaia@unil.ch"),  # idr0096
        ("shioda@kumamoto-u.ac.", None),  # 294-Asamitsu-DNAPTP6Dyn
        ("nobody", None),
    ],
)
def test_email_is_mended_only_where_certain(given: str, kept: str | None) -> None:
    """Blanks are tidied, broken addresses are left out, each with a finding."""
    mapped = author(person(email=given))
    assert mapped.records[0]["authors"][0].get("email") == kept
    assert "email-form" in codes(mapped)


def test_blanks_around_names_are_tidied() -> None:
    """The name is the same without them, and the finding shows the original (S-BIAD2418)."""
    mapped = author(person(name=" Ada  Ant "))
    assert mapped.records[0]["authors"][0]["name"] == "Ada Ant"
    assert next(f.value for f in mapped.findings if f.code == "whitespace") == " Ada  Ant "


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("https://doi.org/10.1158/1535-7163.MCT-09-1148", {"doi": "10.1158/1535-7163.mct-09-1148"}),  # idr0035
        ("https://www.ncbi.nlm.nih.gov/pubmed/26711336", {"pubmed_id": "26711336"}),  # 47-Noguchi-CellDyn
        ("35209227", {"pubmed_id": "35209227"}),  # S-BIAD2313
        ("#paper", {}),
        ("https://doi.org/0.1039/d3lc00768e", {}),  # 291-Deguchi-SARS-CoV2
        ("http://so.qbic.riken.jp/wddd/", {"url": "http://so.qbic.riken.jp/wddd/"}),  # 2-Kyoda-WormEmbryoRNAi
    ],
)
def test_paper_is_known_by_what_its_id_says(name: str, expected: dict[str, str]) -> None:
    """DOIs are folded, PubMed pages become numbers, broken DOIs are left out."""
    record = paper({"@id": name, "name": "A paper"}).records[0]
    assert record["publications"] == [{"id": "biostudies:S-BIAD7/publication/1", "title": "A paper", **expected}]


def test_second_identifiers_of_a_paper_are_kept() -> None:
    """sameAs adds PubMed and PubMed Central beside the DOI (378-Minegishi-MetastaticNiche)."""
    same = ["https://pubmed.ncbi.nlm.nih.gov/38052804/", "https://www.ncbi.nlm.nih.gov/pmc/articles/PMC10697979/"]
    (found,) = paper({"@id": "https://doi.org/10.1/X", "name": "t", "sameAs": same}).records[0]["publications"]
    assert (found["pubmed_id"], found["pmc_id"]) == ("38052804", "PMC10697979")
    assert "doi" not in found  # 10.1 is no registrant


def test_address_is_no_title() -> None:
    """A paper called by its URL has no title (100-Yamamoto-ToothDev)."""
    page = "https://www.ncbi.nlm.nih.gov/pubmed/26673152"
    mapped = paper({"@id": page, "name": page})
    assert "title" not in mapped.records[0]["publications"][0]
    assert "title-is-url" in codes(mapped)


def test_citation_and_see_also_say_the_same() -> None:
    """BIA cites, the others see also; a paper in both is one."""
    entity = {"@id": "https://doi.org/10.1038/x", "@type": "ScholarlyArticle", "name": "t", "datePublished": "2020"}
    record = study(crate("S-BIAD7", entity, citation=ref(entity["@id"]), seeAlso=ref(entity["@id"])))
    assert [found["date_issued"] for found in record["publications"]] == ["2020"]


@pytest.mark.parametrize("given", ["None", "last year", "2020-13"])
def test_papers_date_that_is_none_is_left_out(given: str) -> None:
    """ "None" (S-BIAD1824) is not a date and does not cost the study its place."""
    mapped = paper({"@id": "#p", "name": "t", "datePublished": given})
    assert "date_issued" not in mapped.records[0]["publications"][0]
    assert codes(mapped) & {"placeholder", "date-form"}


def test_paper_that_is_not_described_keeps_its_address() -> None:
    """A dangling seeAlso still says where to look (19-Tanaka-FluidDyn)."""
    mapped = map_crate(crate("S-BIAD7", seeAlso=ref("https://doi.org/10.3390/mi5020289")))
    assert mapped.records[0]["see_also"] == ["https://doi.org/10.3390/mi5020289"]
    assert "dangling-reference" in codes(mapped)


def test_see_also_in_the_wrong_namespace_is_reported() -> None:
    """rdf:seeAlso does not exist; it is read as rdfs:seeAlso (SSBD, 242 of 250 crates)."""
    article = {"@id": "https://doi.org/10.1038/x", "@type": "ScholarlyArticle", "name": "t"}
    context = ["https://w3id.org/ro/crate/1.2/context", {"seeAlso": {"@id": "rdf:seeAlso"}}]
    assert "context-see-also" in codes(
        map_crate(crate("S-BIAD7", article, seeAlso=ref(article["@id"]), context=context))
    )
    assert "context-see-also" not in codes(map_crate(crate("S-BIAD7", article, seeAlso=ref(article["@id"]))))


def test_year_typed_as_a_day_is_reported() -> None:
    """A context that types every datePublished xsd:date makes years invalid (SSBD, 305 papers)."""
    article = {"@id": "#p", "@type": "ScholarlyArticle", "name": "t", "datePublished": "2015"}
    context = [{"datePublished": {"@id": "http://schema.org/datePublished", "@type": "xsd:date"}}]
    mapped = map_crate(crate("S-BIAD7", article, seeAlso=ref("#p"), context=context))
    assert mapped.records[0]["publications"][0]["date_issued"] == "2015"
    assert "date-type" in codes(mapped)


def test_context_that_moves_a_term_is_reported() -> None:
    """Terms of the profile must not be redefined."""
    context = [{"measurementMethod": {"@id": "http://elsewhere.example/method"}}]
    assert "context-redefined" in codes(map_crate(crate("S-BIAD7", context=context)))


def test_grant_has_title_number_and_page() -> None:
    """Local ids such as #grant-001 are the same in every crate and are scoped by the accession (SSBD)."""
    grant = {
        "@id": "#grant-001",
        "@type": "Grant",
        "name": "KAKENHI",
        "identifier": "16H06987",
        "url": "https://kaken.example/1",
    }
    assert study(crate("S-BIAD7", grant, funder=ref("#grant-001")))["grants"] == [
        {
            "id": "biostudies:S-BIAD7/grant/1", "title": "KAKENHI",
            "grant_identifier": "16H06987", "url": "https://kaken.example/1",
        }
    ]  # fmt: skip


def test_funder_keeps_the_identifier_that_is_its_name() -> None:
    """A funder whose @id is its DOI in the Crossref Funder Registry keeps it."""
    name = "http://dx.doi.org/10.13039/501100000780"
    funder = {"@id": name, "@type": "Organization", "name": "European Commission"}
    grant = {"@id": "#grant-001", "@type": "Grant", "identifier": "871034", "funder": ref(name)}
    (made,) = study(crate("S-BIAD7", grant, funder, funder=ref("#grant-001")))["grants"]
    assert made["funder"]["crossref_funder_id"] == "https://doi.org/10.13039/501100000780"


@pytest.mark.parametrize("given", ["CC BY", "free", "javascript:alert(1)"])
def test_licence_that_names_none_is_left_out(given: str) -> None:
    """A doubt about the licence is never resolved by us."""
    mapped = map_crate(crate("S-BIAD7", license=given))
    assert "license" not in mapped.records[0]
    assert {"license-form", "license-missing"} <= codes(mapped)


def test_licence_in_another_form_is_canonical() -> None:
    """The licence's own address is kept, and the finding shows what was given."""
    mapped = map_crate(crate("S-BIAD7", license="http://creativecommons.org/licenses/by/4.0/legalcode"))
    assert mapped.records[0]["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert "license-form" in codes(mapped)


def test_licence_as_a_reference_is_read() -> None:
    """An object with the licence's address says the same as its text."""
    address = "https://creativecommons.org/licenses/by/4.0/"
    entity = {"@id": address, "@type": "CreativeWork", "name": "CC BY"}
    assert study(crate("S-BIAD7", entity, license={"@id": address}))["license"] == address


def test_thumbnail_on_a_retired_host_is_kept_and_noted() -> None:
    """All of BIA's thumbnails lie there; the address is what the source says (images.md)."""
    address = "https://uk1s3.embassy.ebi.ac.uk/bia-integrator-data/S-BIAD7/x/static_display_512_512.png"
    mapped = map_crate(crate("S-BIAD7", thumbnailUrl=[address, "javascript:alert(1)"]))
    assert mapped.records[0]["thumbnails"] == [address]
    assert {"retired-host", "url-form"} <= codes(mapped)


def test_empty_texts_are_missing() -> None:
    """Nothing is invented for an empty description (EMPIAR-10311)."""
    mapped = map_crate(crate("S-BIAD7", description="", keywords=["", " "], copyrightNotice=""))
    assert not {"description", "keywords", "copyright_notice"} & set(mapped.records[0])
    assert "description-missing" in codes(mapped)


def test_copyright_notice_is_kept() -> None:
    """IDR says who holds the copyright (idr0035)."""
    assert study(crate("S-BIAD7", copyrightNotice="Blin et al."))["copyright_notice"] == "Blin et al."
