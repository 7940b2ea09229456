"""`lumina notebook proposals` and `undo`, without a Jupyter server; the commands of the documentation run as they stand."""

from __future__ import annotations

import asyncio
import json
import re
import shlex
from pathlib import Path

import nbformat
import pytest

from lumina_jupyter.collaboration.document.cell import Cell
from lumina_jupyter.collaboration.proposals.proposal import Draft, Origin
from lumina_jupyter.collaboration.proposals.proposals import Proposals
from lumina_jupyter.collaboration.replicas.notebooks import Notebooks
from lumina_jupyter.collaboration.replicas.places import DiskPlaces
from lumina_jupyter.storage import Database

from .running import Home

DOCUMENT = (Path(__file__).parents[3] / "docs" / "proposals-and-undo.md").read_text()
COMMANDS = "".join(re.findall(r"```sh\n(.*?)```", DOCUMENT, re.DOTALL)).splitlines()
DOCUMENTED_ID = "prop_3f9a1c"
LONG = "rate = 1\nbase = 2\ntax = 3\ntotal = 4"
LONGER = "rate = 10\nbase = 2\ntax = 3\ntotal = 40"


async def hand_in(home: Home, path: Path) -> str:
    """Propose changes for a notebook; the proposal's id."""
    database = Database("", home.data)
    try:
        proposals = Proposals(database, Notebooks(DiskPlaces()).open, lambda _key: None)
        draft = Draft(kind="edit", cell="c0", base_hash=Cell(id="c0", type="code", source=LONG).hash, source=LONGER)
        made = await proposals.propose(str(path), Origin(run="r", model="lab/m", reason="Ten times."), [draft])
    finally:
        await database.close()
    return made.id


@pytest.fixture
def notebook(home: Home) -> Path:
    """A notebook `work/prices.ipynb`."""
    path = home.path / "work" / "prices.ipynb"
    path.parent.mkdir()
    made = nbformat.v4.new_notebook()
    made.cells = [nbformat.v4.new_code_cell(LONG, id="c0")]
    nbformat.write(made, path)
    return path


@pytest.fixture
def proposal(home: Home, notebook: Path) -> str:
    """What is proposed for it."""
    return asyncio.run(hand_in(home, notebook))


def source(path: Path) -> str:
    """What the cell holds."""
    return str(nbformat.read(path, as_version=4).cells[0].source)


def test_the_documented_commands_run(home: Home, notebook: Path, proposal: str) -> None:
    said = []
    for command in COMMANDS:
        done = home.run(*shlex.split(command.replace(DOCUMENTED_ID, proposal))[1:])
        assert done.returncode == 0, done.stderr
        said.append(done.stdout)
    listed, accepted, steps, undone, redone = said
    assert proposal in listed
    assert "Lumina with lab/m: Ten times." in listed
    assert "- rate = 1\n" in listed
    assert "+ rate = 10\n" in listed
    assert accepted == "Accepted in work/prices.ipynb.\n"
    assert proposal in steps
    assert undone.startswith("Undone in 1 cell of work/prices.ipynb")
    assert redone.startswith("Done again in 1 cell")
    assert source(notebook) == LONGER


def test_one_change_is_accepted_and_the_rest_refused(home: Home, notebook: Path, proposal: str) -> None:
    (found,) = home.json("notebook", "proposals", "work/prices.ipynb", "--json")
    first = found["changes"][0]["hunks"][0]["id"]
    at = ("notebook", "proposals", "work/prices.ipynb")
    some = home.run(*at, "accept", proposal, "--cell", "c0", "--hunk", first)
    assert some.stdout == "Accepted in work/prices.ipynb. 1 cell is left to decide.\n"
    assert home.run(*at, "refuse", proposal).stdout == "Refused in work/prices.ipynb.\n"
    assert source(notebook) == LONG.replace("rate = 1", "rate = 10")
    again = home.run(*at, "accept", proposal)
    assert (again.returncode, again.stdout) == (1, "")
    assert "this at" in again.stderr
    assert home.run(*at).stdout == "Nothing is proposed for work/prices.ipynb.\n"
    assert json.loads(notebook.read_text())["cells"][0]["metadata"]["lumina"]["reviewed_by"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("proposals", "work/prices.ipynb", "accept"),
        ("proposals", "work/prices.ipynb", "accept", "prop_1", "--hunk", "x"),
        ("undo", "work/prices.ipynb", "--step", "1"),
    ],
)
def test_a_wrong_command_line_says_what_is_missing(home: Home, notebook: Path, arguments: tuple[str, ...]) -> None:
    refused = home.run("notebook", *arguments)
    assert refused.returncode == 2
    assert "ame" in refused.stderr
