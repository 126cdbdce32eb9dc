"""EMDB's entries, after its schema 3.0: no real entry was at hand, so every document here is made from the schema."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from catalogue.model.documents import Listed, Mapped, Removed, SourceDocument, SourceSpec, Unchanged
from catalogue.model.payload import digest
from catalogue.problems import RecordRejected
from harvesters.emdb import EmdbHarvester
from tests.harvesters.contract import HarvesterContract, fetcher
from tests.harvesters.loopback_server import answer, serving

SOURCE = SourceSpec("emdb", "emdb", "headers/", ("emdb",), {"license": "CC0-1.0"})

ENTRY = """<?xml version="1.0" encoding="UTF-8"?>
<emd xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" emdb_id="EMD-8000" version="3.0.2.6"
  xsi:noNamespaceSchemaLocation="emdb.xsd">
  <admin>
    <current_status><date>2017-01-10</date><code>REL</code><processing_site>RCSB</processing_site></current_status>
    <sites><deposition>RCSB</deposition></sites>
    <key_dates>
      <deposition>2016-05-01</deposition><header_release>2016-06-01</header_release>
      <map_release>2016-07-02</map_release><update>2017-01-10</update>
    </key_dates>
    <obsolete_list><entry><date>2016-07-02</date><entry>EMD-7999</entry></entry></obsolete_list>
    <grant_support>
      <grant_reference><funding_body>A funder</funding_body><code>G1</code><country>US</country></grant_reference>
    </grant_support>
    <title>A pilus machine</title>
    <authors_list><author ORCID="0000-0002-1825-0097">Smith JW</author><author>Test T</author></authors_list>
    <keywords>pilus, secretion</keywords>
  </admin>
  <crossreferences>
    <citation_list>
      <primary_citation>
        <journal_citation published="true">
          <author order="1">Smith JW</author><author order="2">Test T</author><title>Architecture</title>
          <journal>Nature microbiology</journal><volume>2</volume><year>2017</year>
          <external_references type="PUBMED">28165453</external_references>
          <external_references type="DOI">doi:10.1038/nmicrobiol.2016.269</external_references>
        </journal_citation>
      </primary_citation>
    </citation_list>
    <emdb_list><emdb_reference><emdb_id>EMD-8001</emdb_id><relationship/></emdb_reference></emdb_list>
    <pdb_list><pdb_reference><pdb_id>6VXX</pdb_id><relationship><in_frame>FULLOVERLAP</in_frame></relationship>
    </pdb_reference></pdb_list>
    <auxiliary_link_list>
      <auxiliary_link><type>2D EM DATA</type><link>https://www.ebi.ac.uk/empiar/EMPIAR-10002/</link></auxiliary_link>
      <auxiliary_link><type>OTHER</type><link>https://lab.example/</link><details>Scripts</details></auxiliary_link>
    </auxiliary_link_list>
  </crossreferences>
  <sample>
    <name>Toxin-coregulated pilus machine</name>
    <supramolecule_list>
      <complex_supramolecule supramolecule_id="1">
        <name>Machine</name><natural_source database="NCBI"><organism ncbi="666">Vibrio cholerae</organism>
        </natural_source>
      </complex_supramolecule>
    </supramolecule_list>
    <macromolecule_list>
      <protein_or_peptide macromolecule_id="1">
        <name>TcpA</name>
        <sequence><string>MK</string><external_references type="UNIPROTKB">Q60153</external_references></sequence>
      </protein_or_peptide>
    </macromolecule_list>
  </sample>
  <structure_determination_list>
    <structure_determination structure_determination_id="1">
      <method>subtomogramAveraging</method><aggregation_state>cell</aggregation_state>
      <microscopy_list>
        <subtomogram_averaging_microscopy microscopy_id="1">
          <microscope>FEI POLARA 300</microscope><acceleration_voltage units="kV">300</acceleration_voltage>
        </subtomogram_averaging_microscopy>
      </microscopy_list>
      <subtomogram_averaging_processing image_processing_id="1">
        <final_reconstruction><resolution units="&#197;" res_type="BY AUTHOR">33.0</resolution></final_reconstruction>
      </subtomogram_averaging_processing>
    </structure_determination>
  </structure_determination_list>
  <map format="CCP4" size_kbytes="1024"><file>emd_8000.map.gz</file><dimensions><col>64</col></dimensions></map>
</emd>"""

# The same as the API writes it: attributes are keys, the text of an element with attributes is `valueOf_`.
JSON = json.dumps({
    "emdb_id": "EMD-8000", "version": "3.0.2.6",
    "admin": {
        "current_status": {"code": "REL"}, "title": "A pilus machine", "key_dates": {"map_release": "2016-07-02"},
        "authors_list": {"author": [{"valueOf_": "Smith JW", "ORCID": "0000-0002-1825-0097"}]},
    },
    "sample": {"supramolecule_list": {"supramolecule": [
        {"natural_source": [{"organism": {"ncbi": "666", "valueOf_": "Vibrio cholerae"}}]},
    ]}},
    "map": {"format": "CCP4", "size_kbytes": 1024, "file": "emd_8000.map.gz"},
})  # fmt: skip


def mapped(text: str, source: SourceSpec = SOURCE) -> Mapped:
    """What the harvester makes of a document."""
    return EmdbHarvester(fetcher()).map(SourceDocument("EMD-8000", "https://emdb.example/", text.encode()), source)


class TestEmdbContract(HarvesterContract):
    """EMDB's harvester keeps the contract of all harvesters."""

    def harvester(self) -> EmdbHarvester:
        return EmdbHarvester(fetcher())

    def source(self) -> SourceSpec:
        return SOURCE

    def samples(self) -> list[SourceDocument]:
        return [SourceDocument(str(n), "https://emdb.example/", t.encode()) for n, t in enumerate((ENTRY, JSON))]

    def serve(self, folder: Path) -> SourceSpec:
        (folder / "emd-8000.xml").write_text(ENTRY)
        return SourceSpec("emdb", "emdb", str(folder), ("emdb",), SOURCE.options)


def test_entry_becomes_a_study_with_its_map() -> None:
    """Days, people, grant, words and the map's file at its place in the archive."""
    study = mapped(ENTRY).records[0]
    assert (study["id"], study["title"]) == ("emdb:EMD-8000", "A pilus machine")
    assert (study["date_deposited"], study["date_published"], study["date_updated"]) == (
        "2016-05-01", "2016-07-02", "2017-01-10",
    )  # fmt: skip
    assert study["authors"][0]["orcid"] == "https://orcid.org/0000-0002-1825-0097"
    assert study["keywords"] == ["pilus", "secretion"]
    assert study["files"][0]["url"].endswith("/structures/EMD-8000/map/emd_8000.map.gz")
    assert study["size_statement"] == "1024 kB"


def test_references_lead_to_models_images_and_papers() -> None:
    """PDB models, EMPIAR's images behind the map, other maps, and the paper by its own identifiers."""
    study = mapped(ENTRY).records[0]
    assert study["structures"] == ["pdb:6vxx"]
    assert study["image_entries"] == ["empiar:10002"]
    assert {(part["related_to"], part["relation"]) for part in study["related_resources"]} == {
        ("emdb:EMD-7999", "Obsoletes"), ("emdb:EMD-8001", "References"),
    }  # fmt: skip
    (paper,) = study["publications"]
    assert (paper["doi"], paper["pubmed_id"]) == ("10.1038/nmicrobiol.2016.269", "28165453")
    assert study["links"][0]["description"] == "Scripts"


def test_sample_and_method_are_terms_only_where_certain() -> None:
    """The taxon's number, the protein's accession, transmission EM and tomography; resolution as a characteristic."""
    study = mapped(ENTRY).records[0]
    assert study["organisms"] == ["NCBITaxon:666"]
    assert study["proteins"] == ["uniprot:Q60153"]
    assert study["methods"] == ["FBbi:00000258", "FBbi:00001004"]
    assert study["acquisitions"][0]["instrument"] == "FEI POLARA 300"
    (resolution,) = study["characteristics"]
    assert (resolution["name"], resolution["text_value"], resolution["unit"]) == ("resolution", "33.0", "Å")


def test_unknown_method_is_kept_in_words() -> None:
    """A way of determination that EMDB adds later gives no term and no modality."""
    result = mapped(ENTRY.replace("subtomogramAveraging", "guesswork"))
    assert "methods" not in result.records[0] and "modalities" not in result.records[0]
    assert "method-unknown" in [finding.code for finding in result.findings]


def test_json_of_the_api_gives_the_same() -> None:
    """Keys where XML has attributes, `valueOf_` where it has text."""
    study, other = mapped(JSON).records[0], mapped(ENTRY).records[0]
    assert study["authors"][0]["orcid"] == other["authors"][0]["orcid"]
    assert study["organisms"] == other["organisms"]
    assert study["files"] == other["files"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (ENTRY.replace("<code>REL", "<code>HPUB"), "policy"),
        (ENTRY.replace("<code>REL", "<code>OBS"), "policy"),
        (ENTRY.replace('emdb_id="EMD-8000"', 'emdb_id=""'), "bad-identifier"),
        (ENTRY.replace("EMD-8000", "EMPIAR-10002"), "not-owner"),
        (ENTRY.replace("<title>A pilus machine</title>", ""), "schema-required"),
        ("<emdEntry/>", "not-parsable"),
        ("[]", "not-parsable"),
    ],
)
def test_what_cannot_be_a_record_is_refused_with_its_reason(text: str, reason: str) -> None:
    """Not released, obsolete, no accession, another's, no title, the former schema, no entry."""
    with pytest.raises(RecordRejected) as refused:
        mapped(text)
    assert refused.value.reason == reason


def test_api_is_read_by_its_list() -> None:
    """R7, R14: a list with dates spares reading entries that did not change; obsolete ones go by their own status."""
    with serving() as server:
        rows = [{"emdb_id": f"EMD-{n}", "updated": "2017"} for n in (8000, 8001)]
        server.routes["/list"] = answer(json.dumps(rows).encode())
        server.routes["/api/entry/EMD-8000"] = answer(JSON.encode())
        server.routes["/api/entry/EMD-8001"] = answer(JSON.replace('"REL"', '"OBS"').encode())
        source = SourceSpec("e", "emdb", f"{server.url}/api/entry/", ("emdb",), {"list": f"{server.url}/list"})
        harvester = EmdbHarvester(fetcher())
        *events, end = harvester.fetch(source, None, {})
        assert [type(event) for event in events] == [SourceDocument, Removed]
        assert isinstance(end, Listed) and isinstance(events[0], SourceDocument)
        known = {"EMD-8000": digest(events[0].content), "EMD-8001": "0"}
        server.requests.clear()
        again = list(harvester.fetch(source, end.cursor, known))
        assert [type(event) for event in again] == [Unchanged, Unchanged, Listed]
        assert server.paths == ["/list"]
