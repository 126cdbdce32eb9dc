"""What breaks each rule of GIDE 0.2 on records."""

from __future__ import annotations

from tests.model.profiles.cases import case, drop, full_study

GOOD = (full_study,)
FIELDS = ("description", "date_published", "organisms", "methods", "authors", "publisher", "thumbnails")
CASES = [case(full_study, f"Study-{field}", drop(field)) for field in FIELDS]
