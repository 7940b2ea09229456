"""What can be done with a model that AutoML has found: explained, saved, taken away as code."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd
from sklearn.utils.validation import check_is_fitted

from lumina_jupyter.errors import ModelNotExportable

from .experiment.problem import load_problem
from .experiment.records import schema_from_json, schema_to_json, task_from_json, task_to_json
from .frames import align, read_table
from .metrics import find_metric
from .scoring import truth_of
from .target import split_target

if TYPE_CHECKING:
    from .card import Card
    from .explain.explanations import Explanations
    from .export.code import Code
    from .judgement import Choice

CARD_SECONDS = 20.0


class AfterFit:
    """The methods of `AutoML` that need it to be fitted."""

    def explain(self, X: Any = None, y: Any = None) -> Explanations:
        """Explanations on rows that the model was not trained on.

        Args:
            X: A table with its target in it or beside it; by default the rows that the search held out, each of which is
                explained by the models that had not seen it.
            y: The target, or the name of its column in `X`.

        Raises:
            DataUnusable: when the table does not fit, or what the folds predicted is no longer there.
        """
        from .explain.explanations import Explanations
        from .explain.rows import held_out_rows, rows_of

        fitted: Any = self
        self._need_table()
        if X is None:
            problem = load_problem(fitted.experiment_.folder)
            return Explanations(held_out_rows(fitted.experiment_, problem, fitted.weights_, fitted.metric_))
        table, values, _ = split_target(X, y)
        frame = align(read_table(table), fitted.schema_).frame
        truth = truth_of(values, fitted.task_, len(frame))
        in_order = fitted.validation_.kind == "forward" if hasattr(fitted, "validation_") else False
        model, task, metric = fitted.best_pipeline_, fitted.task_, fitted.metric_
        return Explanations(rows_of(model, frame, truth, task, metric, in_order=in_order))

    def explain_choice(self) -> Choice:
        """Why this model, what the next best costs, and when another one is the better choice."""
        from .judgement import Chosen, explain_choice

        fitted: Any = self
        check_is_fitted(fitted)
        verdict = getattr(fitted, "verdict_", None)
        return explain_choice(
            Chosen(
                trials=fitted.trials_,
                weights=fitted.weights_,
                score=fitted.best_score_,
                metric=fitted.metric_,
                alternatives=fitted.alternatives_,
                rows=sum(len(fold.test) for fold in fitted.validation_.folds),
                verdict=verdict.text if verdict else "",
                skill=verdict.skill if verdict else True,
            )
        )

    def model_card(self, path: str | Path | None = None) -> Card:
        """A card in Markdown and HTML: how good the model is and for whom, what it needs, what it is made of, where it ends.

        Args:
            path: Where to write it, as HTML when the name ends so; None writes nothing.
        """
        from .card import Facts, model_card

        fitted: Any = self
        explained = self.explain()
        by_number = {trial.number: trial for trial in fitted.trials_}
        members = [(by_number[number].candidate, weight) for number, weight in fitted.weights_.items()]
        spec = fitted.experiment_.spec()
        needed = explained.importance(seconds=CARD_SECONDS)
        card = model_card(
            Facts(
                spec=spec,
                scores=explained.scores().table,
                members=pd.DataFrame(
                    [(each.family, weight, _shown(each.params)) for each, weight in members],
                    columns=["model", "weight", "parameters"],
                ),
                validation=fitted.validation_.told,
                decided=[text for text in fitted.told_ if text != fitted.validation_.told],
                warnings=_warnings(fitted),
                columns=pd.DataFrame(
                    [(column.name, column.kind, column.missing) for column in fitted.schema_.columns],
                    columns=["column", "kind", "missing"],
                ),
                subgroups=explained.subgroups().table,
                importance=needed.table.drop(columns=["matters"]),
                unmeasured=needed.left_out,
            )
        )
        if path is not None:
            card.save(path)
        return card

    # --- taken away

    def to_code(self, path: str | Path | None = None, *, data: str | None = None) -> Code:
        """Code that trains this model with scikit-learn alone (and the libraries of its members), and predicts the same.

        Args:
            path: Where to write it: a notebook (`.ipynb`) or a script. None writes nothing; `str()` of the result is a script.
            data: The file that the code is to read the table from, the target in it. When there is none, a copy of the table
                is written beside the code; without a path too, the code takes `X` and `y` as they are around it.

        Raises:
            ModelNotExportable: when a part of it can't be written.
        """
        from .export.code import to_code
        from .export.recipe import recipe_of

        fitted: Any = self
        self._need_table()
        problem = load_problem(fitted.experiment_.folder)
        return to_code(recipe_of(fitted.experiment_, problem, fitted.weights_, fitted.parts_), path, data=data)

    def save(self, path: str | Path) -> Path:
        """Write the model to a file that runs nothing when it is read.

        Raises:
            MissingExtra: when skops is not installed.
            ModelNotExportable: when something in it can't be written in this way.
        """
        from .export.saving import save

        fitted: Any = self
        self._need_table()
        kept = {name: value for name, value in fitted.get_params(deep=False).items() if _is_json(value)}
        content = {
            "model": fitted.best_pipeline_,
            "parameters": kept,
            "task": {**task_to_json(fitted.task_), "classes": list(fitted.task_.classes)},
            "schema": schema_to_json(fitted.schema_),
            "metric": fitted.metric_.name if fitted.metric_.named else "auto",
            "score": float(fitted.best_score_),
            "told": list(fitted.told_),
        }
        return save(content, path)

    @classmethod
    def load(cls, path: str | Path, *, trusted: Iterable[str] = ()) -> Self:
        """A model from a file that `save` has written: it predicts, scores and explains; its search is not in the file.

        Args:
            path: The file.
            trusted: Names of types that the file may hold beside those that AutoML's models are made of.

        Raises:
            ModelUntrusted: when the file is a pickle, or holds types that are not trusted.
            OSError: when it can't be read.
        """
        from .export.saving import load

        found = load(path, trusted)
        made: Any = cls(**found["parameters"])
        task = dict(found["task"])
        made.task_ = task_from_json(task, tuple(task.pop("classes")))
        made.schema_ = schema_from_json(found["schema"])
        made.metric_ = find_metric(found["metric"], made.task_)
        made.best_pipeline_ = found["model"]
        made.best_score_ = found["score"]
        made.told_ = list(found["told"])
        made.n_features_in_ = len(made.schema_.columns)
        if made.task_.classifies:
            made.classes_ = np.asarray(made.task_.classes)
        loaded: Self = made
        return loaded

    def _need_table(self) -> None:
        fitted: Any = self
        check_is_fitted(fitted)
        if fitted.task_.kind == "forecasting":
            raise ModelNotExportable(
                "This is not there for forecasts yet.",
                hint="`best_pipeline_` is plain scikit-learn and can be pickled.",
            )


def _warnings(fitted: Any) -> list[str]:
    verdict = getattr(fitted, "verdict_", None)
    return [verdict.text] if verdict is not None and not verdict.skill else []


def _shown(params: Any) -> str:
    return ", ".join(f"{name} = {value}" for name, value in params.items()) or "as it comes"


def _is_json(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return all(map(_is_json, value))
    return value is None or isinstance(value, str | int | float | bool)
