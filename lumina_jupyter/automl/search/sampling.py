"""Configurations from Optuna: one study a family, told of everything that was tried."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from ..candidate import Trial
from ..families.family import Family, Shape
from ..task import TaskKind
from .studies import OWNER, Studies, quiet

if TYPE_CHECKING:
    import optuna

T = TypeVar("T")
STARTUP_TRIALS = 6
NUMBER = "lumina_trial"
"""The attribute of Optuna's trials that holds the number of ours."""


class Sampler:
    """Proposes configurations by tree-structured Parzen estimators, a study for each family.

    Args:
        folder: The experiment's folder.
        seed: For whatever is random.
        kind: The kind of task.
        shape: The size of the table.
        studies: Where studies are kept; None for the folder's journal.
    """

    def __init__(self, folder: Path, seed: int, kind: TaskKind, shape: Shape, studies: Studies | None = None) -> None:
        self._kept = studies or Studies(folder)
        self._seed = seed
        self._kind = kind
        self._shape = shape
        self._studies: dict[str, optuna.Study] = {}
        self._open: dict[int, tuple[str, optuna.Trial]] = {}
        self._told: set[int] = set()
        self._partly = False

    def load(self) -> None:
        """Load Optuna, while the workers load their libraries."""
        import optuna

        optuna.logging.set_verbosity(optuna.logging.ERROR)

    def propose(self, family: Family, number: int) -> Mapping[str, Any]:
        """A configuration for the trial of this number."""
        return self._surely(lambda: self._propose(family, number))

    def withdraw(self, number: int) -> None:
        """Take the proposal for the trial of this number back: it is not tried."""
        self._surely(lambda: self._withdraw(number))

    def report(self, trial: Trial, family: Family, score: float | None) -> None:
        """Tell what became of a trial that is over, one that was not proposed here too.

        Args:
            trial: The trial.
            family: Its family.
            score: What it has reached, or would have on all folds: those of fewer folds are not comparable.

        Once proposals are tried on a part of the rows, scores on all rows are not comparable, and are not told.
        """
        self._surely(lambda: self._report(trial, family, score))

    def _propose(self, family: Family, number: int) -> Mapping[str, Any]:
        asked = self._study(family.name).ask()
        if self._kept.owner:
            asked.set_user_attr(OWNER, self._kept.owner)
        asked.set_user_attr(NUMBER, number)
        params = family.space(asked, self._kind, self._shape)
        self._open[number] = (family.name, asked)
        return params

    def _withdraw(self, number: int) -> None:
        import optuna

        if number in self._open:
            name, asked = self._open.pop(number)
            self._study(name).tell(asked, state=optuna.trial.TrialState.FAIL)

    def _report(self, trial: Trial, family: Family, score: float | None) -> None:
        import optuna

        study = self._study(family.name)
        states = optuna.trial.TrialState
        scored = trial.state in {"done", "pruned"} and score is not None
        if trial.number in self._open:
            _, asked = self._open[trial.number]
            self._partly = self._partly or trial.rows < 1.0
            if scored:
                study.tell(asked, score)
                self._told.add(trial.number)
            else:
                study.tell(asked, state=states.FAIL)
            del self._open[trial.number]
        elif scored and trial.number not in self._told and trial.rows >= 1.0 and not self._partly:
            self._add(study, trial, family, score)

    def _add(self, study: optuna.Study, trial: Trial, family: Family, score: float | None) -> None:
        import optuna

        fixed = optuna.trial.FixedTrial(dict(trial.candidate.params))
        # A configuration that leaves something to its library has no place in the space.
        with contextlib.suppress(ValueError):
            family.space(fixed, self._kind, self._shape)
            study.add_trial(
                optuna.trial.create_trial(
                    params=fixed.params,
                    distributions=fixed.distributions,
                    value=score,
                    user_attrs={NUMBER: trial.number, OWNER: self._kept.owner},
                )
            )

    def _study(self, name: str) -> optuna.Study:
        if name in self._studies:
            return self._studies[name]
        import optuna

        self.load()
        with quiet():
            sampler = optuna.samplers.TPESampler(
                seed=self._seed + sum(map(ord, name + self._kept.owner)),
                n_startup_trials=STARTUP_TRIALS,
                multivariate=True,
                group=True,
                constant_liar=True,
            )
        study = self._kept.open(name, sampler)
        finished = study.get_trials(deepcopy=False, states=(optuna.trial.TrialState.COMPLETE,))
        self._told.update(trial.user_attrs[NUMBER] for trial in finished if self._kept.owns(trial))
        self._studies[name] = study
        return study

    def _surely(self, ask: Callable[[], T]) -> T:
        """Ask the studies; when a storage that is shared is gone, those of this search alone, which begin anew."""
        try:
            with quiet():
                return ask()
        except Exception as error:
            if not self._kept.abandon(error):
                raise
        self._studies, self._open, self._told = {}, {}, set()
        with quiet():
            return ask()
