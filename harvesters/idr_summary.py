"""The tables of a study of IDR in its record: each as a file with its columns, and what they say of the whole."""

from __future__ import annotations

from typing import Any, Final

from harvesters.account import Account, Entry
from harvesters.draft import StudyDraft
from harvesters.idr_parts import Parts
from harvesters.idr_rows import note_repairs
from harvesters.idr_samples import Samples, describes_samples
from harvesters.idr_screening import Screening
from harvesters.idr_tables import RESULT, Table, left_out

Record = dict[str, Any]

IMAGES: Final = "said of single images, whose rows are read apart from the study"
COLUMN: Final = "the file's record describes the column; its values stay in the file"
MANY: Final = "differs too often to describe the study; its values stay in the file"


class Summary:
    """Reads tables into the study and its components."""

    def __init__(self, draft: StudyDraft, parts: Parts, account: Account):
        self._parts, self._account = parts, account
        self._samples = Samples(draft)
        self._screening = Screening(draft, account)

    def read(self, table: Table) -> None:
        """Add one table: its file, and what it says of the study."""
        component = self._parts.components.get(table.part)
        self._file(table, component)
        note_repairs(self._account, table.name, table.repairs)
        if table.prose:
            self._account.open({"text": table.prose}, f"table/{table.role}").raw("text")
            return
        entry = self._account.open({column.heading: True for column in table.columns}, f"table/{table.role}")
        if table.role == "file_list":
            entry.leave_rest(IMAGES)
            return
        taken = self._screening.read(table, component) | self._samples.read(table, component)
        self._settle(table, entry, taken)

    def write(self) -> None:
        """Write what all tables say together."""
        self._screening.write()

    def _file(self, table: Table, component: Record | None) -> None:
        owner = component
        if component is not None and table.role == "library":
            owner = component.setdefault("library", {"id": f"{component['id']}/library"})
        comma = table.name.lower().endswith(".csv")
        file = self._parts.add_file(
            owner, table.name, table.role, total_size_bytes=table.size_bytes, description=table.prose,
            media_type="text/csv" if comma else "text/tab-separated-values" if not table.prose else "text/plain",
        )  # fmt: skip
        if table.role == "file_list" or not table.columns:
            return
        columns = file.setdefault("columns", [])
        held = {column["name"].casefold() for column in columns}
        for column in table.columns:
            if column.heading.casefold() not in held:
                columns.append({"id": f"{file['id']}/column/{len(columns) + 1}", "name": column.heading})

    def _settle(self, table: Table, entry: Entry, taken: set[str]) -> None:
        """Enter every column in the account: read, or why not. Unknown ones stay unread and so are reported."""
        for column in table.columns:
            reason = left_out(column)
            if column.heading in taken or column.field == RESULT:
                entry.raw(column.heading)
            elif reason:
                entry.leave(column.heading, reason)
            elif not any(table.cell(row, column) for row in table.rows):
                entry.leave(column.heading, "empty")
            elif describes_samples(column):
                entry.leave(column.heading, MANY)
            elif column.field is not None:
                entry.leave(column.heading, IMAGES if table.role == "assay" else COLUMN)
