"""People and organisations of a DataCite record as authors, contributors, funders and publisher of a study."""

from __future__ import annotations

import re
from typing import Final

from catalogue.model.documents import Severity
from catalogue.model.forms import is_web_address, orcid_iri, ror_iri
from harvesters.account import Account
from harvesters.datacite_kernel import UNKNOWN, Affiliation, Agent, Funding, Named
from harvesters.draft import Part, StudyDraft

# contributorType of kernels 2.2 to 4.7 that the model knows; others are kept in words (Translator of 4.7).
CONTRIBUTORS: Final = frozenset({
    "ContactPerson", "DataCollector", "DataCurator", "DataManager", "Distributor", "Editor", "HostingInstitution",
    "Other", "Producer", "ProjectLeader", "ProjectManager", "ProjectMember", "RegistrationAgency",
    "RegistrationAuthority", "RelatedPerson", "ResearchGroup", "Researcher", "RightsHolder", "Sponsor", "Supervisor",
    "WorkPackageLeader",
})  # fmt: skip
# Roles that only organisations have, by the schema's own definitions.
_OF_ORGANIZATIONS: Final = frozenset({
    "Distributor", "HostingInstitution", "RegistrationAgency", "RegistrationAuthority", "ResearchGroup",
})  # fmt: skip
_FUNDER_DOI: Final = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:)?(10\.13039/\d+)", re.ASCII | re.IGNORECASE)
_ISNI: Final = re.compile(r"(?:https?://(?:www\.)?isni\.org/(?:isni/)?)?((?:\d{4}[ -]?){3}\d{3}[\dX])", re.ASCII)
_GRID: Final = re.compile(r"(?:https?://(?:www\.)?grid\.ac/institutes/)?(grid\.\d+\.[0-9a-f]+)", re.ASCII)
_BARE_ROR: Final = re.compile(r"(?:ror\.org/)?(0[a-z0-9]{8})", re.ASCII)
_PERSONAL: Final = frozenset({"personal", "person"})
_ORGANIZATIONAL: Final = frozenset({"organizational", "organisational", "organization"})


class Agents:
    """Writes agents into a draft."""

    def __init__(self, draft: StudyDraft):
        self._draft = draft
        self._account: Account = draft.account

    def author(self, agent: Agent) -> None:
        """One creator, in the order of the record."""
        self._draft.author(self._part(agent, "creators"))

    def contributor(self, agent: Agent) -> None:
        """One contributor; Funder, of kernels before 4, is a grant."""
        if agent.role == "Funder":
            self.grant(Funding(agent.name, agent.identifiers[0].value if agent.identifiers else ""))
            return
        part = self._part(agent, "contributors")
        if part is None:
            return
        if agent.role in CONTRIBUTORS:
            part["contributor_types"] = [agent.role]
        elif agent.role:
            part["roles"] = [agent.role]
            message = "Not a contributorType that the model knows; kept in words."
            self._account.note("contributor-type", Severity.INFO, "contributors", agent.role, message)
        self._draft.contributor(part)

    def publisher(self, publisher: Affiliation | None) -> None:
        """The publisher."""
        if publisher is not None and known(publisher.name):
            self._draft.set("publisher", self._organization(publisher, "publisher"))

    def grant(self, funding: Funding) -> None:
        """One grant with its funder."""
        funder = self._organization(Affiliation(funding.funder, funding.identifier), "fundingReferences")
        pid = self._draft.web_address(funding.uri, "fundingReferences") if funding.uri else None
        fields: Part = {"grant_identifier": funding.number, "grant_pid": pid, "title": funding.title, "funder": funder}
        if any(fields.values()):
            self._draft.part("grants", "grant", **fields)

    def _part(self, agent: Agent, path: str) -> Part | None:
        if not known(agent.name):
            if agent.name:
                self._account.note("placeholder", Severity.REPAIRED, path, agent.name, "Stands for somebody unknown.")
            elif agent.given or agent.family or agent.affiliations:
                self._draft.person(None, path)
            return None
        if self._is_organization(agent, path):
            own = agent.identifiers[0] if agent.identifiers else Named("")
            return self._organization(Affiliation(agent.name, own.value, own.scheme), path)
        orcid, others = None, []
        for identifier in agent.identifiers:
            if identifier.value and ("orcid" in identifier.scheme.lower() or orcid_iri(identifier.value)):
                orcid = orcid or identifier.value
            elif address := self._address(identifier, path):
                others.append(address)
        return self._draft.person(
            agent.name, path, orcid=orcid, given_name=agent.given, family_name=agent.family, same_as=others,
            affiliations=[self._organization(place, path) for place in agent.affiliations],
        )  # fmt: skip

    def _is_organization(self, agent: Agent, path: str) -> bool:
        """Whether it is one, by what the record says; where it says nothing, a person with a finding."""
        kind = agent.kind.strip().lower()
        if kind in _PERSONAL or kind in _ORGANIZATIONAL:
            return kind in _ORGANIZATIONAL
        if any(ror_iri(identifier.value) or identifier.scheme.lower() == "ror" for identifier in agent.identifiers):
            return True
        if agent.role in _OF_ORGANIZATIONS:
            return True
        if not (agent.given or agent.family or "," in agent.name or any(i.value for i in agent.identifiers)):
            message = "Nothing tells whether this is a person or an organisation; read as a person. State nameType."
            self._account.note("name-type-missing", Severity.WARNING, path, agent.name, message)
        return False

    def _organization(self, place: Affiliation, path: str) -> Part | None:
        if not known(place.name):
            return None
        fields: Part = {}
        value = place.identifier
        bare = _BARE_ROR.fullmatch(value) if value else None
        if value and (ror_iri(value) or (bare and place.scheme.lower() in ("", "ror"))):
            return self._draft.organization(place.name, path, ror=f"https://ror.org/{bare[1]}" if bare else value)
        if value and (funder := _FUNDER_DOI.fullmatch(value)):
            fields["crossref_funder_id"] = f"https://doi.org/{funder[1]}"
        elif value and (address := self._address(Named(value, place.scheme), path)):
            fields["same_as"] = [address]
        return self._draft.organization(place.name, path, **fields)

    def _address(self, identifier: Named, path: str) -> str | None:
        """A name identifier as a web address; ones without a form known here get a finding."""
        value = identifier.value
        if not value or not known(value):
            return None
        if isni := _ISNI.fullmatch(value):
            return "https://isni.org/isni/" + re.sub(r"[ -]", "", isni[1])
        if grid := _GRID.fullmatch(value):
            return f"https://www.grid.ac/institutes/{grid[1]}"
        if is_web_address(value):
            return value
        message = f"Not a web address, and no form of {identifier.scheme or 'a scheme'} known here; left out."
        self._account.note("name-identifier-form", Severity.WARNING, path, value, message)
        return None


def known(text: str) -> bool:
    """Whether a text says something: not empty, and none of DataCite's codes for unknown information."""
    return bool(text) and UNKNOWN.fullmatch(text.strip()) is None and text.strip().strip(":") != "" and not _coded(text)


def _coded(text: str) -> bool:
    return text.startswith((":", "(:")) and UNKNOWN.fullmatch(text.replace(":", "")) is not None
