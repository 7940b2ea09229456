"""What a search on the server is asked for with."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from lumina_jupyter.errors import DataUnusable, InvalidBody, NotFound

from ..experiment.experiment import check_name
from ..tables.files import reader_of

if TYPE_CHECKING:
    from lumina_jupyter.tools.builtin.file_root import FileRoot

MOST_SECONDS = 7 * 86_400.0
MOST_CHARACTERS = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchRequest:
    """A search for a model of a table in a file below the server's root.

    `target` is a column; `metric` and `task` are names or `auto`; `seconds` is the time budget; `memory_mb` and `cores` of 0
    leave it to the machine; `families` empty tries all; `trials` of 0 tries as many as there is time for. `groups`, `time` and
    `series` name columns; `horizon` of 0 finds how far ahead is forecast. An empty `name` has one made.
    """

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}
    file: str
    target: str
    name: str = ""
    task: str = "auto"
    metric: str = "auto"
    seconds: float = 60.0
    memory_mb: float = 0.0
    cores: int = 0
    seed: int = 0
    families: tuple[str, ...] = ()
    trials: int = 0
    folds: int = 0
    groups: str = ""
    time: str = ""
    series: tuple[str, ...] = ()
    horizon: int = 0

    def check(self) -> None:
        """Nothing when it can be asked for.

        Raises:
            InvalidBody: names the field that is wrong.
            DataUnusable: when the file is no table by its name.
            SettingUnusable: when the name can't be an experiment's.
        """
        for name in ("file", "target"):
            if not getattr(self, name).strip():
                raise InvalidBody(f"{name} is missing.", field=name)
        texts = ("file", "target", "name", "task", "metric", "groups", "time")
        for name in texts:
            if len(getattr(self, name)) > MOST_CHARACTERS:
                raise InvalidBody(f"{name} is too long.", field=name)
        check_seconds(self.seconds)
        if not (math.isfinite(self.memory_mb) and self.memory_mb >= 0):
            raise InvalidBody("memory_mb must be 0 or more.", field="memory_mb")
        for name, most in (("cores", 1024), ("trials", 10**6), ("horizon", 10**6), ("folds", 100), ("seed", 2**32 - 1)):
            if not 0 <= getattr(self, name) <= most:
                raise InvalidBody(f"{name} must be a whole number from 0 to {most}.", field=name)
        if self.folds == 1:
            raise InvalidBody("folds must be 0 or at least 2.", field="folds")
        reader_of(self.file)
        if self.name:
            check_name(self.name)

    def parameters(self) -> dict[str, Any]:
        """The parameters of `AutoML`."""
        return {
            "task": self.task,
            "metric": self.metric,
            "time_budget": self.seconds,
            "memory_budget": self.memory_mb * 1e6 or None,
            "n_jobs": self.cores or None,
            "random_state": self.seed,
            "families": list(self.families) or None,
            "max_trials": self.trials or None,
            "folds": self.folds or None,
            "horizon": self.horizon or None,
        }


def check_seconds(seconds: float) -> None:
    """Nothing when a search can be given so many seconds.

    Raises:
        InvalidBody: when it can't.
    """
    if not (math.isfinite(seconds) and 0 < seconds <= MOST_SECONDS):
        raise InvalidBody(f"seconds must be more than 0, and at most {MOST_SECONDS:,.0f}.", field="seconds")


def check_file(root: FileRoot, file: str) -> None:
    """Nothing when there is such a file below the root.

    Raises:
        Forbidden: when it may not be read.
        NotFound: when there is none.
        DataUnusable: when a link leads to what is no table.
    """
    place = root.locate(file)
    if root.kind(place) != "file":
        raise NotFound(f"There is no file {place.shown}.", hint="Paths are relative to the folder of the notebooks.")
    try:
        reader_of(place.name)
    except DataUnusable:
        raise DataUnusable(f"{file[:200]!r} leads to what is no table.") from None
