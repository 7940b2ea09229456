"""An experiment's folder: what was asked for, the data, every trial, what was said."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lumina_jupyter.errors import ExperimentMissing, SettingUnusable
from lumina_jupyter.storage import private_folder, write_atomically

from ..candidate import Trial
from ..progress import SearchEvent
from .records import event_from_json, event_to_json, trial_from_json, trial_to_json

if TYPE_CHECKING:
    # Who only lists experiments has no need of NumPy.
    from numpy.typing import NDArray

VERSION = 1
_NAME = re.compile(r"[\w][\w .+-]{0,99}")
_MADE_NAME = re.compile(r".+-\d{8}-\d{6}(-\d{1,3})?")


def experiments_folder() -> Path:
    """The folder of all experiments, beside Lumina's other data."""
    from lumina_jupyter.settings import EXPERIMENTS_VARIABLE, load_settings

    told = os.environ.get(EXPERIMENTS_VARIABLE, "")
    return Path(told) if told else load_settings().experiments_path


def check_name(name: object) -> None:
    """Nothing when an experiment can be named so.

    Raises:
        SettingUnusable: when it can't.
    """
    if not isinstance(name, str) or not _NAME.fullmatch(name) or name.endswith((".", " ")):
        raise SettingUnusable(
            f"An experiment can't be named {name!r}.",
            hint="Use up to 100 letters, digits, spaces and the signs _ . + -; begin with a letter or digit.",
        )


class SharedName(str):
    """The name of an estimator that scikit-learn has made of another, as for each fold of a cross-validation."""

    __slots__ = ()


def numbered_names(name: str) -> Iterator[str]:
    """A name, and what is taken in its place where it is not free: "churn", "churn-2", "churn-3"."""
    yield name
    for turn in range(2, 1000):
        yield f"{name[:96]}-{turn}"


def made_names(target: str) -> Iterator[str]:
    """Names for an experiment that was given none, of which the first that is free is taken."""
    stem = re.sub(r"[^\w-]+", "_", target)[:40].strip("_-") or "experiment"
    base = f"{stem}-{time.strftime('%Y%m%d-%H%M%S')}"
    yield base
    for turn in range(1, 1000):
        yield f"{base}-{turn}"


@dataclass(frozen=True, slots=True)
class FoldFiles:
    """Where a fit leaves what it made."""

    prediction: Path
    model: Path
    outcome: Path


class Experiment:
    """A folder with everything that a search needs to go on after its process has died.

    Args:
        folder: The experiment's own folder.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.name = folder.name

    @classmethod
    def create(cls, name: str, target: str, *, root: Path | None = None) -> Experiment:
        """A new experiment; a name is made when none is given.

        Args:
            name: Its name; one that is taken is refused, but for a shared one, which gets a number behind it.
            target: What a name is made of.
            root: The folder of all experiments.

        Raises:
            SettingUnusable: when the name is taken or can't be a folder's.
        """
        root = private_folder(root or experiments_folder())
        if name:
            check_name(name)
        given = numbered_names(name) if isinstance(name, SharedName) else [name]
        made = cls._made(root, given if name else made_names(target))
        made.keep_naming(chosen=bool(name))
        return made

    @classmethod
    def _made(cls, root: Path, names: Any) -> Experiment:
        taken = ""
        for name in names:
            try:
                (root / name).mkdir(mode=0o700)
            except FileExistsError:
                taken = name
                continue
            private_folder(root / name / "trials")
            return cls(root / name)
        raise SettingUnusable(
            f"There is an experiment named {taken!r} already.",
            hint=f"Go on with it by `AutoML.resume({taken!r})`, or take another name.",
        )

    @classmethod
    def open(cls, name: object, *, root: Path | None = None) -> Experiment:
        """An experiment that is there.

        Raises:
            ExperimentMissing: when there is none of this name.
        """
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise ExperimentMissing(f"There is no experiment named {name!r}.")
        folder = (root or experiments_folder()) / name
        if not (folder / "experiment.json").is_file():
            raise ExperimentMissing(f"There is no experiment named {name!r}.")
        return cls(folder)

    def remove(self) -> None:
        """Delete the folder with all that is in it."""
        shutil.rmtree(self.folder, ignore_errors=True)

    # --- its name

    def keep_naming(self, *, chosen: bool) -> None:
        """Keep whether somebody has chosen its name: those whose names were made do not pile up."""
        write_atomically(self.folder / "naming.json", json.dumps({"chosen": chosen}).encode())

    def is_named(self) -> bool:
        """Whether somebody has chosen its name; what can't be read is nothing to be deleted."""
        try:
            return bool(json.loads((self.folder / "naming.json").read_bytes())["chosen"])
        except FileNotFoundError:
            # It is older than this record: its name tells.
            return _MADE_NAME.fullmatch(self.name) is None
        except (OSError, ValueError, KeyError, TypeError):
            return True

    # --- what was asked for

    def write_spec(self, spec: Mapping[str, Any]) -> None:
        """Keep what was asked for: JSON values only."""
        text = json.dumps({"version": VERSION, "name": self.name, **spec}, ensure_ascii=False, indent=1)
        write_atomically(self.folder / "experiment.json", text.encode())

    def spec(self) -> dict[str, Any]:
        """What was asked for.

        Raises:
            ExperimentMissing: when it can't be read.
        """
        try:
            spec = json.loads((self.folder / "experiment.json").read_bytes())
        except (OSError, ValueError) as error:
            raise ExperimentMissing(f"The experiment {self.name!r} can't be read: {error}.") from error
        if spec.get("version") != VERSION:
            raise ExperimentMissing(
                f"The experiment {self.name!r} was written by another version of Lumina.",
                hint="Begin it anew, or use the version that wrote it.",
            )
        return dict(spec)

    def write_result(self, result: Mapping[str, Any]) -> None:
        """Keep what was found: JSON values only."""
        write_atomically(self.folder / "result.json", json.dumps(dict(result), ensure_ascii=False, indent=1).encode())

    def result(self) -> dict[str, Any] | None:
        """What was found; None as long as nothing was."""
        try:
            return dict(json.loads((self.folder / "result.json").read_bytes()))
        except (OSError, ValueError):
            return None

    @contextlib.contextmanager
    def locked(self, *, patience: float = 0.0) -> Iterator[None]:
        """Let nobody else search in this experiment meanwhile; a process that dies lets go of it.

        Args:
            patience: Seconds to wait for those who only look whether somebody searches.

        Raises:
            SettingUnusable: when somebody does.
        """
        from filelock import FileLock, Timeout

        lock = FileLock(self.folder / "search.lock")
        try:
            lock.acquire(timeout=patience)
        except Timeout:
            raise SettingUnusable(
                f"The experiment {self.name!r} is being searched in another process.",
                hint="Stop that one first, or wait until it is over.",
            ) from None
        try:
            yield
        finally:
            lock.release()

    def is_searched(self) -> bool:
        """Whether somebody searches in it now.

        Raises:
            OSError: when its folder can't be looked into.
        """
        try:
            with self.locked():
                return False
        except SettingUnusable:
            return True

    # --- trials

    def files(self, trial: int, fold: int) -> FoldFiles:
        """Where the fit of a fold (or, for -1, on all rows) leaves what it made."""
        folder = self.folder / "trials" / f"{trial:04d}"
        stem = "all" if fold < 0 else f"fold{fold}"
        return FoldFiles(folder / f"{stem}.npy", folder / f"{stem}.model", folder / f"{stem}.json")

    def write_trial(self, trial: Trial) -> None:
        """Keep what is known of a trial."""
        folder = self.folder / "trials" / f"{trial.number:04d}"
        folder.mkdir(mode=0o700, exist_ok=True)
        write_atomically(folder / "trial.json", json.dumps(trial_to_json(trial)).encode())

    def trials(self) -> list[Trial]:
        """All trials that were kept, by their numbers; files that are broken are passed over."""
        found = []
        for path in sorted((self.folder / "trials").glob("*/trial.json")):
            with contextlib.suppress(OSError, ValueError, TypeError, KeyError):
                found.append(trial_from_json(json.loads(path.read_bytes())))
        return sorted(found, key=lambda trial: trial.number)

    def prediction(self, trial: int, fold: int) -> NDArray[Any]:
        """What a fold's model predicted for the rows held out.

        Raises:
            OSError: when it is not there.
        """
        import numpy as np

        array: NDArray[Any] = np.load(self.files(trial, fold).prediction, allow_pickle=False)
        return array

    def model(self, trial: int, fold: int) -> Any:
        """A fitted pipeline.

        Raises:
            OSError: when it is not there.
            ModelUntrusted: when something else is in its place.
        """
        from .model_files import read_model

        return read_model(self.files(trial, fold).model)

    def drop_models(self, trial: int) -> None:
        """Delete a trial's models; its predictions and results stay."""
        for path in (self.folder / "trials" / f"{trial:04d}").glob("*.model"):
            path.unlink(missing_ok=True)

    # --- what was said

    def say(self, event: SearchEvent) -> None:
        """Append an event to the log."""
        line = json.dumps(event_to_json(event), ensure_ascii=False, default=str) + "\n"
        with (self.folder / "events.jsonl").open("a", encoding="utf-8", errors="replace") as file:
            file.write(line)

    def seconds(self) -> float:
        """How many seconds of its budget were spent, as far as it was said."""
        return max((getattr(event, "seconds", 0.0) for event in self.events()), default=0.0)

    def events(self) -> Iterator[SearchEvent]:
        """All that was said, in order; a last line that was not written to its end is passed over."""
        path = self.folder / "events.jsonl"
        if not path.exists():
            return
        with path.open(encoding="utf-8") as lines:
            for line in lines:
                with contextlib.suppress(ValueError, TypeError, KeyError):
                    event = event_from_json(json.loads(line))
                    if event is not None:
                        yield event
