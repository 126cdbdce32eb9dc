"""What IDR's tables say of screening: genes, phenotypes, plates, the reagents of a library, records of samples."""

from __future__ import annotations

import hashlib
import re
from typing import Any, Final

from catalogue.model.documents import Severity
from catalogue.model.namespaces import RESOURCES
from harvesters.account import Account
from harvesters.draft import TERM, StudyDraft
from harvesters.idr_rows import column_term
from harvesters.idr_tables import Column, Table

Record = dict[str, Any]

MAX_GENES: Final = 1_000
MAX_REAGENTS: Final = 200
MAX_PHENOTYPES: Final = 200
MAX_PLATES: Final = 1_000
_GENES: Final = ("table/Gene_Identifier", "table/Comment.Gene_Identifier", "table/Entrez_Gene_Identifier")
_REAGENT: Final = {
    "table/siRNA_Identifier": "reagent_identifier",
    "table/siRNA_Pool_Identifier": "reagent_identifier",
    "table/Mitocheck_siRNA_Identifier": "reagent_identifier",
    "table/PoolCatalogNumber": "reagent_identifier",
    "table/Compound_Broad_Identifier": "reagent_identifier",
    "table/Antibody_Identifier": "reagent_identifier",
    "table/Compound_Name": "title",
    "table/Gene_Identifier": "genes",
    "table/Entrez_Gene_Identifier": "genes",
    "table/Gene": "gene_symbols",
    "table/Gene_Symbol": "gene_symbols",
    "table/Gene_Symbol_Synonyms": "gene_symbols",
    "table/Gene_Name": "gene_symbols",
    "table/Gene_Description": "description",
    "table/siRNA_Annotation_Comments": "description",
    "table/Sequence": "sequences",
    "table/siRNA_Sequences": "sequences",
    "table/Sense_Sequence": "sequences",
    "table/Antisense_Sequence": "sequences",
    "table/Compound_SMILES": "smiles",
    "table/PubChem_InChIKey": "inchikey",
    "table/Compound_Source": "manufacturer",
    "table/Dose": "concentration",
    "table/siRNA_Dose": "concentration",
    "table/Antibody_Concentration": "concentration",
    "table/Dilution_Factor": "dilution",
    "table/DuplexCatalogNumber": "",
    "table/Compound_MOA": "",
    "table/GINumber": "",
    "table/Temperature_Sensitive_Allele": "",
    "table/Reagent_Design_Gene_Annotation_Build": "",
    "table/Analysis_Gene_Annotation_Build": "",
    "table/Gene_Annotation_Comments": "",
}
_INCHIKEY: Final = re.compile(r"[A-Z]{14}-[A-Z]{10}-[A-Z]")
_GENE: Final = re.compile(RESOURCES["ensembl"]["pattern"])
_BIOSAMPLE: Final = re.compile(RESOURCES["biosample"]["pattern"])


class Screening:
    """Reads what was tested and seen into the study and its components."""

    def __init__(self, draft: StudyDraft, account: Account):
        self._draft, self._account = draft, account
        self._genes: set[str] = set()

    def read(self, table: Table, component: Record | None) -> set[str]:
        """Add what one table says; the headings of the columns that were taken over."""
        taken = self._plates(table, component) | self._phenotypes(table, component)
        taken |= self._gene_columns(table) | self._sample_records(table)
        if table.role == "library" and component is not None:
            taken |= self._reagents(table, component)
        return taken

    def write(self) -> None:
        """Write the genes that all tables name together."""
        if len(self._genes) <= MAX_GENES:
            self._draft.set("genes", sorted(self._genes))
            return
        self._account.note(
            "genes-many", Severity.INFO, "table/Gene_Identifier", str(len(self._genes)),
            f"A study names at most {MAX_GENES} genes in its record; all stand in its tables.",
        )  # fmt: skip

    def _sample_records(self, table: Table) -> set[str]:
        columns = table.of_field("table/Comment.BioSample_ID")
        cells = {table.cell(row, column) for column in columns for row in table.rows}
        records = sorted(f"biosample:{cell}" for cell in cells if _BIOSAMPLE.fullmatch(cell))
        self._draft.extend("sample_records", records)
        return {column.heading for column in columns} if records else set()

    def _gene_columns(self, table: Table) -> set[str]:
        columns = table.of_field(*_GENES)
        for column in columns:
            for text in sorted({table.cell(row, column) for row in table.rows}):
                self._genes.update(gene_curies(text, column))
        return {column.heading for column in columns}

    def _phenotypes(self, table: Table, component: Record | None) -> set[str]:
        """Phenotypes by the authors' name, those of the study file where they stand there."""
        titles: dict[str, tuple[str, str]] = {}
        taken: set[str] = set()
        for column in table.of_field("table/Phenotype"):
            names = _near(table, column, "table/Phenotype_Term_Name")
            accessions = _near(table, column, "table/Phenotype_Term_Accession")
            taken |= {one.heading for one in (column, names, accessions) if one is not None}
            for row in table.rows:
                if title := table.cell(row, column):
                    term = (table.cell(row, one) if one else "" for one in (names, accessions))
                    label, accession = term
                    titles[title] = max(titles.get(title, ("", "")), (accession, label))
        if len(titles) > MAX_PHENOTYPES:
            return set()
        held = {_folded(one["title"]): one["id"] for one in self._draft.find("phenotypes") or []}
        for title in sorted(titles):
            accession, label = titles[title]
            path = f"{table.name}/Phenotype"
            curie = column_term(self._draft, label, "", accession, role=TERM, path=path)
            name = held.get(_folded(title))
            if name is None:
                key = hashlib.sha256(_folded(title).encode()).hexdigest()[:10]
                name = self._draft.part(
                    "phenotypes", "phenotype", key, title=title, phenotype_terms=[curie] if curie else []
                )
                held[_folded(title)] = name
            if component is not None and name not in component.setdefault("phenotypes", []):
                component["phenotypes"].append(name)
        return taken

    def _plates(self, table: Table, component: Record | None) -> set[str]:
        columns, wells = table.of_field("table/Plate"), table.of_field("table/Well")
        if component is None or not columns or table.role not in ("assay", "library"):
            return set()
        found: dict[str, set[str]] = {}
        for row in table.rows:
            if name := table.cell(row, columns[0]):
                found.setdefault(name, set()).update(cell for well in wells if (cell := table.cell(row, well)))
        if len(found) > MAX_PLATES or component.get("plates"):
            return set()
        whole = table.row_count == len(table.rows)
        component["plates"] = [
            {"id": f"{component['id']}/plate/{hashlib.sha256(name.encode()).hexdigest()[:10]}", "title": name}
            | ({"well_count": len(found[name])} if whole and found[name] else {})
            for name in sorted(found)
        ]
        return {column.heading for column in (*columns, *wells)}

    def _reagents(self, table: Table, component: Record) -> set[str]:
        columns = [column for column in table.columns if column.field in _REAGENT]
        named = [
            column for column in columns if _REAGENT[column.field or ""] in ("reagent_identifier", "title", "genes")
        ]
        rows = {tuple(table.cell(row, column) for column in columns) for row in table.rows}
        said = [row for row in rows if any(cell for cell, column in zip(row, columns, strict=True) if column in named)]
        if not said or len(said) > MAX_REAGENTS or table.row_count != len(table.rows):
            return set()
        library = component.setdefault("library", {"id": f"{component['id']}/library"})
        library["reagents"] = [self._reagent(columns, row) for row in sorted(said)]
        return {column.heading for column in columns}

    def _reagent(self, columns: list[Column], row: tuple[str, ...]) -> Record:
        key = hashlib.sha256(repr(row).encode()).hexdigest()[:10]
        reagent: Record = {"id": f"{self._draft.curie}/reagent/{key}"}
        others: list[tuple[str, str]] = []
        for column, cell in zip(columns, row, strict=True):
            slot = _REAGENT[column.field or ""]
            if not cell:
                continue
            if slot == "genes":
                reagent.setdefault(slot, []).extend(gene_curies(cell, column))
            elif slot in ("gene_symbols", "sequences"):
                reagent.setdefault(slot, []).append(cell)
            elif slot and slot not in reagent and (slot != "inchikey" or _INCHIKEY.fullmatch(cell)):
                reagent[slot] = cell
            else:
                others.append((column.heading, cell))
        reagent["characteristics"] = [
            {"id": f"{reagent['id']}/characteristic/{n}", "name": name, "text_value": text}
            for n, (name, text) in enumerate(others, 1)
        ]
        for slot in ("genes", "gene_symbols", "sequences"):
            if slot in reagent:
                reagent[slot] = list(dict.fromkeys(reagent[slot]))
        return self._draft.filled(reagent)


def gene_curies(text: str, column: Column) -> list[str]:
    """Genes in a cell as CURIEs of Ensembl, or of NCBI Gene where the column is that archive's; else nothing."""
    entrez = column.field == "table/Entrez_Gene_Identifier"
    found = []
    for word in re.split(r"[;,|/\s]+", text):
        if entrez and word.isascii() and word.isdigit():
            found.append(f"ncbigene:{word}")
        elif not entrez and _GENE.fullmatch(word) and not word.isdigit() and any(c.isdigit() for c in word):
            found.append(f"ensembl:{word}")
    return found


def _near(table: Table, column: Column, field: str) -> Column | None:
    """The column of a field that stands behind another, before the next of that other's kind."""
    for following in table.columns[table.columns.index(column) + 1 :]:
        if following.field == column.field:
            return None
        if following.field == field:
            return following
    return None


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()
