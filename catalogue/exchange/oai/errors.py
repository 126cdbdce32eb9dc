"""Errors of OAI-PMH, which are answers with status 200 and a code (protocol section 3.6)."""

from __future__ import annotations

from typing import Literal

Code = Literal[
    "badArgument", "badResumptionToken", "badVerb", "cannotDisseminateFormat", "idDoesNotExist", "noMetadataFormats",
    "noRecordsMatch", "noSetHierarchy",
]  # fmt: skip


class OaiError(Exception):
    """A request that cannot be answered as asked.

    Args:
        detail: what was asked, what is wrong, what to do.
    """

    def __init__(self, code: Code, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
