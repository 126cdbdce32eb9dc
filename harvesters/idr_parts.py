"""Screens and experiments of IDR's study file with their libraries, protocols, phenotypes and files."""

from __future__ import annotations

import re
from typing import Any, Final

from catalogue.model.documents import Severity
from harvesters.account import Account
from harvesters.draft import METHOD, TAXON, TERM, StudyDraft
from harvesters.idr_rows import Rows, column_term
from harvesters.idr_sheet import Block, Part
from harvesters.idr_study import data_doi

Record = dict[str, Any]

_NUMBER: Final = re.compile(r"[A-Za-z0-9]{1,8}")
_IMAGES: Final = re.compile(r"\b5D Images:\s*([0-9][0-9,]*)(?![0-9.])")
_ADDRESS: Final = re.compile(r"https?://[^\s,;]+")


class Parts:
    """Collects the components of one study and what they share.

    Args:
        files: path in lower case -> the file as it was described, for the tables that come with the study.
    """

    def __init__(self, draft: StudyDraft, account: Account, parts: list[Part]):
        self._draft, self._account = draft, account
        self._parts = parts
        self._names = part_names(draft.curie, parts)
        self._shared: dict[tuple[str, str], str] = {}
        self._files = len(draft.find("files") or [])
        self.components: dict[str, Record] = {}
        self.files: dict[str, Record] = {}

    def read(self) -> None:
        """Add all screens and experiments."""
        for part in self._parts:
            self._read(part)

    def _read(self, part: Part) -> None:
        kind = part.kind.capitalize()
        rows = Rows(self._account, part.blocks.get(part.kind, {}), part.kind)
        rows.text(f"{kind}_Number")
        base, segment = self._names[len(self.components)]
        component = self._component(kind, rows, base)
        # A block of another kind, as far as a study mixes them, is read as its own kind says.
        for name, block in part.blocks.items():
            if name not in (part.kind, "library", "assay", "protocol", "phenotype"):
                self._account.open(dict(block), name)
        self._library(component, Rows(self._account, part.blocks.get("library", {}), "library"), base)
        self._assay(component, Rows(self._account, part.blocks.get("assay", {}), "assay"))
        component["protocols"] = self._protocols(Rows(self._account, part.blocks.get("protocol", {}), "protocol"))
        component["phenotypes"] = self._phenotypes(Rows(self._account, part.blocks.get("phenotype", {}), "phenotype"))
        for group in part.data:
            self._data(component, group)
        self._draft.extend("organisms", component["organisms"])
        self._draft.extend("methods", component["methods"])
        self.components[segment] = component

    def write(self) -> None:
        """Write the components into the study, as they are now."""
        self._draft.set("components", [self._draft.filled(component) for component in self.components.values()])

    def add_file(self, owner: Record | None, path: str, role: str, **fields: Any) -> Record:
        """A file of a component (or of the study), described once however often it is named."""
        key = path.lower() or f"#{self._files + 1}"
        if key not in self.files:
            self._files += 1
            file = self._draft.filled(
                {"id": f"{self._draft.curie}/file/{self._files}", "path": path, "file_role": role}
            )
            self.files[key] = file
            if owner is None:
                self._draft.set("files", [*(self._draft.find("files") or []), file])
            else:
                owner.setdefault("files", []).append(file)
        file = self.files[key]
        for name, value in self._draft.filled(fields).items():
            file.setdefault(name, value)
        return file

    # -- the component itself ------------------------------------------------------------------------------------

    def _component(self, kind: str, rows: Rows, base: str) -> Record:
        draft = self._draft
        name = rows.text(f"Comment_IDR_{kind}_Name", word=True)
        size = "; ".join(_said_sizes(rows.texts(f"{kind}_Size")))
        # Half of the screens write the term's accession below an older key without `Type`.
        stem = "Technology" if rows.has(f"{kind}_Technology_Term_Accession") else "Technology_Type"
        component: Record = {
            "type": kind,
            "id": base,
            "accession": name,
            "title": name or f"{kind} {base.rpartition('/')[2]}",
            "description": rows.text(f"{kind}_Description"),
            "doi": data_doi(rows, f"{kind}_Data_DOI"),
            "component_types": rows.terms(draft, f"{kind}_Type", TERM),
            "technology_types": rows.terms(draft, f"{kind}_Technology_Type", TERM, stem=f"{kind}_{stem}"),
            "sample_type": rows.text(f"{kind}_Sample_Type"),
            "organisms": rows.terms(draft, f"{kind}_Organism", TAXON),
            "methods": rows.terms(draft, f"{kind}_Imaging_Method", METHOD),
            "comments": rows.texts(f"{kind}_Comments", word=False),
            "size_statement": size,
            "image_count": _count(size),
        }
        if publisher := rows.text(f"{kind}_Data_Publisher"):
            component["publisher"] = draft.organization(publisher, rows.where(f"{kind}_Data_Publisher"))
        for word in ("Images", "Image"):
            self._examples(component, rows, f"{kind}_Example_{word}")
        for path, form in rows.columns(f"{kind}_Assay_File", f"{kind}_Assay_File_Format"):
            if path:
                self.add_file(component, path, "assay", format_name=form)
        return component

    @staticmethod
    def _examples(component: Record, rows: Rows, key: str) -> None:
        """Addresses become example images; names of plates and wells, which are none, are comments."""
        for text in rows.texts(key, word=False):
            addresses = _ADDRESS.findall(text)
            component.setdefault("example_images", []).extend(
                address for address in addresses if address not in component.get("example_images", [])
            )
            if not addresses:
                component["comments"].append(f"Example image: {text}")

    # -- what belongs to it --------------------------------------------------------------------------------------

    def _library(self, component: Record, rows: Rows, base: str) -> None:
        draft = self._draft
        library: Record = {
            "library_types": rows.terms(draft, "Library_Type", TERM),
            "manufacturer": rows.text("Library_Manufacturer"),
            "version": rows.text("Library_Version"),
            "experimental_conditions": rows.terms(draft, "Library_Experimental_Conditions", TERM),
        }
        if assembly := rows.text("Library_Assembly"):
            library["description"] = f"Genome assembly: {assembly}"
        for path, form in rows.columns("Library_File_Name", "Library_File_Format"):
            if path:
                self.add_file(library, path, "library", format_name=form)
        library = draft.filled(library)
        if library:
            component["library"] = {"id": f"{base}/library", **library}

    def _assay(self, component: Record, rows: Rows) -> None:
        key = "Assay_Experimental_Conditions"
        columns = rows.columns(key, f"{key}_Term_Source_REF", f"{key}_Term_Accession")
        terms = [column_term(self._draft, *column, role=TERM, path=rows.where(key)) for column in columns if column[2]]
        component["experimental_conditions"] = list(dict.fromkeys(curie for curie in terms if curie))
        component["quality_control"] = rows.text("Quality_Control_Description")
        words = list(dict.fromkeys(label for label, _, accession in columns if label and not accession))
        if words:
            # Conditions in words are no terms: they say what was varied between the samples.
            sample = self._share(
                "biosamples", "biosample", organisms=component["organisms"], experimental_variables=words
            )
            component["biosamples"] = [sample]

    def _protocols(self, rows: Rows) -> list[str]:
        found = []
        keys = ("Name", "Type", "Type_Term_Source_REF", "Type_Term_Accession", "Description")
        for name, kind, reference, accession, text in rows.columns(*(f"Protocol_{key}" for key in keys)):
            if not (name or text):
                continue
            term = column_term(self._draft, kind, reference, accession, role=TERM, path="protocol/Protocol_Type")
            found.append(
                self._share(
                    "protocols", "protocol", title=name, description=text, protocol_types=[term] if term else []
                )
            )
        return list(dict.fromkeys(found))

    def _phenotypes(self, rows: Rows) -> list[str]:
        remarks = ("Score_Parameter", "Scoring_Method", "Scoring_Rules", "Annotation_Level")
        keys = ("Name", "Description", "Score_Type", *remarks)
        columns = rows.places(*(f"Phenotype_{key}" for key in keys))
        terms = self._phenotype_terms(rows)
        found = []
        for place in range(max(len(columns), max(terms, default=-1) + 1)):
            name, text, score, *more = columns[place] if place < len(columns) else ("",) * len(keys)
            curies = [curie for curie, _ in terms.get(place, [])]
            title = name or next((label for _, label in terms.get(place, []) if label), "")
            if not title:
                if text:
                    message = "A phenotype without a name; left out."
                    rows.note("phenotype-without-name", Severity.WARNING, "Phenotype_Name", text, message)
                continue
            words = (key.replace("_", " ").capitalize() for key in remarks)
            said = [f"{word}: {value}" for word, value in zip(words, more, strict=True) if value]
            fields = {"title": title, "phenotype_terms": list(dict.fromkeys(curies)), "score_type": score}
            description = "\n".join([text, *said] if text else said)
            found.append(self._share("phenotypes", "phenotype", **fields, description=description))
        return list(dict.fromkeys(found))

    def _phenotype_terms(self, rows: Rows) -> dict[int, list[tuple[str, str]]]:
        """Place of a phenotype -> CURIE and label of its terms: each repeated set of rows gives one more (idr0012)."""
        keys = ("Phenotype_Term_Name", "Phenotype_Term_Source_REF", "Phenotype_Term_Accession")
        sets = [rows.rows(key, word=True) for key in keys]
        found: dict[int, list[tuple[str, str]]] = {}
        for number in range(max(map(len, sets), default=0)):
            cells = [row[number] if number < len(row) else [] for row in sets]
            for place in range(max(map(len, cells))):
                label, reference, accession = (row[place] if place < len(row) else "" for row in cells)
                curie = column_term(
                    self._draft, label, reference, accession, role=TERM, path="phenotype/Phenotype_Term_Accession"
                )
                if curie:
                    found.setdefault(place, []).append((curie, label))
        return found

    def _share(self, slot: str, kind: str, **fields: Any) -> str:
        """The id of a part of the study that several components may use; equal ones are one."""
        key = (kind, repr(sorted(self._draft.filled(fields).items())))
        if key not in self._shared:
            self._shared[key] = self._draft.part(slot, kind, **fields)
        return self._shared[key]

    # -- data ----------------------------------------------------------------------------------------------------

    def _data(self, component: Record, group: Block) -> None:
        rows = Rows(self._account, group, "data")
        if next(iter(group)).startswith("Raw_Image"):
            component["raw_data_format"] = rows.text("Raw_Image_Data_Format")
            component["raw_data_organization"] = rows.text("Raw_Image_Organization")
            return
        feature = next(iter(group)).startswith("Feature_Level")
        stem, role = ("Feature_Level_Data", "feature_data") if feature else ("Processed_Data", "processed_data")
        columns = self._columns(rows, stem)
        files = self._named_files(rows, stem)
        if columns and not files:
            rows.note(
                "file-without-name", Severity.WARNING, f"{stem}_Column_Name", columns[0]["name"],
                f"{len(columns)} columns are described and the file that has them is not named.",
            )  # fmt: skip
            files = [("", "", "")]
        for number, (path, text, form) in enumerate(files):
            file = self.add_file(component, path, role, description=text, format_name=form)
            if number == 0 and columns and "columns" not in file:
                file["columns"] = [{"id": f"{file['id']}/column/{n}", **column} for n, column in enumerate(columns, 1)]
        if columns and len(files) > 1:
            message = f"The columns are described once for {len(files)} files; kept with the first."
            rows.note("columns-of-several-files", Severity.INFO, f"{stem}_File_Name", files[0][0], message)

    @staticmethod
    def _named_files(rows: Rows, stem: str) -> list[tuple[str, str, str]]:
        found: list[tuple[str, str, str]] = []
        for word in ("File", "Files"):
            keys = (f"{stem}_{word}_Name", f"{stem}_{word}_Description", f"{stem}_{word}_Format")
            for path, text, form in rows.columns(*keys):
                if path or text:
                    found.append((path, text, form))
                if text and not path:
                    rows.note("file-without-name", Severity.WARNING, keys[1], text, "The file has no name.")
        builds = rows.text(f"{stem}_Genome_Build_For_Target_Genes")
        if builds and found:
            path, text, form = found[0]
            found[0] = (
                path,
                "\n".join(part for part in (text, f"Genome build of target genes: {builds}") if part),
                form,
            )
        return found

    @staticmethod
    def _columns(rows: Rows, stem: str) -> list[Record]:
        """The columns of a table, each with what stands below its name."""
        levels = [f"{stem}_Column_Annotation_Level", f"{stem}_Annotation_Level", f"{stem}_Column_Annotation"]
        joins = [f"{stem}_Column_Link_To_Library_File", f"{stem}_Column_Link_To_Assay_File"]
        keys = (f"{stem}_Column_Name", f"{stem}_Column_Type", f"{stem}_Column_Description", *levels)
        links = [text for key in joins for text in rows.texts(key)]
        found = []
        for name, kind, text, *level in _upright(rows.columns(*keys)):
            if name:
                column = {
                    "name": name, "column_type": kind, "description": text,
                    "annotation_level": next((word for word in level if word), ""),
                    "joins": name if name in links else "",
                }  # fmt: skip
                found.append({key: value for key, value in column.items() if value})
            elif text:
                rows.note(
                    "column-without-name", Severity.WARNING, f"{stem}_Column_Description", text,
                    "A column without a name; left out.",
                )  # fmt: skip
        for link in links:
            if all(column["name"] != link for column in found):
                rows.note("join-unknown", Severity.INFO, joins[0], link, "No column of the table has this name.")
        return found


def part_names(study: str, parts: list[Part]) -> list[tuple[str, str]]:
    """Id of each part in the study's record, and its name as tables write it (`screena`).

    The id ends with the number that the part states, with its place where that is missing or taken; the name is the end
    of its accession, else its number as a letter.
    """
    found: dict[str, str] = {}
    for place, part in enumerate(parts, 1):
        kind = part.kind.capitalize()
        number, accession = (_first_cell(part, key) for key in (f"{kind}_Number", f"Comment_IDR_{kind}_Name"))
        key = number if _NUMBER.fullmatch(number) else str(place)
        if f"{study}/{part.kind}/{key}" in found:
            key = f"{key}-{place}"
        named = re.search(r"/((?:screen|experiment)[A-Za-z]{1,2})$", accession, re.IGNORECASE)
        letter = chr(96 + int(key)) if key.isdigit() and 0 < int(key) <= 26 else key
        name = named[1].lower() if named else f"{part.kind}{letter}"
        found[f"{study}/{part.kind}/{key}"] = name if name not in found.values() else f"{name}-{place}"
    return list(found.items())


def _first_cell(part: Part, key: str) -> str:
    rows = part.blocks.get(part.kind, {}).get(key, [])
    return next((cell.strip() for cells in rows for cell in cells if cell.strip()), "")


def _upright(columns: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Columns whose names stand below each other, set side by side (idr0076).

    Their descriptions stand below each other as well, behind the names; what is said once holds for all.
    """
    if not columns or "\n" not in columns[0][0] or any(column[0] for column in columns[1:]):
        return columns
    lines = "\t".join(column[2] for column in columns).split("\n")
    said: dict[str, list[str]] = {}
    for line in lines:
        name, _, text = line.partition("\t")
        said.setdefault(name, []).append(text)
    found = []
    for name in columns[0][0].split("\n"):
        texts = said.get(name, [])
        if name != "and":
            found.append((name, columns[0][1], texts.pop(0) if texts else "", *columns[0][3:]))
    return found


def _said_sizes(texts: list[str]) -> list[str]:
    """The sizes that say something: labels without a number ("Plates: ") are how the template is delivered."""
    return [text for text in texts if not text.rstrip().endswith(":")]


def _count(size: str) -> int | None:
    found = _IMAGES.search(size)
    number = int(found[1].replace(",", "")) if found else None
    return number if number is not None and number < 2**53 else None
