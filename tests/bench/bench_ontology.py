"""A taxonomy of the size of NCBITaxon: installing it, what look-ups then take of memory and time, free text to terms.

Run as `python -m tests.bench.bench_ontology [--terms 2500000]`; the taxonomy is made up. Minutes for millions of terms.
"""

from __future__ import annotations

import argparse
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SYLLABLES = (
    "ba",
    "ce",
    "di",
    "fo",
    "gu",
    "la",
    "me",
    "ni",
    "po",
    "ru",
    "sa",
    "te",
    "vi",
    "xo",
    "cra",
    "stro",
    "phi",
    "lus",
)
ENDINGS = ("us", "a", "um", "is", "ensis", "ii", "ae")


def write_taxonomy(path: Path, terms: int) -> None:
    """An OBO file of binomials, four children a taxon, with synonyms, as in NCBITaxon."""
    dice = random.Random(1)

    def word(syllables: int) -> str:
        return "".join(dice.choice(SYLLABLES) for _ in range(syllables))

    genera = [word(dice.randint(2, 4)).capitalize() for _ in range(max(terms // 20, 1))]
    species = [word(dice.randint(2, 4)) + dice.choice(ENDINGS) for _ in range(max(terms // 8, 1))]
    with path.open("w") as file:
        file.write("format-version: 1.2\nontology: ncbitaxon\n")
        for number in range(1, terms + 1):
            strain = f" {word(2).upper()}{dice.randint(1, 9_999)}" if dice.random() < 0.4 else ""
            file.write(
                f"\n[Term]\nid: NCBITaxon:{number}\nname: {dice.choice(genera)} {dice.choice(species)}{strain}\n"
            )
            for _ in range(dice.choice((0, 0, 0, 1, 1, 2))):
                file.write(f'synonym: "{dice.choice(genera)} {dice.choice(species)}" RELATED synonym []\n')
            if number > 1:
                file.write(f"is_a: NCBITaxon:{max(1, number // 4)}\n")


LOOK_UPS = """
import random, resource, sys, time
from pathlib import Path
from catalogue.store.ontologies import Ontology
home, terms = Path(sys.argv[1]), int(sys.argv[2])
def memory():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
before = memory()
began = time.perf_counter()
held = Ontology.load(home)
held.label("NCBITaxon:1")
print(f"loaded in {time.perf_counter() - began:.3f} s")
dice = random.Random(2)
curies = [f"NCBITaxon:{dice.randint(1, terms)}" for _ in range(5_000)]
began = time.perf_counter()
for curie in curies:
    held.accepts(curie, "anything"), held.ancestors(curie)
print(f"label check and ancestors: {(time.perf_counter() - began) / len(curies) * 1e6:.0f} us a term")
texts = [held.label(curie) or "" for curie in curies[:200]]
texts = [text[:4] + text[5:] for text in texts]  # a letter is missing
times, right = [], 0
for curie, text in zip(curies, texts):
    began = time.perf_counter()
    found = held.suggest(text, ["NCBITaxon"])
    times.append(time.perf_counter() - began)
    right += curie in {s.curie for s in found}
times.sort()
print(f"misspelt names: {times[len(times) // 2] * 1e3:.1f} ms median, {times[-1] * 1e3:.1f} ms at most")
print(f"{right} of {len(texts)} among the first three")
print(f"memory {before} -> {memory()} MiB")
"""


def main() -> None:
    """Prints what installing and look-ups took."""
    from catalogue.store.ontologies import install

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--terms", type=int, default=2_500_000)
    terms = parser.parse_args().terms
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        write_taxonomy(home / "taxonomy.obo", terms)
        began = time.perf_counter()
        count = install(home, "ncbitaxon", home / "taxonomy.obo")
        size = (home / "taxonomy.obo").stat().st_size >> 20
        print(f"{count} terms of {size} MiB OBO installed in {time.perf_counter() - began:.0f} s")
        print(f"memory of this process {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10} MiB at most")
        for path in sorted((home / "ontologies").iterdir()):
            files = [path] if path.is_file() else list(path.iterdir())
            print(f"{path.name}: {sum(file.stat().st_size for file in files) >> 20} MiB")
        subprocess.run([sys.executable, "-c", LOOK_UPS, str(home), str(terms)], check=True)


if __name__ == "__main__":
    main()
