"""The made-up studies of the demo members and their images; organisms, methods and their ontology ids are real."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from catalogue.cli.demo.stores import DemoImage

HUMAN: Final = ("9606", "Homo sapiens", "human")
MOUSE: Final = ("10090", "Mus musculus", "house mouse")
ZEBRAFISH: Final = ("7955", "Danio rerio", "zebrafish")
FLY: Final = ("7227", "Drosophila melanogaster", "fruit fly")
WORM: Final = ("6239", "Caenorhabditis elegans", "")
YEAST: Final = ("4932", "Saccharomyces cerevisiae", "baker's yeast")
CRESS: Final = ("3702", "Arabidopsis thaliana", "thale cress")
COLI: Final = ("562", "Escherichia coli", "")
PLASMODIUM: Final = ("5833", "Plasmodium falciparum", "")
ALGA: Final = ("3055", "Chlamydomonas reinhardtii", "")
MEDAKA: Final = ("8090", "Oryzias latipes", "Japanese medaka")

FLUORESCENCE: Final = ("00000246", "fluorescence microscopy")
CONFOCAL: Final = ("00000251", "confocal microscopy")
SPINNING_DISK: Final = ("00000253", "spinning disk confocal microscopy")
LIGHT_SHEET: Final = ("00000369", "SPIM")
BRIGHT_FIELD: Final = ("00000243", "bright-field microscopy")
PHASE_CONTRAST: Final = ("00000247", "phase contrast microscopy")
ELECTRON: Final = ("00000256", "electron microscopy")

CC0: Final = "https://creativecommons.org/publicdomain/zero/1.0/"
CC_BY: Final = "https://creativecommons.org/licenses/by/4.0/"
NOTICE: Final = "Invented for a demonstration of Ommatidia: no such experiment was made, and the pixels are computed."

Taxon = tuple[str, str, str]
Method = tuple[str, str]


@dataclass(frozen=True, slots=True)
class DemoStudy:
    """One study as its member tells it, before the member's dialect of the crate format is applied.

    Args:
        taxa: (NCBI taxon number, scientific name, common name or "").
        methods: (FBbi number, label).
        sample: what was imaged; `protocol` is how.
        terms: other subjects as (CURIE, label).
        grants: (award number, name of the funder, its ROR), invented numbers of a real funder.
    """

    accession: str
    title: str
    description: str
    published: str
    license: str
    authors: tuple[str, ...]
    taxa: tuple[Taxon, ...]
    methods: tuple[Method, ...]
    sample: str
    protocol: str
    keywords: tuple[str, ...] = ()
    terms: tuple[tuple[str, str], ...] = ()
    images: tuple[DemoImage, ...] = field(default=())
    grants: tuple[tuple[str, str, str], ...] = ()


WELLCOME: Final = ("900001/Z/26/Z", "Wellcome Trust", "https://ror.org/029chgv08")
_UM2: Final = ("micrometer", "micrometer")
_CUM2: Final = ("", *_UM2)

BIA_STUDIES: Final = (
    DemoStudy(
        "S-BIAD900001",
        "Nuclei and microtubules of HeLa cells, for counting and segmentation",
        "Wide-field images of HeLa nuclei stained with DAPI, some with a microtubule channel, made to try out "
        "segmentation.",
        "2026-02-03",
        CC0,
        ("Ada Demo", "Bruno Example"),
        (HUMAN,),
        (FLUORESCENCE,),
        "HeLa cells on glass",
        "Wide-field fluorescence microscopy, 63x oil objective, DAPI and an antibody against alpha-tubulin.",
        ("nuclei", "segmentation"),
        (("GO:0005874", "microtubule"),),
        (
            DemoImage(
                "zarr/S-BIAD900001/nuclei-field-1.ome.zarr",
                "S-BIAD900001",
                "nuclei",
                11,
                "yx",
                "0.5",
                (0.2, 0.2),
                _UM2,
                (("DAPI", "00A0FF"),),
                4,
                title="HeLa nuclei, field 1",
                organism="NCBI:txid9606",
                method="obo:FBbi_00000246",
            ),
            DemoImage(
                "zarr/S-BIAD900001/cells-field-2.ome.zarr",
                "S-BIAD900001",
                "two-colour-cells",
                12,
                "cyx",
                "0.4",
                (1.0, 0.2, 0.2),
                _CUM2,
                (("DAPI", "0080FF"), ("alpha-tubulin", "00FF60")),
                3,
                identifier="b1a00001-0de0-4e57-8a1d-000000000002",
                title="HeLa nuclei and microtubules, field 2",
                organism="NCBI:txid9606",
                method="FBbi:00000246",
            ),
        ),
        grants=(WELLCOME,),
    ),
    DemoStudy(
        "S-BIAD900002",
        "Light-sheet time lapse of a zebrafish embryo during gastrulation",
        "Three time points of a zebrafish embryo with labelled nuclei and cytoplasm, eight planes each.",
        "2026-03-14",
        CC_BY,
        ("Chandra Sample", "Dolores Demo"),
        (ZEBRAFISH,),
        (LIGHT_SHEET,),
        "Zebrafish embryo, H2B-eGFP, 8 hours after fertilisation",
        "Selective plane illumination microscopy, two-sided illumination, one stack a minute.",
        ("development", "time lapse"),
        (("GO:0007369", "gastrulation"),),
        (
            DemoImage(
                "zarr/S-BIAD900002/embryo-1.ome.zarr",
                "S-BIAD900002",
                "lightsheet-embryo",
                21,
                "tczyx",
                "0.4",
                (60.0, 1.0, 2.0, 0.65, 0.65),
                ("second", "", "micrometer", *_UM2),
                (("H2B-eGFP", "00FF00"), ("membrane", "FF00FF")),
                3,
                128,
                title="Zebrafish embryo 1",
                organism="NCBI:txid7955",
                method="obo:FBbi_00000369",
            ),
        ),
    ),
    DemoStudy(
        "S-BIAD900003",
        "Cell walls and plastids in the root tip of Arabidopsis",
        "Confocal stacks of root tips with nuclei, cell walls and plastids.",
        "2026-04-21",
        CC_BY,
        ("Elif Example",),
        (CRESS,),
        (CONFOCAL,),
        "Root tips of five-day-old Arabidopsis seedlings",
        "Laser scanning confocal microscopy, 40x water objective.",
        ("plant", "root"),
        (),
        (
            DemoImage(
                "zarr/S-BIAD900003/root tip 1.ome.zarr",
                "S-BIAD900003",
                "root",
                31,
                "czyx",
                "0.5",
                (1.0, 0.8, 0.3, 0.3),
                ("", "micrometer", *_UM2),
                (("nuclei", "4060FF"), ("walls", "FFFFFF"), ("plastids", "FF3000")),
                2,
                144,
                title="Arabidopsis root tip 1",
                organism="NCBI:txid3702",
                method="FBbi:00000251",
            ),
        ),
        grants=(WELLCOME,),
    ),
    DemoStudy(
        "S-BIAD900004",
        "Stained sections of the mouse kidney",
        "Bright-field colour images of mouse kidney sections stained with haematoxylin and eosin.",
        "2026-05-05",
        CC0,
        ("Farid Sample", "Ada Demo"),
        (MOUSE,),
        (BRIGHT_FIELD,),
        "Kidney of an adult mouse, paraffin sections of 4 micrometres",
        "Bright-field slide scanner, 20x objective, haematoxylin and eosin.",
        ("histology", "kidney"),
        (("UBERON:0002113", "kidney"),),
        (
            DemoImage(
                "zarr/S-BIAD900004/section-17.ome.zarr",
                "S-BIAD900004",
                "stained-section",
                41,
                "cyx",
                "0.5",
                (1.0, 0.5, 0.5),
                _CUM2,
                (("Red", "FF0000"), ("Green", "00FF00"), ("Blue", "0000FF")),
                4,
                128,
                4,
                title="Kidney, section 17",
                organism="NCBI:txid10090",
                method="obo:FBbi_00000243",
            ),
        ),
    ),
    DemoStudy(
        "EMPIAR-99001",
        "Electron tomograms of thylakoid membranes in Chlamydomonas",
        "A tomogram of vesicles and membranes in a thinned Chlamydomonas cell, held by EMPIAR and shown by the "
        "BioImage Archive.",
        "2026-06-30",
        CC0,
        ("Grace Demo",),
        (ALGA,),
        (ELECTRON,),
        "Chlamydomonas reinhardtii, plunge-frozen",
        "Transmission electron microscope at 300 kV, tilt series from -60 to +60 degrees.",
        ("tomography",),
        (),
        (
            DemoImage(
                "zarr/EMPIAR-99001/tomogram-1.ome.zarr",
                "EMPIAR-99001",
                "tomogram",
                51,
                "zyx",
                "0.5",
                (13.68, 13.68, 13.68),
                ("angstrom", "angstrom", "angstrom"),
                (),
                2,
                96,
                title="Tomogram 1, binned four times",
                organism="NCBI:txid3055",
                method="FBbi:00000256",
            ),
        ),
    ),
)

IDR_STUDIES: Final = (
    DemoStudy(
        "idr9001",
        "A screen for DNA repair foci in budding yeast",
        "Two fields of a screen of yeast strains that carry a fluorescent repair protein.",
        "2025-11-18",
        CC_BY,
        ("Hana Example",),
        (YEAST,),
        (SPINNING_DISK,),
        "Budding yeast, strains of a deletion collection",
        "Spinning disk confocal microscopy, 60x objective, one plane.",
        (),
        (),
        (
            DemoImage(
                "zarr/v0.4/idr9001/90010001.zarr",
                "idr9001",
                "yeast-foci",
                61,
                "cyx",
                "0.4",
                (1.0, 0.108, 0.108),
                _CUM2,
                (("cells", "808080"), ("Rad52-YFP", "FFE000")),
                3,
                identifier="90010001",
                title="Plate 1, well A1, field 1",
                organism="NCBI:txid4932",
                method="obo:FBbi_00000253",
            ),
            DemoImage(
                "zarr/v0.5/idr9001/90010002.zarr",
                "idr9001",
                "yeast-foci",
                62,
                "cyx",
                "0.5",
                (1.0, 0.108, 0.108),
                _CUM2,
                (("cells", "808080"), ("Rad52-YFP", "FFE000")),
                3,
                identifier="90010002",
                title="Plate 1, well A2, field 1",
                organism="NCBI:txid4932",
                method="obo:FBbi_00000253",
            ),
        ),
    ),
    DemoStudy(
        "idr9002",
        "Nuclei of the Drosophila wing disc in three dimensions",
        "A stack of nuclei in a third-instar wing disc.",
        "2025-12-01",
        CC_BY,
        ("Ivan Sample", "Jun Demo"),
        (FLY,),
        (CONFOCAL,),
        "Wing discs of third-instar larvae",
        "Confocal microscopy, 40x oil objective, planes one micrometre apart.",
        (),
        (),
        (
            DemoImage(
                "zarr/v0.4/idr9002/90020001.zarr",
                "idr9002",
                "nuclei-stack",
                71,
                "zyx",
                "0.4",
                (1.0, 0.25, 0.25),
                ("micrometer", *_UM2),
                (("histone-RFP", "FF4040"),),
                3,
                160,
                identifier="90020001",
                title="Wing disc 1",
                organism="NCBI:txid7227",
                method="FBbi:00000251",
            ),
        ),
    ),
    DemoStudy(
        "idr9003",
        "Mitosis of human cells, followed over time",
        "Eight frames of dividing cells with labelled chromatin.",
        "2026-01-20",
        CC_BY,
        ("Kofi Example",),
        (HUMAN,),
        (FLUORESCENCE,),
        "HeLa Kyoto cells, H2B-mCherry",
        "Wide-field time lapse, 20x dry objective, one frame in two minutes.",
        (),
        (("GO:0000278", "mitotic cell cycle"),),
        (
            DemoImage(
                "zarr/v0.5/idr9003/90030001.zarr",
                "idr9003",
                "mitosis",
                81,
                "tyx",
                "0.5",
                (120.0, 0.32, 0.32),
                ("second", *_UM2),
                (("H2B-mCherry", "FF2020"),),
                3,
                144,
                identifier="90030001",
                title="Position 1",
                organism="NCBI:txid9606",
                method="FBbi:00000246",
            ),
        ),
    ),
    DemoStudy(
        "idr9004",
        "Cell painting of human osteosarcoma cells",
        "One field of U2OS cells in four colours.",
        "2026-02-11",
        CC0,
        ("Lena Demo", "Hana Example"),
        (HUMAN,),
        (FLUORESCENCE,),
        "U2OS cells treated with a compound library",
        "Automated wide-field microscopy, 20x objective, four dyes.",
        (),
        (),
        (
            DemoImage(
                "zarr/v0.5/idr9004/90040001.zarr",
                "idr9004",
                "four-colour-cells",
                91,
                "cyx",
                "0.5",
                (1.0, 0.65, 0.65),
                _CUM2,
                (("DNA", "0040FF"), ("actin", "FF4000"), ("ER", "00C060"), ("mitochondria", "FFFF00")),
                3,
                128,
                2,
                identifier="90040001",
                title="Plate 3, well C7, site 2",
                organism="NCBI:txid9606",
                method="obo:FBbi_00000246",
            ),
        ),
    ),
    DemoStudy(
        "idr9005",
        "Malaria parasites in red blood cells",
        "A short stack of infected red blood cells.",
        "2026-03-02",
        CC_BY,
        ("Maya Sample",),
        (PLASMODIUM, HUMAN),
        (FLUORESCENCE,),
        "Plasmodium falciparum 3D7 in human erythrocytes",
        "Wide-field fluorescence microscopy, 60x objective.",
        (),
        (),
        (
            DemoImage(
                "zarr/v0.4/idr9005/90050001.zarr",
                "idr9005",
                "parasites",
                101,
                "czyx",
                "0.4",
                (1.0, 400.0, 108.0, 108.0),
                ("", "nanometer", "nanometer", "nanometer"),
                (("red cells", "FF3030"), ("parasite DNA", "3060FF")),
                2,
                160,
                identifier="90050001",
                title="Well B4, field 1",
                organism="NCBI:txid5833",
                method="obo:FBbi_00000246",
            ),
        ),
    ),
)

SSBD_STUDIES: Final = (
    DemoStudy(
        "900-Demo-WormDev",
        "Nuclear divisions of the early C. elegans embryo",
        "A time lapse of nuclei in the early embryo of C. elegans, six time points of ten planes.",
        "2025-10-10",
        CC_BY,
        ("Naoko Demo",),
        (WORM,),
        (SPINNING_DISK,),
        "Caenorhabditis elegans embryo, histone-GFP",
        "Spinning disk confocal microscopy, 100x oil objective, one stack in forty seconds.",
        (),
        (("GO:0009792", "embryo development ending in birth or egg hatching"),),
        (
            DemoImage(
                "zarr/worm-embryo-1.zarr",
                "900-Demo-WormDev",
                "worm-embryo",
                111,
                "tzyx",
                "0.5",
                (40.0, 1.0, 0.22, 0.22),
                ("second", "micrometer", *_UM2),
                (("histone-GFP", "40FF40"),),
                2,
                112,
                title="Embryo 1",
                organism="NCBI:txid6239",
                method="obo:FBbi_00000253",
            ),
        ),
    ),
    DemoStudy(
        "901-Demo-MouseEmbryo",
        "Nuclei of the mouse blastocyst",
        "One stack of nuclei in a mouse blastocyst.",
        "2025-10-24",
        CC_BY,
        ("Omar Example", "Naoko Demo"),
        (MOUSE,),
        (CONFOCAL,),
        "Mouse blastocyst, 3.5 days after fertilisation",
        "Confocal microscopy, 40x water objective.",
        (),
        (),
        (
            DemoImage(
                "zarr/blastocyst-4.zarr",
                "901-Demo-MouseEmbryo",
                "nuclei-stack",
                121,
                "zyx",
                "0.5",
                (2.0, 0.31, 0.31),
                ("micrometer", *_UM2),
                (("DAPI", "2090FF"),),
                3,
                160,
                2,
                title="Blastocyst 4",
                organism="NCBI:txid10090",
                method="FBbi:00000251",
            ),
        ),
    ),
    DemoStudy(
        "ssbd-repos-900001",
        "Growing colonies of Escherichia coli",
        "Phase contrast images of micro-colonies on agar pads.",
        "2026-01-15",
        CC_BY,
        ("Priya Sample",),
        (COLI,),
        (PHASE_CONTRAST,),
        "Escherichia coli MG1655 on an agar pad",
        "Phase contrast microscopy, 100x oil objective.",
        (),
        (),
        (
            DemoImage(
                "zarr/colony-a.zarr",
                "ssbd-repos-900001",
                "bacteria",
                131,
                "yx",
                "0.4",
                (0.065, 0.065),
                _UM2,
                (),
                3,
                title="Colony A",
                organism="NCBI:txid562",
                method="obo:FBbi_00000247",
            ),
            DemoImage(
                "zarr/colony-b.zarr",
                "ssbd-repos-900001",
                "bacteria",
                132,
                "yx",
                "0.5",
                (0.065, 0.065),
                _UM2,
                (),
                3,
                title="Colony B",
                organism="NCBI:txid562",
                method="obo:FBbi_00000247",
            ),
        ),
    ),
    DemoStudy(
        "ssbd-repos-900002",
        "Microtubules and nuclei of the medaka blastula",
        "Immunofluorescence of microtubules in the blastula of medaka.",
        "2026-02-26",
        CC_BY,
        ("Quentin Demo",),
        (MEDAKA,),
        (FLUORESCENCE,),
        "Medaka blastula, d-rR strain",
        "Wide-field fluorescence microscopy, 20x objective.",
        (),
        (),
        (
            DemoImage(
                "zarr/medaka-2.zarr",
                "ssbd-repos-900002",
                "two-colour-cells",
                141,
                "cyx",
                "0.5",
                (1.0, 0.4, 0.4),
                _CUM2,
                (("DNA", "3070FF"), ("alpha-tubulin", "FF40C0")),
                3,
                title="Blastula 2",
                organism="NCBI:txid8090",
                method="obo:FBbi_00000246",
            ),
        ),
    ),
)
