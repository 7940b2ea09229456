"""How an `AutoML` object is taken away: as code, as a file that is safe to load, as ONNX."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np
from sklearn.utils.validation import check_is_fitted

from lumina_jupyter.errors import ExperimentMissing, ModelNotExportable

from ..experiment.records import schema_from_json, schema_to_json, task_from_json, task_to_json
from ..fitting.specification import parameters_of
from ..metrics.metric import find_metric
from .fitted import Fitted

if TYPE_CHECKING:
    from ..export.code import Code


class Exporting(Fitted):
    """The methods that write the model down."""

    def to_code(self, path: str | Path | None = None, *, data: str | None = None) -> Code:
        """Code that trains this model with scikit-learn alone (and the libraries of its members), and predicts the same.

        Args:
            path: Where to write it: a notebook (`.ipynb`) or a script. None writes nothing; `str()` of the result is a script.
            data: The file that the code is to read the table from, the target in it. When there is none, a copy of the table
                is written beside the code; without a path too, the code takes `X` and `y` (of series: `table`) as they are
                around it.

        Raises:
            ModelNotExportable: when a part of it can't be written.
            ExperimentMissing: when the search is no longer there.
        """
        from ..export.code import to_code
        from ..export.recipe import recipe_of, recipe_of_refitted

        check_is_fitted(self)
        problem = self._problem()
        if self._trained_on is None:
            recipe = recipe_of(self.experiment_, problem, self.weights_, self.parts_)
        else:
            recipe = recipe_of_refitted(
                self.trials_, self._trained_on, self.weights_, self.best_pipeline_, self.experiment_.spec()["seed"]
            )
        if self._forecasts():
            recipe = recipe.of_series(self._trained_on or problem, self._step_errors())
        return to_code(recipe, path, data=data)

    def save(self, path: str | Path) -> Path:
        """Write the model to a file that runs nothing when it is read; as ONNX when the file's name ends in `.onnx`.

        Args:
            path: The file, in a folder that is there; what is there already is replaced.

        Raises:
            StorageFailed: when it can't be written.
            MissingExtra: when skops (or onnx) is not installed.
            ModelNotExportable: when something in it can't be written in this way.
        """
        from ..export.saving import save

        check_is_fitted(self)
        if Path(path).suffix.lower() == ".onnx":
            written: Path = self.to_onnx(path)
            return written
        content = {
            "model": self.best_pipeline_,
            "parameters": parameters_of(self),
            "task": {**task_to_json(self.task_), "classes": list(self.task_.classes)},
            "schema": schema_to_json(self.schema_),
            "metric": self.metric_.name if self.metric_.named else "auto",
            "score": float(self.best_score_),
            "told": list(self.told_),
        }
        if self._forecasts():
            from ..forecasting.history import series_to_values

            content |= {"series": series_to_values(self.series_), "errors": self._step_errors().get_params()}
        return save(content, path)

    def to_onnx(self, path: str | Path) -> Path:
        """Write the model as ONNX, in double precision: one input a column, by its name; what each takes is told in the file.

        Outputs are "label" and "probabilities", or "prediction" (a column a quantile). Where onnxruntime is installed and the
        search is still there, some of its rows have to be predicted the same.

        Args:
            path: The file.

        Raises:
            MissingExtra: when onnx is not installed.
            ModelNotExportable: when a part of the model has no counterpart in ONNX: free text, nearest neighbours, forecasts.
        """
        from ..export.onnx.writing import SAMPLE, to_onnx

        check_is_fitted(self)
        if self._forecasts():
            raise ModelNotExportable(
                "A forecast is made of the values before it, which ONNX has no place for.",
                hint="Take the model away by `to_code()` or `save()`.",
            )
        try:
            sample = self._problem().features.iloc[:SAMPLE]
        except ExperimentMissing:
            sample = None
        return to_onnx(self.best_pipeline_, self.task_, self.schema_, path, sample)

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
        from ..export.saving import load

        found = load(path, trusted)
        made = cls(**found["parameters"])
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
        if "series" in found:
            from ..forecasting.history import series_from_values
            from ..plain.step_errors import StepErrors

            made.series_ = series_from_values(found["series"])
            made._errors = StepErrors(**found["errors"])
        return made
