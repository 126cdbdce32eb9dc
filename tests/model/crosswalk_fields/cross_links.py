"""Identifiers of other archives that the records of image archives hold, by the prefix of the identifier."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

SOURCE = "cross-links"

FOLDERS = ("bia-api", "biosamples", "biostudies", "ega", "empiar", "idr", "ssbd-rdf")
PATTERNS: Final = {
    "addgene": r"\baddgene\.org/\d+",
    "alphafold.db": r"\balphafold\.ebi\.ac\.uk/entry",
    "arrayexpress": r"\bE-(?:MTAB|GEOD|MEXP|PROT|ERAD)-\d+\b",
    "arxiv": r"\barxiv\.org/abs/",
    "bioimage.io": r"\bbioimage\.io\b",
    "bioproject": r"\bPRJ(?:NA|EB|DB)\d+\b",
    "biosample": r"\bSAM(?:EA|N|D)\d+\b",
    "biostudies": r"\bS-(?:BIAD|BSST|BSMS)-?\d+\b",
    "cellimage": r"\bcellimagelibrary\.org/images",
    "cellosaurus": r"\bCVCL_[A-Z0-9]{4}\b",
    "chebi": r"\bCHEBI[:_]\d+\b",
    "chembl.compound": r"\bCHEMBL\d+\b",
    "cl": r"\bCL_\d{7}\b",
    "clo": r"\bCLO_\d{7}\b",
    "cmpo": r"\bCMPO_\d{7}\b",
    "dbgap": r"\bphs\d{6}\b",
    "doi": r"\bdoi\.org/10\.",
    "duo": r"\bDUO:\d{7}\b",
    "efo": r"\bEFO_\d{7}\b",
    "ega.dataset": r"\bEGAD\d{11}\b",
    "ega.study": r"\bEGAS\d{11}\b",
    "emdb": r"\bEMD-\d{4,6}\b",
    "empiar": r"\bEMPIAR-\d{5}\b",
    "ena.embl": r"\b[ED]R[APXRSZ]\d{6,}\b",
    "ensembl": r"\bENS[A-Z]{0,4}[GTP]\d{11}\b",
    "fbbi": r"\bFBbi_\d{8}\b",
    "flybase": r"\bFBgn\d{7}\b",
    "funderregistry": r"\b10\.13039/\d+",
    "geo": r"\bGS[EM]\d{3,}\b",
    "github": r"\bgithub\.com/[\w-]+/[\w.-]+",
    "go": r"\bGO_\d{7}\b",
    "idr": r"\bidr0\d{3}\b",
    "insdc.sra": r"\bSR[APXRSZ]\d{6,}\b",
    "jax": r"\bjax\.org/strain/\d{6}\b",
    "mesh": r"\bid\.nlm\.nih\.gov/mesh",
    "metabolights": r"\bMTBLS\d+\b",
    "mgi": r"\bMGI:\d{3,}\b",
    "mondo": r"\bMONDO[:_]\d{7}\b",
    "ncbigene": r"\bncbi\.nlm\.nih\.gov/gene/\d+",
    "ncbitaxon": r"\bNCBITaxon_\d+\b",
    "orcid": r"\b\d{4}-\d{4}-\d{4}-\d{3}[\dX]\b",
    "pdb": r"\b(?:rcsb\.org/structure|ebi\.ac\.uk/pdbe/entry/pdb)/\w{4}\b",
    "pmc": r"\bPMC\d{5,}\b",
    "pride.project": r"\bPXD\d{6}\b",
    "protocols.io": r"\b(?:protocols\.io/|10\.17504/)",
    "pubchem.compound": r"\bpubchem\.ncbi\.nlm\.nih\.gov",
    "pubmed": r"\b(?:pubmed\.ncbi\.nlm\.nih\.gov|ncbi\.nlm\.nih\.gov/pubmed)/\d+",
    "refseq": r"\b[NX][MRP]_\d{6,}\b",
    "ror": r"\bror\.org/0[a-z0-9]{8}\b",
    "rrid": r"\bAB_\d{6,}\b",
    "scr": r"\bSCR_\d{6}\b",
    "sgd": r"\bY[A-P][LR]\d{3}[WC]\b",
    "ssbd": r"\bssbd\.riken\.jp/",
    "uberon": r"\bUBERON_\d{7}\b",
    "uniprot": r"\buniprot\.org/uniprot",
    "wormbase": r"\bWBGene\d{8}\b",
    "workflowhub": r"\bworkflowhub\b",
    "zenodo.record": r"\b(?:zenodo\.org/records?/|10\.5281/zenodo\.)\d+",
    "zfin": r"\bZDB-GENE-\d{6}-\d+\b",
}


def iter_fields(partners: Path) -> Iterator[str]:
    waiting = {prefix: re.compile(pattern, re.ASCII) for prefix, pattern in PATTERNS.items()}
    for folder in FOLDERS:
        for path in (partners / folder).rglob("*.*"):
            text = path.read_text("utf-8", errors="replace") if path.is_file() else ""
            found = {prefix for prefix, pattern in waiting.items() if pattern.search(text)}
            for prefix in found:
                del waiting[prefix]
                yield f"xref:{prefix}"
