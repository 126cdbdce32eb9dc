"""Who may use the data of a study of EGA: policy, use terms, committee, and what the submitter says of consent."""

from __future__ import annotations

import re
from typing import Any, Final

from catalogue.model.documents import Severity
from catalogue.model.forms import is_web_address
from catalogue.model.ontology_terms import repair_term
from harvesters.account import Account
from harvesters.draft import TERM, StudyDraft
from harvesters.ega_account import leave_unread, open_object, texts
from harvesters.ega_objects import EgaObject

Record = dict[str, Any]

# Tags of a study's or dataset's own attributes by which submitters state what a committee and a funder ask for.
_STATED: Final = {
    "consent": "consent", "consent status": "consent", "ethics approval": "ethics_approval",
    "ethical approval": "ethics_approval", "de-identification": "deidentification",
    "deidentification": "deidentification", "response days": "response_days",
}  # fmt: skip
_CONSENT: Final = {
    "obtained": "obtained", "waived": "waived", "not required": "not_required", "withdrawn": "withdrawn",
}  # fmt: skip
PAGES: Final = "https://ega-archive.org/"


class Access:
    """Collects what the objects of one study say; the archive gives no data without its committee's word."""

    def __init__(self, draft: StudyDraft, account: Account):
        self._draft, self._account = draft, account
        self._record: Record = {"access_level": "RESTRICTED", "closure_reason": "personal_data"}
        self._committees: list[str] = []

    def policy(self, one: EgaObject) -> None:
        """Add a policy: its text, address and terms of use, and the committee it belongs to."""
        entry = open_object(self._account, one)
        identity = entry.raw("objectId") or {}
        described = entry.entry("policyDescriptor")
        url = described.text("policyReference") if described else None
        text = described.text("policyText", lines=True) if described else None
        terms = [self._use_term(term) for term in entry.raw("duoCodes") or []]
        terms += [self._use_term(curie) for curie in entry.raw("duoCodesCuries") or []]
        held = self._record.setdefault("conditions", [])
        held.extend(curie for curie in dict.fromkeys(terms) if curie and curie not in held)
        for relation in entry.raw("policyRelationships") or []:
            self._committees += [name for name in _accessions(relation) if name.startswith("EGAC")]
        self._set_policy(
            one.accession or str(identity.get("egaAccession", "")), title=entry.text("objectTitle", word=True),
            description=text.replace("\\n", "\n") if text else None, url=url if url and is_web_address(url) else None,
        )  # fmt: skip

    def refer(self, accession: str) -> None:
        """Note the policy that a dataset names."""
        if re.fullmatch(r"EGAP\d{11}", accession.strip()):
            self._set_policy(accession.strip())
        else:
            self._account.note(
                "policy-form", Severity.WARNING, "DATASET/POLICY_REF/@accession", accession,
                "No accession of a policy; left out.",
            )  # fmt: skip

    def committee(self, one: EgaObject) -> None:
        """Add the committee with whom to write to, the main contact first."""
        entry = open_object(self._account, one)
        title = entry.text("TITLE", word=True)
        contacts = [contact for holder in entry.raw("CONTACTS") or [] for contact in _elements(holder, "CONTACT")]
        contacts.sort(key=lambda contact: contact.get("@main_contact") != "true")
        leave_unread(entry, {"TITLE", "CONTACTS"})
        people = [self._contact(contact, number) for number, contact in enumerate(contacts, 1)]
        found = [person for person in people if person]
        if not title or not found:
            self._account.note(
                "committee-undescribed", Severity.WARNING, "DAC", one.accession or one.alias,
                "A committee needs a name and somebody to write to; left out.",
            )  # fmt: skip
            return
        name = one.accession
        base = f"{PAGES}dacs/{name}" if name else f"{self._draft.curie}/access/committee"
        made = {"id": base, "title": title, "contacts": found}
        self._record["data_access_committee"] = made | ({"accession": name, "url": base} if name else {})

    def state(self, tag: str, value: str) -> bool:
        """Take over an attribute that says something about access; False for any other."""
        slot = _STATED.get(" ".join(tag.replace("_", " ").split()).casefold())
        if slot is None:
            return False
        if slot == "consent":
            word, _, rest = (part.strip() for part in value.partition(":"))
            status = _CONSENT.get(word.casefold())
            if status is None:
                return False
            said = {"id": f"{self._draft.curie}/access/consent", "consent_status": status}
            self._record["consent"] = said | ({"description": rest} if rest else {})
        elif slot == "response_days":
            if not re.fullmatch(r"\d{1,4}", value.strip()):
                return False
            self._record[slot] = int(value)
        else:
            self._record[slot] = value
        return True

    @property
    def agreement(self) -> str | None:
        """Address of what a requester agrees to, which is the licence of data under control."""
        found = self._record.get("access_policy", {}).get("url")
        return str(found) if found else None

    def write(self, page: str | None) -> None:
        """Write the access of the study.

        Args:
            page: where the archive shows study or dataset and takes requests.
        """
        if self._committees and "data_access_committee" not in self._record:
            self._account.note(
                "committee-undescribed", Severity.WARNING, "policy/policyRelationships", self._committees[0],
                "The committee is named by its accession alone; its page says who is in it.",
            )  # fmt: skip
            page = f"{PAGES}dacs/{self._committees[0]}"
        fields = self._draft.filled({**self._record, "request_url": page})
        self._draft.set("access", {"id": f"{self._draft.curie}/access", **fields})

    def _set_policy(self, accession: str, **fields: str | None) -> None:
        policy = self._record.setdefault("access_policy", {})
        if accession:
            policy.setdefault("accession", accession)
            policy["id"] = f"{PAGES}policies/{accession}"
        policy.setdefault("id", f"{self._draft.curie}/access/policy")
        policy.update(self._draft.filled(fields))

    def _use_term(self, term: Any) -> str | None:
        given, label = (term.get("termId"), term.get("termLabel")) if isinstance(term, dict) else (term, None)
        if not isinstance(given, str):
            return None
        form = repair_term(given)
        if form is None or not form.curie.startswith("DUO:"):
            self._account.note(
                "use-term-unknown", Severity.WARNING, "policy/duoCodes", given,
                "Not a term of the Data Use Ontology; left out.",
            )  # fmt: skip
            return None
        path = "policy/duoCodes"
        return self._draft.term(given, TERM, path, label=label if isinstance(label, str) else None)

    def _contact(self, contact: dict[str, Any], number: int) -> Record | None:
        organisation = self._draft.organization(_text(contact.get("@organisation")), "DAC/CONTACT/@organisation")
        person = self._draft.person(
            _text(contact.get("@name")), "DAC/CONTACT/@name", address=_text(contact.get("@email")),
            affiliations=[organisation], contributor_types=["ContactPerson"] if number == 1 else [],
        )  # fmt: skip
        return {**person, "id": f"{self._draft.curie}/access/contact/{number}"} if person else None


def _text(value: Any) -> str | None:
    found = texts(value)
    return found[0] if found else None


def _elements(holder: Any, name: str) -> list[dict[str, Any]]:
    listed = holder.get(name, []) if isinstance(holder, dict) else []
    return [one for one in listed if isinstance(one, dict)]


def _accessions(relation: Any) -> list[str]:
    found = []
    for end in ("rSource", "rTarget"):
        other = relation.get(end) if isinstance(relation, dict) else None
        identity = other.get("objectId") if isinstance(other, dict) else None
        if isinstance(identity, dict) and isinstance(identity.get("egaAccession"), str):
            found.append(identity["egaAccession"].strip())
    return found
