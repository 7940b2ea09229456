"""Configurations from Optuna: one study a family, kept in the experiment's journal, told of everything that was tried."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..candidate import Trial
from ..families.family import Family, Shape
from ..task import TaskKind

if TYPE_CHECKING:
    import optuna

JOURNAL = "journal.log"
STARTUP_TRIALS = 6
NUMBER = "lumina_trial"
"""The attribute of Optuna's trials that holds the number of ours."""


class Sampler:
    """Proposes configurations by tree-structured Parzen estimators, a study for each family.

    Args:
        folder: The experiment's folder, in which the journal lies.
        seed: For whatever is random.
        kind: The kind of task.
        shape: The size of the table.
    """

    def __init__(self, folder: Path, seed: int, kind: TaskKind, shape: Shape) -> None:
        self._folder = folder
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
        with _quiet():
            asked = self._study(family.name).ask()
            asked.set_user_attr(NUMBER, number)
            params = family.space(asked, self._kind, self._shape)
        self._open[number] = (family.name, asked)
        return params

    def withdraw(self, number: int) -> None:
        """Take the proposal for the trial of this number back: it is not tried."""
        import optuna

        name, asked = self._open.pop(number)
        with _quiet():
            self._study(name).tell(asked, state=optuna.trial.TrialState.FAIL)

    def report(self, trial: Trial, family: Family) -> None:
        """Tell what became of a trial that is over, one that was not proposed here too.

        Once proposals are tried on a part of the rows, scores on all rows are not comparable, and are not told.
        """
        import optuna

        study = self._study(family.name)
        states = optuna.trial.TrialState
        scored = trial.state in {"done", "pruned"} and trial.score is not None
        with _quiet():
            if trial.number in self._open:
                _, asked = self._open.pop(trial.number)
                self._partly = self._partly or trial.rows < 1.0
                if scored:
                    study.tell(asked, trial.score)
                    self._told.add(trial.number)
                else:
                    study.tell(asked, state=states.FAIL)
            elif scored and trial.number not in self._told and trial.rows >= 1.0 and not self._partly:
                self._add(study, trial, family)

    def _add(self, study: optuna.Study, trial: Trial, family: Family) -> None:
        import optuna

        fixed = optuna.trial.FixedTrial(dict(trial.candidate.params))
        # A configuration that leaves something to its library has no place in the space.
        with contextlib.suppress(ValueError):
            family.space(fixed, self._kind, self._shape)
            study.add_trial(
                optuna.trial.create_trial(
                    params=fixed.params,
                    distributions=fixed.distributions,
                    value=trial.score,
                    user_attrs={NUMBER: trial.number},
                )
            )

    def _study(self, name: str) -> optuna.Study:
        if name in self._studies:
            return self._studies[name]
        import optuna
        from optuna.storages.journal import JournalFileBackend

        self.load()
        with _quiet():
            sampler = optuna.samplers.TPESampler(
                seed=self._seed + sum(map(ord, name)),
                n_startup_trials=STARTUP_TRIALS,
                multivariate=True,
                group=True,
                constant_liar=True,
            )
            study = optuna.create_study(
                study_name=name,
                storage=optuna.storages.JournalStorage(JournalFileBackend(str(self._folder / JOURNAL))),
                sampler=sampler,
                direction="maximize",
                load_if_exists=True,
            )
            running = (optuna.trial.TrialState.RUNNING,)
            for left in study.get_trials(deepcopy=False, states=running):
                # Its process has died: what it had is in our own records, or lost.
                study.tell(left.number, state=optuna.trial.TrialState.FAIL)
            finished = study.get_trials(deepcopy=False, states=(optuna.trial.TrialState.COMPLETE,))
            self._told.update(trial.user_attrs[NUMBER] for trial in finished)
        self._studies[name] = study
        return study


@contextlib.contextmanager
def _quiet() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
