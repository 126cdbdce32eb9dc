"""The tutorial on /schema: a study written by hand, the same with three mistakes, and what the checks say of them."""

from __future__ import annotations

from functools import cache

import yaml

from catalogue import resources
from catalogue.model.examples import Example
from catalogue.web.schema.content import Wrong, judge

FURTHER = (
    (
        "Study-light-sheet",
        "is the usual study: paper, grant, biosample, specimen, acquisition with its instrument, two components, "
        "and two authors of one institute.",
    ),
    (
        "Study-human-restricted",
        "shows human material that only a committee gives out: who may get the images, how, and on what basis.",
    ),
    ("Study-full", "uses most of the fields there are; for looking things up."),
)
"""Examples to go on with after the first study, each with what it shows."""


@cache
def first_study() -> Example:
    """A study as a newcomer can write it."""
    return _load("first-study")


@cache
def with_mistakes() -> Wrong:
    """The same study with three mistakes, and the messages that lead back."""
    example = _load("first-study-mistakes")
    return Wrong(example, judge(example))


def _load(name: str) -> Example:
    text = (resources.schema_dir() / "examples" / f"{name}.yaml").read_text("utf-8")
    return Example(name, "Study", name.replace("-", " "), "", text, yaml.safe_load(text))
