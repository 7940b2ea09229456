"""`AutoML`: an estimator in scikit-learn's sense that searches for a model of a table in a given time."""

from __future__ import annotations

from .explaining import Explaining
from .exporting import Exporting
from .other_models import OtherModels
from .predicting import Predicting
from .searching import Searching


class AutoML(Searching, Predicting, OtherModels, Explaining, Exporting):
    """Searches for the best model of a table in a given time, and predicts with it.

    Args:
        task: "binary", "multiclass", "regression", "quantile", "forecasting", "ranking"; "auto" finds out which of the first
            three it is from the target.
        metric: By which models are compared: a name, a function (truth, prediction) of which greater is better, or a
            scorer of scikit-learn's; "auto" takes what is usual for the task.
        time_budget: Seconds from the call of `fit` to its return.
        memory_budget: Bytes that the search may take beside this process; None for most of what is free.
        n_jobs: How many cores are used in all; None or -1 for all.
        random_state: For whatever is random.
        families: Names of the families of models that are tried; None for all.
        kinds: What columns hold, by their names, where it is not what is found in them: "number", "category", "boolean",
            "datetime" or "text"; columns that are an "identifier" or "constant" are left out.
        folds: How many folds, a splitter of scikit-learn, or pairs of positions (train, test); None chooses.
        quantiles: Which ones are predicted, for the task "quantile".
        horizon: How many steps ahead, for the task "forecasting"; None takes what repeats itself in the series.
        max_trials: How many candidates are tried at most, the two yardsticks among them; None for as many as there is time for.
        executor: Where fits run: "local", "dask://host:port", "ray://host:port", or a client of Dask's.
        storage: Where proposals are kept that searches share: a database's URL, or the path of a journal; None for the
            experiment's folder.
        name: The experiment's name, by which it is resumed; one is made when it is empty. One that is taken is refused; in
            clones, as cross-validations make them, it gets a number behind it.
        verbose: 0 shows nothing, 1 the progress.

    Attributes:
        leaderboard_: A frame with a row a trial, the best first: trial, family, score (as the metric is read), weight (in the
            blend that predicts), state, origin, folds, rows (share that was trained on), seconds, params, reason, …
        best_score_: What the blend reaches on rows that were held out, as the metric is read: losses are positive.
        best_pipeline_: The blend, fitted; it takes frames with the columns of `schema_`.
        weights_: Number of a trial to its weight in the blend.
        verdict_: Whether that is better than the naive model beyond noise: skill, certainty, gain, text. None where no other
            model was trained.
        told_: What was decided and warned of, as sentences.
        task_: What was learned: kind, target, classes, quantiles.
        classes_: The classes, in the order of the columns of `predict_proba`; for classes only.
        metric_: By which models were compared: name, greater_is_better, …
        schema_: What the columns hold.
        validation_: Which rows were held out, and why so: kind, folds, by, told.
        trials_: All trials with their folds.
        experiment_: Where everything is kept; `experiment_.name` is for `resume` and `open`.
        series_: For forecasting: the series, as they are forecast from.
        n_features_in_: How many columns there were.
        feature_names_in_: Their names, where the table had texts for names.
    """
