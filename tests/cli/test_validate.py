"""ommatidia validate: exit codes, formats, what is shown to people; no node is needed and none is made."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from app import open_node
from catalogue.cli.main import build_cli, run
from tests.e2e.archive import crate
from tests.e2e.processes import ommatidia
from tests.validation.checking import STUDY


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in, with nothing of a node."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("OMMATIDIA_HOME", raising=False)
    return tmp_path


def validate(*arguments: str, stdin: str | bytes | None = None) -> Result:
    """The command in this process."""
    return CliRunner().invoke(build_cli(open_node), ["validate", *arguments], input=stdin)


def write(folder: Path, text: str | bytes, name: str = "study.yaml") -> str:
    """A file; gives its name."""
    (folder / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return name


def test_good_file_ends_with_0_and_a_summary(folder: Path) -> None:
    """What conforms is told in a line a file and one for all, and no folder of a node appears."""
    done = validate(write(folder, STUDY))
    assert done.exit_code == 0
    assert done.stdout.splitlines() == [
        "study.yaml (1 record): conforms",
        "1 file held against the hard rules: nothing to mend.",
    ]
    assert [path.name for path in folder.iterdir()] == ["study.yaml"]


def test_crate_needs_no_node_either(folder: Path) -> None:
    """A crate is mapped and checked without a home; a folder means the crate in it."""
    (folder / "crate").mkdir()
    (folder / "crate" / "ro-crate-metadata.json").write_bytes(crate(1))
    done = validate("crate")
    assert done.exit_code == 0, done.output
    assert "crate/ro-crate-metadata.json (ro-crate: 1 record)" in done.stdout
    assert [path.name for path in folder.iterdir()] == ["crate"]


AUTHOR = """\
authors:
- type: Person
  id: idr:idr0001/author/1
  name: Ada Example
  orcid: 0000-0002-1439-5301
"""
NEWCOMER = {
    "misspelt field": (
        STUDY.replace("title:", "titel:"),
        """\
violation: Study has no field 'titel'
 --> study.yaml:5:1
5 │ titel: A study
  │ ^^^^^
  = did you mean: title
  = in: Study idr:idr0001
  = rule: Study, hard rules
""",
    ),
    "date in words": (
        STUDY + "date_published: 7 March 2023\n",
        """\
violation: date_published must be a day that exists, such as 2023-03-07
 --> study.yaml:7:17
7 │ date_published: 7 March 2023
  │                 ^^^^^^^^^^^^
  = in: Study idr:idr0001 (A study)
""",
    ),
    "ORCID without https": (
        STUDY
        + "authors:\n- type: Person\n  id: idr:idr0001/author/1\n  name: Ada Example\n  orcid: 0000-0002-1439-5301\n",
        """\
violation: orcid must be an ORCID such as https://orcid.org/0000-0002-1439-5301
  --> study.yaml:11:10
11 │   orcid: 0000-0002-1439-5301
   │          ^^^^^^^^^^^^^^^^^^^
   = did you mean: https://orcid.org/0000-0002-1439-5301
   = in: Person idr:idr0001/author/1 (Ada Example)
""",
    ),
    "no licence": (
        STUDY.replace("license: https://creativecommons.org/licenses/by/4.0/\n", ""),
        """\
violation: license is missing; give an absolute http(s) address, such as https://creativecommons.org/licenses/by/4.0/
 --> study.yaml:1:1
1 │ type: Study
  │ ^^^^
  = in: Study idr:idr0001 (A study)
""",
    ),
    "unknown value": (
        STUDY + "access:\n  id: idr:idr0001/access\n  access_level: restricted\n",
        """\
  = did you mean: RESTRICTED
  = in: Access idr:idr0001/access
""",
    ),
}


@pytest.mark.parametrize("mistake", NEWCOMER)
def test_newcomer_reads_what_to_mend(mistake: str, folder: Path) -> None:
    """Each of the usual first mistakes ends with 3 and one block: what, where, what was meant, of which thing."""
    text, expected = NEWCOMER[mistake]
    done = validate(write(folder, text))
    assert done.exit_code == 3
    assert expected in done.stdout
    assert done.stdout.count("violation: ") == 1
    assert done.stdout.endswith("1 file held against the hard rules: 1 violation.\n")


def test_wide_and_tabbed_lines_are_marked_in_their_columns(folder: Path) -> None:
    """Carets stand under the value where characters before it are two cells wide or tabs."""
    done = validate(write(folder, '{"type": "Study",\n\t"日本": 1, "id": "idr:idr0001"}', "a.json"))
    marks = [line for line in done.stdout.splitlines() if line.endswith("^^^^^^")]
    assert marks == ["  │  ^^^^^^"]


def test_control_characters_of_a_file_do_not_reach_the_terminal(folder: Path) -> None:
    """What a file holds is shown as text, never as a command to the terminal."""
    done = validate(
        write(folder, '{"type": "Study", "id": "idr:idr0001", "\\u001b[31m\\u009b": "[bold]x[/bold]"}', "a.json")
    )
    assert "\x1b" not in done.stdout and "\x9b" not in done.stdout and "no field" in done.stdout


def test_many_results_are_cut_for_people_alone(folder: Path) -> None:
    """Text shows a hundred results a file and how many more there are; JSON has all."""
    name = write(folder, STUDY + "".join(f"x{number}: 1\n" for number in range(150)))
    assert "and 50 more in study.yaml" in validate(name).stdout
    assert len(json.loads(validate(name, "--json").stdout)["files"][0]["results"]) == 150


@pytest.mark.parametrize(("form", "begins"), [("json", "{"), ("sarif", "{"), ("ttl", "@prefix")])
def test_formats_go_to_standard_output_alone(form: str, begins: str, folder: Path) -> None:
    """Every format is one document on standard output, with the same exit code."""
    done = validate(write(folder, STUDY + "colour: blue\n"), "--format", form)
    assert done.exit_code == 3 and done.stdout.startswith(begins)
    assert "hard rules:" not in done.stdout


def test_warnings_fail_only_when_strict(folder: Path) -> None:
    """A recommendation that is not followed ends with 0, with --strict 3."""
    value = json.loads(crate(1, funder=[{"@id": "#nowhere"}]))
    name = write(folder, json.dumps(value), "ro-crate-metadata.json")
    done = validate(name)
    assert done.exit_code == 0 and "warning: " in done.stdout
    assert validate(name, "--strict").exit_code == 3
    assert json.loads(validate(name, "--json").stdout)["conforms"] is True
    assert json.loads(validate(name, "--json", "--strict").stdout)["conforms"] is False


def test_standard_input_is_a_file(folder: Path) -> None:
    """- reads standard input, and its kind is told by what it holds."""
    assert validate("-", stdin=STUDY).exit_code == 0
    done = validate("-", "--format", "json", stdin="<http://a/b> a <http://schema.org/Dataset> .")
    assert (done.exit_code, json.loads(done.stdout)["files"][0]["kind"]) == (3, "rdf")


def test_several_files_are_one_report(folder: Path) -> None:
    """One bad file among good ones fails all, and each is told."""
    names = [write(folder, STUDY), write(folder, STUDY + "colour: blue\n", "bad.yaml")]
    done = validate(*names)
    assert done.exit_code == 3
    assert "study.yaml (1 record): conforms" in done.stdout and "bad.yaml (1 record): 1 violation" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nofile.yaml"], "There is no file"),
        (["."], "is a folder without"),
        ([], "Name at least one file"),
        (["study.yaml", "--profile", "gide-9"], "There is no profile 'gide-9'; there are "),
        (["study.yaml", "--profile", "gide-0.2-crate"], "RO-Crates and RDF as they come"),
        (["study.yaml", "--as", "rdf"], "holds no RDF"),
        (["study.yaml", "--format", "xml"], "xml"),
        (["study.yaml", "--as", "words"], "words"),
    ],
)
def test_wrong_call_ends_with_2(
    arguments: list[str], said: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What cannot be asked is told in a sentence on standard error."""
    write(folder, STUDY)
    assert run(build_cli(open_node), ["validate", *arguments]) == 2
    assert said in " ".join(capsys.readouterr().err.split())


def test_profile_of_graphs_may_be_asked_for_beside_records(folder: Path) -> None:
    """A profile must fit one of the files, not all."""
    names = [write(folder, STUDY), write(folder, crate(1), "ro-crate-metadata.json")]
    assert validate(*names, "--profile", "gide-0.2-crate").exit_code in (0, 3)


def test_profiles_are_listed() -> None:
    """--list-profiles says name, version and what each is about, as a table and as JSON."""
    shown = validate("--list-profiles")
    assert shown.exit_code == 0 and "gide-0.2-crate" in shown.stdout and "RO-Crates" in shown.stdout
    listed = {one["name"]: one for one in json.loads(validate("--list-profiles", "--json").stdout)}
    assert listed["gide-0.2"]["version"] == "0.2" and listed["gide-0.2"]["applies_to"] == ["Records"]


def test_process_tells_the_shell(folder: Path) -> None:
    """The installed command ends with the same code, and with a problem document where it was called wrongly."""
    ran = ommatidia(folder / "home", "validate", write(folder, STUDY + "colour: blue\n"), "--json")
    assert ran.code == 3 and ran.json["conforms"] is False
    refused = ommatidia(folder / "home", "validate", "nofile", "--json")
    assert refused.code == 2 and refused.json["type"].endswith("bad-request")
    assert not (folder / "home").exists()


def test_long_list_of_values_is_folded(folder: Path) -> None:
    """A message that lists all values of a field stands on lines that fit, with none of them cut."""
    done = validate(write(folder, STUDY + "modalities: [x]\n"))
    assert max(map(len, done.stdout.splitlines())) <= 120
    assert "magnetic_resonance_imaging, mass_spectrometry_imaging" in done.stdout and "`" not in done.stdout


def test_warning_alone_conforms_unless_strict(folder: Path) -> None:
    """A doubt is shown with its line and its kind; it fails a file only when asked to."""
    name = write(folder, STUDY.replace("A study", "n/a"))
    done = validate(name)
    assert done.exit_code == 0 and "rule: doubt-placeholder, likely mistakes" in done.stdout
    assert validate(name, "--strict").exit_code == 3


def test_wrong_choice_is_told_in_our_words(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """An option with a wrong value is told without the wording of a library."""
    assert run(build_cli(open_node), ["validate", write(folder, STUDY), "--format", "xml"]) == 2
    told = capfd.readouterr().err
    assert "'xml' is not one of 'text'" in told and "Value error" not in told
