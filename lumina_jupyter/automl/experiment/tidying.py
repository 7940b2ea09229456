"""Experiments that nobody has named do not pile up: the oldest go when there are many."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from pathlib import Path

from .experiment import Experiment, experiments_folder

DAY = 86_400.0


def unnamed(root: Path | None = None, *, keep: int, older_than: float = 0.0) -> list[Experiment]:
    """Experiments without a name of their own, beyond so many of the newest, that nobody searches in.

    Args:
        root: The folder of all experiments.
        keep: How many of them are left out, the newest.
        older_than: Seconds for which nothing was written into them, at least.
    """
    root = root or experiments_folder()
    dated = sorted(
        ((_changed(path), path) for path in root.glob("*/experiment.json") if not Experiment(path.parent).is_named()),
        reverse=True,
    )
    now = time.time()
    found = [Experiment(path.parent) for changed, path in dated[keep:] if now - changed >= older_than]
    return [experiment for experiment in found if not _is_searched(experiment)]


def bytes_of(experiments: Sequence[Experiment]) -> int:
    """What their files take on the disk."""
    files = (path for each in experiments for path in each.folder.rglob("*") if not path.is_symlink())
    return sum(path.stat().st_size for path in files if path.is_file())


def tidied(root: Path | None = None) -> str:
    """Delete what the setting `automl_keep` does not keep, at least a day old. Returns what was done, as a sentence.

    It is begun and not waited for: a search has better things to do with its time.
    """
    from lumina_jupyter.settings import load_settings

    keep = load_settings().automl_keep
    found = unnamed(root, keep=keep, older_than=DAY) if keep else []
    if not found:
        return ""
    threading.Thread(target=_remove, args=(found,), name="lumina-automl-tidying", daemon=True).start()
    older = "1 older one is" if len(found) == 1 else f"{len(found)} older ones are"
    return f"Of experiments without a name the last {keep} are kept; {older} deleted. A name keeps an experiment."


def _remove(experiments: Sequence[Experiment]) -> None:
    for each in experiments:
        each.remove()


def _changed(path: Path) -> float:
    try:
        return max(path.stat().st_mtime, (path.parent / "events.jsonl").stat().st_mtime)
    except OSError:
        return 0.0


def _is_searched(experiment: Experiment) -> bool:
    try:
        return experiment.is_searched()
    except OSError:
        return True  # somebody deletes it
