"""What others ask of a search that runs: a small file in its folder that the search looks at."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

from lumina_jupyter.errors import SettingUnusable
from lumina_jupyter.storage import write_atomically

if TYPE_CHECKING:
    from .experiment import Experiment

Wish = Literal["go", "pause", "stop"]
_WISHES = ("go", "pause", "stop")
FILE = "control.json"


def ask(folder: Path, wish: Wish) -> None:
    """Ask the search of an experiment's folder to pause, to go on, or to stop and keep the best so far.

    Raises:
        SettingUnusable: when it is no such wish.
    """
    if wish not in _WISHES:
        raise SettingUnusable(f"A search can't be asked to {wish!r}.", hint=f"Ask for one of: {', '.join(_WISHES)}.")
    write_atomically(folder / FILE, json.dumps({"wish": wish}).encode())


def ask_running(experiment: Experiment, wish: Wish) -> None:
    """As `ask`, of a search that runs, in whatever process.

    Raises:
        SettingUnusable: when nothing is searched in it now.
    """
    if not experiment.is_searched():
        raise SettingUnusable(
            f"Nothing is searched in {experiment.name!r} now.",
            hint=f"Go on with the search: `lumina automl resume {experiment.name!r}`.",
        )
    ask(experiment.folder, wish)


def asked(folder: Path) -> Wish:
    """What was asked for last; "go" when nothing was, or it can't be read."""
    try:
        wish = json.loads((folder / FILE).read_bytes()).get("wish")
    except (OSError, ValueError, AttributeError):
        return "go"
    return cast("Wish", wish) if wish in _WISHES else "go"
