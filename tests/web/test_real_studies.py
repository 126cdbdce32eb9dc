from __future__ import annotations

from pathlib import Path

import pytest

from catalogue.model.documents import SourceDocument, SourceSpec
from catalogue.resolver.service import Resolver
from catalogue.store.ledger import Ledger
from catalogue.web.factory import Services, create_web
from harvesters.gide import GideHarvester
from tests.web.studies_for_pages import append, clock

DATA = [".jsonld", ".ttl", ".nt", ".nq", ".crate.json", ".croissant.json"]
FORMS = ["", *DATA, ".bib", ".ris", "/original", "/linkset.json", "/linkset"]


@pytest.mark.partners
@pytest.mark.slow
@pytest.mark.parametrize("member", ["gide-bia", "gide-idr", "gide-ssbd"])
def test_every_real_study_has_its_page_and_forms(member: str, partners: Path, tmp_path: Path) -> None:
    """Each study of the partners has its page, every fifth all its forms; the archive's address resolves to it."""
    harvester, spec = GideHarvester(None), SourceSpec("real", "gide", "/")  # type: ignore[arg-type]
    with Ledger(f"sqlite:///{tmp_path / 'ledger.db'}", clock) as ledger:
        client = create_web(Services(ledger, Resolver(ledger))).test_client()
        seen = 0
        for path in sorted(partners.glob(f"{member}/crates/**/*.json")):
            content = path.read_bytes()
            for record in harvester.map(SourceDocument(path.name, "https://x.example/", content), spec).records:
                with ledger.transaction() as writer:
                    digest = writer.put_original(content, "application/ld+json")
                append(ledger, record, original_digest=digest)
                for form in FORMS if seen % 5 == 0 else FORMS[:1]:
                    answer = client.get(f"/studies/{record['id']}{form}")
                    assert answer.status_code == 200, (record["id"], form, answer.text[:300])
                found = client.get("/id", query_string={"q": record["landing_page"]})
                assert found.headers["Location"] == f"/id/{record['id']}"
                seen += 1
    assert seen > 80
